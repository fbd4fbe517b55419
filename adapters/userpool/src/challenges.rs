//! Sign-ins under way. Their state travels, sealed, with the client: nothing is written for somebody who
//! only knocks, and a challenge goes on after a restart.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use notewarden_domain::{Timestamp, ports::IdSource};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    passwords::KeptPassword,
    random,
    srp::{ClientPublic, Scrambler, ServerSecret},
    user_pool::AuthFlow,
    vault::{Purpose, SealError, Vault},
};

/// How long a challenge may be answered.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(3 * 60);

/// That somebody has proved who they are, by the first factor.
///
/// Every step after the first carries it: no step can be reached without. It ends with the password that the
/// user had then, so that a new password ends every sign-in under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Proved {
    #[serde(with = "crate::encoded")]
    password: [u8; 32],
}

impl Proved {
    /// What the first factor's check gives.
    pub(crate) fn now(vault: &Vault, password: &KeptPassword) -> Self {
        Self {
            password: vault.digest(Purpose::Proof, &[password.sealed_verifier()]),
        }
    }

    /// Whether the user still has the password of then.
    pub(crate) fn still_holds(&self, vault: &Vault, password: &KeptPassword) -> bool {
        self.password
            .ct_eq(&Self::now(vault, password).password)
            .into()
    }
}

/// What a client must answer next, and what of it the pool must remember.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every challenge is the large one, and none lives longer than a request"
)]
pub(crate) enum Step {
    /// Choose the first factor: `SELECT_CHALLENGE`.
    FirstFactor,
    /// Prove the password: `PASSWORD_VERIFIER`.
    PasswordVerifier {
        #[serde(with = "crate::encoded")]
        client_public: [u8; ClientPublic::LENGTH],
        #[serde(with = "crate::encoded")]
        server_secret: [u8; ServerSecret::LENGTH],
        #[serde(with = "crate::encoded")]
        scrambler: [u8; Scrambler::LENGTH],
    },
    /// Show the code that was sent, in place of a password: `EMAIL_OTP`.
    EmailInPlaceOfPassword,
    /// Choose a password: `NEW_PASSWORD_REQUIRED`.
    NewPassword(Proved),
    /// Choose the second factor: `SELECT_MFA_TYPE`.
    SecondFactor(Proved),
    /// Show a code of the authenticator: `SOFTWARE_TOKEN_MFA`.
    SoftwareToken(Proved),
    /// Show the code that was sent, after the password: `EMAIL_OTP`.
    Email(Proved),
    /// Set an authenticator up, without a secret yet: `MFA_SETUP`.
    SetUp(Proved),
    /// Set an authenticator up that has the sealed `secret`.
    SetUpWith {
        proved: Proved,
        #[serde(with = "crate::encoded")]
        secret: Vec<u8>,
    },
    /// The authenticator was set up just now, and has shown a code.
    SetUpDone(Proved),
}

/// A challenge: who must answer what, through which client, until when.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Challenge {
    /// What tells it from others, so that it is answered once.
    pub(crate) id: Uuid,
    pub(crate) client_id: String,
    pub(crate) user: Uuid,
    /// How the sign-in began, which the client must still allow.
    pub(crate) flow: AuthFlow,
    pub(crate) expires_at: Timestamp,
    pub(crate) step: Step,
}

impl Challenge {
    pub(crate) fn new(
        client_id: &str,
        user: Uuid,
        flow: AuthFlow,
        step: Step,
        now: Timestamp,
        ids: &dyn IdSource,
    ) -> Self {
        Self {
            id: random::uuid(ids),
            client_id: client_id.to_owned(),
            user,
            flow,
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
