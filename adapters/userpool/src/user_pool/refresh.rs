//! Sessions after the sign-in: new tokens for them, and their end.

use notewarden_domain::StoreError;
use uuid::Uuid;

use super::{
    AppClient, AuthFlow, ClientSettings, RefreshTokenFault, Tokens, UserPool, UserPoolError,
    is_same,
};
use crate::{
    sessions::{self, Ended, RefreshToken, Session, SessionId},
    tokens::TokenError,
    triggers::Source,
};

impl UserPool {
    /// New ID and access tokens of the session that `token` is of. `SECRET_HASH` proves the client for the
    /// user's id here.
    ///
    /// # Errors
    /// The token is refused, or the user disabled.
    pub async fn refresh(
        &self,
        client: AppClient<'_>,
        token: &str,
    ) -> Result<Tokens, UserPoolError> {
        let settings = self.client(client.id)?.allowing(AuthFlow::RefreshToken)?;
        let invalid = || UserPoolError::RefreshToken(RefreshTokenFault::Invalid);
        let (id, session) = self.session_of(token)?.ok_or_else(invalid)?;
        settings.check_secret_hash(&id.user.to_string(), client.secret_hash)?;
        self.refresh_session(settings, id, session).await
    }

    /// As [`refresh`](Self::refresh), for a client that shows its secret itself.
    ///
    /// # Errors
    /// The token is refused, or the user disabled.
    pub async fn refresh_with_secret(
        &self,
        client_id: &str,
        client_secret: Option<&str>,
        token: &str,
    ) -> Result<Tokens, UserPoolError> {
        let settings = self.client(client_id)?;
        settings.check_secret(client_secret)?;
        let invalid = || UserPoolError::RefreshToken(RefreshTokenFault::Invalid);
        let (id, session) = self.session_of(token)?.ok_or_else(invalid)?;
        self.refresh_session(settings, id, session).await
    }

    /// Ends the session that `token` is of. One that is none, or has ended, needs no end (RFC 7009).
    ///
    /// # Errors
    /// The token is another client's, or an ID or access token.
    pub async fn revoke_token(
        &self,
        client_id: &str,
        client_secret: Option<&str>,
        token: &str,
    ) -> Result<(), UserPoolError> {
        let settings = self.client(client_id)?;
        settings.check_secret(client_secret)?;
        let Some((id, session)) = self.session_of(token)? else {
            let is_signed = token.split('.').count() == 3;
            return if is_signed {
                Err(UserPoolError::NotARefreshToken)
            } else {
                Ok(())
            };
        };
        if session.client_id != settings.id {
            return Err(UserPoolError::ForeignToken);
        }
        Ok(self
            .commit(move |transaction| sessions::end(transaction, id))
            .await?)
    }

    /// Ends every session of the user who has the access token.
    ///
    /// # Errors
    /// The access token is refused.
    pub async fn global_sign_out(&self, access_token: &str) -> Result<(), UserPoolError> {
        let user = self.authenticate(access_token).await?.session.user;
        Ok(self
            .commit(move |transaction| sessions::end_all(transaction, user))
            .await?)
    }

    /// Makes sure that the session of a token has neither ended nor been forgotten.
    pub(super) fn check_session(&self, user: Uuid, origin: Uuid) -> Result<(), TokenError> {
        let found = self.shared.sessions.find(SessionId { user, origin })?;
        let session = found.ok_or(TokenError::Revoked)?;
        let revokes = self
            .client(&session.client_id)
            .is_ok_and(|client| client.revokes_tokens);
        match session.check(self.now()) {
            // Tokens outlive a refresh token that has grown old, and no sign-out where it counts.
            Err(Ended::Revoked) if revokes => Err(TokenError::Revoked),
            _ => Ok(()),
        }
    }

    async fn refresh_session(
        &self,
        client: &ClientSettings,
        id: SessionId,
        session: Session,
    ) -> Result<Tokens, UserPoolError> {
        let refused = |fault| Err(UserPoolError::RefreshToken(fault));
        if session.client_id != client.id {
            return refused(RefreshTokenFault::Invalid);
        }
        match session.check(self.now()) {
            Err(Ended::Revoked) => return refused(RefreshTokenFault::Revoked),
            Err(Ended::Expired) => return refused(RefreshTokenFault::Expired),
            Ok(()) => {}
        }
        match self.shared.users.find(id.user)? {
            None => refused(RefreshTokenFault::Invalid),
            Some(user) if !user.is_enabled => Err(UserPoolError::Disabled),
            Some(user) => {
                self.sign_tokens(
                    client,
                    user,
                    id,
                    session.signed_in_at,
                    Source::RefreshTokens,
                )
                .await
            }
        }
    }

    /// The session that `token` is the refresh token of.
    fn session_of(&self, token: &str) -> Result<Option<(SessionId, Session)>, StoreError> {
        let Some(token) = RefreshToken::parse(token) else {
            return Ok(None);
        };
        let session = self.shared.sessions.find(token.session)?;
        Ok(session
            .filter(|session| session.is_of(&token))
            .map(|session| (token.session, session)))
    }
}

impl ClientSettings {
    /// Makes sure that whoever asks knows the client's secret, if it has one.
    fn check_secret(&self, shown: Option<&str>) -> Result<(), UserPoolError> {
        use super::SecretHashFault::{Mismatch, Missing, Unexpected};
        let fault = match (&self.secret, shown) {
            (None, None) => return Ok(()),
            (Some(secret), Some(shown)) if is_same(secret.expose(), shown) => return Ok(()),
            (None, Some(_)) => Unexpected,
            (Some(_), None) => Missing,
            (Some(_), Some(_)) => Mismatch,
        };
        Err(UserPoolError::ClientNotProved {
            client: self.id.clone(),
            fault,
        })
    }
}
