//! The spelling of a key with its secret: `nw_<16 digits>_<64 digits><8 digits>`, all hexadecimal in lower case. The id,
//! 256 random bits, and a checksum: the first 32 bits of the SHA-256 of everything before it, by which a scanner that
//! looks for leaked secrets tells a key from what only looks like one.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::{ApiKeyId, SecretHash};
use crate::ports::IdSource;

const PREFIX: &str = "nw_";
const ID_DIGITS: usize = 16;
const SECRET_BYTES: usize = 32;
const SECRET_DIGITS: usize = 2 * SECRET_BYTES;
const CHECKSUM_DIGITS: usize = 8;

/// A key with its secret, which is shown once and never kept. It is not in its `Debug` form.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyToken {
    id: ApiKeyId,
    secret: [u8; SECRET_BYTES],
}

/// The text is not the spelling of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no API key")]
pub struct NotAToken;

impl ApiKeyToken {
    /// A new key.
    pub fn random(ids: &dyn IdSource) -> Self {
        let id = ApiKeyId::random(ids);
        let mut secret = [0; SECRET_BYTES];
        ids.fill(&mut secret);
        Self { id, secret }
    }

    /// The public part.
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// What is kept of the secret.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.secret)
    }

    /// Whether `text` begins as keys do, so that it is meant to be one.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The whole key: show it to its owner and to nobody else.
    pub fn expose(&self) -> String {
        let mut text = format!("{PREFIX}{}_", self.id);
        text.extend(self.secret.iter().map(|byte| format!("{byte:02x}")));
        let checksum = checksum(&text);
        text.push_str(&checksum);
        text
    }
}

impl FromStr for ApiKeyToken {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let rest = text.strip_prefix(PREFIX).ok_or(NotAToken)?;
        let (id, rest) = rest.split_at_checked(ID_DIGITS).ok_or(NotAToken)?;
        let rest = rest.strip_prefix('_').ok_or(NotAToken)?;
        let (digits, sum) = rest.split_at_checked(SECRET_DIGITS).ok_or(NotAToken)?;
        let before = text.get(..text.len().saturating_sub(CHECKSUM_DIGITS));
        if sum.len() != CHECKSUM_DIGITS || before.map(checksum).as_deref() != Some(sum) {
            return Err(NotAToken);
        }
        let mut secret = [0; SECRET_BYTES];
        for (byte, pair) in secret.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = str::from_utf8(pair).map_err(|_| NotAToken)?;
            if !pair.bytes().all(is_hex_digit) {
                return Err(NotAToken);
            }
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NotAToken)?;
        }
        let id = id.parse().map_err(|_| NotAToken)?;
        Ok(Self { id, secret })
    }
}

impl fmt::Debug for ApiKeyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyToken({})", self.id)
    }
}

/// The checksum of what comes before it.
fn checksum(text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let first = digest.iter().take(CHECKSUM_DIGITS / 2);
    first.map(|byte| format!("{byte:02x}")).collect()
}

/// A hexadecimal digit in lower case.
pub(super) const fn is_hex_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(id: u64, secret: [u8; 32]) -> ApiKeyToken {
        let id = ApiKeyId::new(id);
        ApiKeyToken { id, secret }
    }

    #[test]
    fn the_spelling_is_as_scanners_know_it() {
        let text = token(0x0123, [0xab; 32]).expose();
        assert_eq!(
            text,
            format!("nw_0000000000000123_{}{}", "ab".repeat(32), "423773aa")
        );
        assert!(ApiKeyToken::is_meant_by(&text));
    }

    #[test]
    fn the_secret_is_not_in_the_debug_form() {
        let debug = format!("{:?}", token(1, [0xab; 32]));
        assert_eq!(debug, "ApiKeyToken(0000000000000001)");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(id: u64, secret: [u8; 32]) {
            let token = token(id, secret);
            let read: ApiKeyToken = token.expose().parse().unwrap();
            prop_assert_eq!(&read, &token);
            prop_assert_eq!(read.hash(), token.hash());
        }

        #[test]
        fn one_wrong_character_is_noticed(id: u64, secret: [u8; 32], at in 0_usize..92, other in "[0-9a-zA-F_ü]") {
            let text = token(id, secret).expose();
            let changed: String = text
                .chars()
                .enumerate()
                .map(|(index, c)| if index == at { other.clone() } else { c.to_string() })
                .collect();
            prop_assume!(changed != text);
            prop_assert_eq!(changed.parse::<ApiKeyToken>(), Err(NotAToken));
        }

        #[test]
        fn nothing_else_is_a_key(text in "(nw_)?[0-9a-f]{0,20}_?[0-9a-fA-Zü]{0,80}") {
            prop_assert!(text.parse::<ApiKeyToken>().is_err());
        }
    }
}
