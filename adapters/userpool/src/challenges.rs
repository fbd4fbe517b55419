//! Sign-ins under way. Their state travels, sealed, with the client: nothing is written for somebody who
//! only knocks, and a challenge goes on after a restart.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use notewarden_domain::{Timestamp, ports::IdSource};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    random,
    srp::{ClientPublic, Scrambler, ServerSecret},
    vault::{Purpose, SealError, Vault},
};

/// How long a challenge may be answered.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(3 * 60);

/// What a client must answer next, and what of it the pool must remember.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every challenge is the large one, and none lives longer than a request"
)]
pub(crate) enum Step {
    /// Prove the password: `PASSWORD_VERIFIER`.
    PasswordVerifier {
        #[serde(with = "crate::encoded")]
        client_public: [u8; ClientPublic::LENGTH],
        #[serde(with = "crate::encoded")]
        server_secret: [u8; ServerSecret::LENGTH],
        #[serde(with = "crate::encoded")]
        scrambler: [u8; Scrambler::LENGTH],
    },
    /// Choose a password: `NEW_PASSWORD_REQUIRED`.
    NewPassword,
}

/// A challenge: who must answer what, through which client, until when.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Challenge {
    /// What tells it from others, so that it is answered once.
    pub(crate) id: Uuid,
    pub(crate) client_id: String,
    pub(crate) user: Uuid,
    pub(crate) expires_at: Timestamp,
    pub(crate) step: Step,
}

impl Challenge {
    pub(crate) fn new(
        client_id: &str,
        user: Uuid,
        step: Step,
        now: Timestamp,
        ids: &dyn IdSource,
    ) -> Self {
        Self {
            id: random::uuid(ids),
            client_id: client_id.to_owned(),
            user,
            expires_at: now.plus(CHALLENGE_LIFETIME),
            step,
        }
    }

    /// What the client keeps: opaque, in base64.
    pub(crate) fn seal(&self, vault: &Vault, ids: &dyn IdSource) -> Result<String, SealError> {
        let plain = serde_json::to_vec(self).map_err(|_| SealError)?;
        Ok(BASE64_STANDARD.encode(vault.seal(Purpose::Challenge, &plain, ids)?))
    }

    /// The challenge that a client shows.
    pub(crate) fn unseal(vault: &Vault, shown: &str) -> Result<Self, SealError> {
        let sealed = BASE64_STANDARD.decode(shown).map_err(|_| SealError)?;
        let plain = vault.unseal(Purpose::Challenge, &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| SealError)
    }
}
