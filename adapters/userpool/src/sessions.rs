//! Sign-ins: each is one family of tokens, which share an `origin_jti` and end together.

mod refresh_token;
mod table;

use notewarden_domain::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

pub(crate) use self::{
    refresh_token::RefreshToken,
    table::{Sessions, check_unspent, end, end_all, end_others, forget_all, insert, spend},
};

/// Which session: whose, and the `origin_jti` of its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionId {
    pub(crate) user: Uuid,
    pub(crate) origin: Uuid,
}

/// A sign-in, as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    pub(crate) client_id: String,
    /// When the user proved the password.
    pub(crate) signed_in_at: Timestamp,
    /// When its refresh token ends.
    pub(crate) expires_at: Timestamp,
    /// Of the refresh token's secret, which is random and long: no key is needed.
    #[serde(with = "crate::encoded")]
    digest: [u8; 32],
    has_ended: bool,
}

/// Why a session gives nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Signed out.
    Revoked,
    /// Too old.
    Expired,
}

impl Session {
    /// A new sign-in through `client_id`, for whoever has `token`.
    pub(crate) fn new(
        client_id: &str,
        token: &RefreshToken,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            client_id: client_id.to_owned(),
            signed_in_at: now,
            expires_at,
            digest: Sha256::digest(token.secret).into(),
            has_ended: false,
        }
    }

    /// Whether `token` is the one that this session was opened with.
    pub(crate) fn is_of(&self, token: &RefreshToken) -> bool {
        let digest: [u8; 32] = Sha256::digest(token.secret).into();
        self.digest.ct_eq(&digest).into()
    }

    /// Whether its user has signed out of it.
    pub(crate) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    pub(crate) fn check(&self, now: Timestamp) -> Result<(), Ended> {
        if self.has_ended {
            Err(Ended::Revoked)
        } else if now >= self.expires_at {
            Err(Ended::Expired)
        } else {
            Ok(())
        }
    }
}
