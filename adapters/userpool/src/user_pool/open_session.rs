//! The end of signing in: a session, and the tokens of it.

use notewarden_domain::{StoreError, Timestamp};

use super::{ClientSettings, Progress, Tokens, UserPool, UserPoolError, sign_in::compute};
use crate::{
    challenges::Challenge,
    secret::Secret,
    sessions::{self, RefreshToken, Session, SessionId},
    tokens::Issue,
    triggers::Source,
    users::{self, User},
};

impl UserPool {
    /// Opens a session and signs its tokens, at once.
    pub(super) async fn open_session(
        &self,
        client: &ClientSettings,
        user: User,
        answered: Option<&Challenge>,
    ) -> Result<Progress, UserPoolError> {
        let now = self.now();
        let refresh = RefreshToken::generate(user.id, self.ids());
        let expires_at = now.plus(client.refresh_token_lifetime);
        let session = Session::new(&client.id, &refresh, now, expires_at);
        let id = refresh.session;
        let answered = answered.map(|challenge| (challenge.id, challenge.expires_at));
        let proved = user.password.clone();
        let keep = async {
            let kept = self.commit(move |transaction| {
                // Since the proof, the user may have been changed, and the challenge answered.
                let is_same = users::get(transaction, id.user)?
                    .is_some_and(|user| user.is_enabled && user.password == proved);
                let is_first = match answered {
                    Some((id, end)) => sessions::check_unspent(transaction, id, end)?,
                    None => true,
                };
                if !is_same || !is_first {
                    return Ok(Err(UserPoolError::WrongCredentials));
                }
                if let Some((id, end)) = answered {
                    sessions::spend(transaction, id, end, now)?;
                }
                sessions::insert(transaction, id, &session, now)?;
                Ok(Ok(()))
            });
            kept.await?
        };
        let sign = self.sign_tokens(client, user, id, now, Source::Authentication);
        let (tokens, ()) = tokio::try_join!(sign, keep)?;
        Ok(Progress::SignedIn(Tokens {
            refresh: Some(refresh.to_text()),
            ..tokens
        }))
    }

    /// Signs an ID and an access token of `session`.
    pub(super) async fn sign_tokens(
        &self,
        client: &ClientSettings,
        user: User,
        session: SessionId,
        signed_in_at: Timestamp,
        source: Source,
    ) -> Result<Tokens, UserPoolError> {
        let keys = self.keys().await?;
        let groups = self.group_claims(user.id)?;
        let changes = self.before_tokens(source, &client.id, &user, &groups);
        let changes = changes.await?;
        let (pool, client) = (self.clone(), client.clone());
        let lifetime = client.access_token_lifetime;
        let pair = compute(move || {
            let issue = Issue {
                issuer: pool.issuer(),
                client_id: &client.id,
                user: &user,
                groups: changes.groups().unwrap_or(&groups),
                changes: &changes,
                session,
                signed_in_at,
                now: pool.now(),
                id_lifetime: client.id_token_lifetime,
                access_lifetime: client.access_token_lifetime,
            };
            issue.sign(&keys, pool.ids())
        });
        let pair = pair.await?.map_err(StoreError::unavailable)?;
        Ok(Tokens {
            id: Secret::new(pair.id),
            access: Secret::new(pair.access),
            refresh: None,
            lifetime,
        })
    }
}
