//! Identity ids: who owns data, whichever way they signed in.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Invalid, spelling};

/// An identity of an Identity Pool: `<region>:<uuid>`, in lower case, at most 55 characters.
///
/// It is the same for one person for ever, and every stored key starts with it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityId(Arc<str>);

impl IdentityId {
    /// The identity `uuid` of a pool in `region`.
    ///
    /// # Errors
    /// The region is not one to 18 characters of `a-z0-9-`.
    pub fn new(region: &str, uuid: Uuid) -> Result<Self, Invalid> {
        format!("{region}:{}", uuid.hyphenated()).parse()
    }

    /// `<region>:<uuid>`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdentityId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refuse = || Invalid::new("identityId", "must be `<region>:<uuid>` in lower case");
        let (region, uuid) = text.split_once(':').ok_or_else(refuse)?;
        let region_is_valid = (1..=18).contains(&region.len())
            && region
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if region_is_valid && spelling::uuid(uuid).is_some() {
            Ok(Self(text.into()))
        } else {
            Err(refuse())
        }
    }
}

impl TryFrom<String> for IdentityId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<IdentityId> for String {
    fn from(id: IdentityId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for IdentityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IdentityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_an_identity() {
        let id = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
        assert_eq!(id.parse::<IdentityId>().unwrap().as_str(), id);
        for bad in [
            "",
            ":",
            "us-east-1",
            "us-east-1:",
            ":6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01",
            "us-east-1:6F0C2F0E-2F3D-4D4B-9A55-0F4A1C9F7A01",
            "us-east-1:6f0c2f0e2f3d4d4b9a550f4a1c9f7a01",
            "us-east-1:{6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01}",
            "US-EAST-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01",
            "us/east:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01",
            "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01/",
            "us-east-1:*",
        ] {
            assert!(bad.parse::<IdentityId>().is_err(), "{bad:?} was taken");
        }
    }
}
