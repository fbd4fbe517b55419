//! What users see of themselves with an access token.

use notewarden_domain::Timestamp;
use uuid::Uuid;

use super::{UserPool, UserPoolError};
use crate::{
    factors::Factor,
    sessions::SessionId,
    tokens::{self, TokenError},
    users::{User, UserStatus},
};

/// A user, as shown to themself and to administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The user's id, which is the `Username` too.
    pub id: Uuid,
    /// Every attribute: `sub` first.
    pub attributes: Vec<(String, String)>,
    /// Where the user stands.
    pub status: UserStatus,
    /// Whether the user may sign in.
    pub is_enabled: bool,
    /// When the user was made.
    pub created_at: Timestamp,
    /// When the user was last changed.
    pub modified_at: Timestamp,
    /// The second factors that the user has chosen.
    pub factors: Vec<Factor>,
    /// The one that is asked for first.
    pub preferred_factor: Option<Factor>,
}

/// Whoever has an access token.
pub(super) struct Bearer {
    pub(super) user: User,
    /// The session that the token is of.
    pub(super) session: SessionId,
}

impl From<User> for Profile {
    fn from(user: User) -> Self {
        let sub = ("sub".to_owned(), user.id.to_string());
        let (factors, preferred_factor) = user.factors.in_use();
        Self {
            id: user.id,
            attributes: [sub]
                .into_iter()
                .chain(user.attributes_with_email())
                .collect(),
            status: user.status(),
            is_enabled: user.is_enabled,
            created_at: user.created_at,
            modified_at: user.modified_at,
            factors,
            preferred_factor,
        }
    }
}

impl UserPool {
    /// The user who has the access token.
    ///
    /// # Errors
    /// The access token is refused.
    pub async fn get_user(&self, access_token: &str) -> Result<Profile, UserPoolError> {
        Ok(self.authenticate(access_token).await?.user.into())
    }

    /// Forgets the user who has the access token, and everything that is kept of them.
    ///
    /// # Errors
    /// The access token is refused.
    pub async fn delete_user(&self, access_token: &str) -> Result<(), UserPoolError> {
        let user = self.authenticate(access_token).await?.user.id;
        self.forget_user(user).await
    }

    /// Verifies an access token of this pool: of a client and a user who exist, and of a session that has not
    /// ended.
    pub(super) async fn authenticate(&self, access_token: &str) -> Result<Bearer, UserPoolError> {
        let keys = self.keys().await?;
        let refused = UserPoolError::AccessToken;
        let claims = tokens::verify_access(access_token, &keys, self.issuer(), self.now())
            .map_err(refused)?;
        self.client(&claims.client_id)
            .map_err(|_| refused(TokenError::WrongClient))?;
        let user = self.shared.users.find(claims.subject)?;
        let user = user.ok_or(UserPoolError::UserNotFound)?;
        if !user.is_enabled {
            return Err(UserPoolError::Disabled);
        }
        match self.check_session(claims.subject, claims.origin) {
            Ok(()) => Ok(Bearer {
                user,
                session: SessionId {
                    user: claims.subject,
                    origin: claims.origin,
                },
            }),
            Err(TokenError::Store(error)) => Err(error.into()),
            Err(error) => Err(refused(error)),
        }
    }
}
