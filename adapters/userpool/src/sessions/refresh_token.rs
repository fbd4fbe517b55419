//! Refresh tokens: opaque to their bearers, and to the pool the way to a session.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_domain::ports::IdSource;
use uuid::Uuid;

use super::SessionId;
use crate::{random, secret::Secret};

/// A refresh token: which session it is of, and the secret that proves it.
pub(crate) struct RefreshToken {
    pub(crate) session: SessionId,
    pub(super) secret: [u8; 32],
}

impl RefreshToken {
    /// The token of a new session of `user`.
    pub(crate) fn generate(user: Uuid, ids: &dyn IdSource) -> Self {
        let mut secret = [0; 32];
        ids.fill(&mut secret);
        Self {
            session: SessionId {
                user,
                origin: random::uuid(ids),
            },
            secret,
        }
    }

    /// What the client gets.
    pub(crate) fn to_text(&self) -> Secret {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(self.session.user.as_bytes());
        bytes.extend_from_slice(self.session.origin.as_bytes());
        bytes.extend_from_slice(&self.secret);
        Secret::new(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a client shows, if it has the form of a refresh token.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (user, rest) = bytes.split_first_chunk::<16>()?;
        let (origin, secret) = rest.split_first_chunk::<16>()?;
        Some(Self {
            session: SessionId {
                user: Uuid::from_bytes(*user),
                origin: Uuid::from_bytes(*origin),
            },
            secret: secret.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use notewarden_testkit::SeededIds;

    use super::*;

    #[test]
    fn a_token_is_read_back_as_it_was() {
        let ids = SeededIds::new(3);
        let token = RefreshToken::generate(random::uuid(&ids), &ids);
        let text = token.to_text();
        let read = RefreshToken::parse(text.expose()).unwrap();
        assert_eq!(read.session, token.session);
        assert_eq!(read.secret, token.secret);
        for bad in [
            "",
            "x",
            &text.expose()[1..],
            &format!("{}A", text.expose()),
            &format!("{}=", text.expose()),
        ] {
            assert!(RefreshToken::parse(bad).is_none(), "{bad}");
        }
    }
}
