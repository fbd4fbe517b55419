//! Access keys in AWS's form, made at random.

use base64::{Engine, engine::general_purpose::STANDARD};
use notewarden_domain::ports::IdSource;

use crate::secret::Secret;

/// A key that does not expire.
pub(super) struct LongTermKey {
    /// `AKIA` and 16 characters.
    pub(super) id: String,
    /// 40 characters.
    pub(super) secret: Secret,
    /// The unique id of its user: `AIDA` and 17 characters.
    pub(super) user_id: String,
}

/// A key that works only together with its session token.
pub(super) struct TemporaryKey {
    /// `ASIA` and 16 characters.
    pub(super) id: String,
    /// 40 characters.
    pub(super) secret: Secret,
    /// 256 characters.
    pub(super) session_token: Secret,
}

impl LongTermKey {
    pub(super) fn generate(ids: &dyn IdSource) -> Self {
        Self {
            id: unique_id("AKIA", &random::<16>(ids)),
            secret: random_secret::<30>(ids),
            user_id: unique_id("AIDA", &random::<17>(ids)),
        }
    }
}

impl TemporaryKey {
    pub(super) fn generate(ids: &dyn IdSource) -> Self {
        Self {
            id: unique_id("ASIA", &random::<16>(ids)),
            secret: random_secret::<30>(ids),
            session_token: random_secret::<192>(ids),
        }
    }
}

/// `prefix`, then one character of `A-Z2-7` for each byte, made of its low five bits.
pub(crate) fn unique_id(prefix: &str, bytes: &[u8]) -> String {
    let letters = bytes.iter().map(|byte| match byte & 31 {
        letter @ 0..26 => char::from(b'A' + letter),
        digit => char::from(b'2' + (digit - 26)),
    });
    prefix.chars().chain(letters).collect()
}

fn random<const BYTES: usize>(ids: &dyn IdSource) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    ids.fill(&mut bytes);
    bytes
}

/// Four characters of Base64 for every three of `BYTES`.
fn random_secret<const BYTES: usize>(ids: &dyn IdSource) -> Secret {
    Secret::new(STANDARD.encode(random::<BYTES>(ids)))
}
