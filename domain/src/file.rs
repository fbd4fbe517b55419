//! Names of files in a person's folder, and the object keys they are stored under.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{IdentityId, Invalid, archive::ArchiveId};

/// The longest object key that S3 takes, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1_024;

/// The longest identity id (18 of region, `:`, 36 of UUID) with `private/` and `/` around it.
const MAX_PREFIX_BYTES: usize = "private/".len() + 55 + "/".len();

/// A relative path inside a person's folder.
///
/// Segments are separated by `/`; none is empty, `.` or `..`; there is no control character and no
/// backslash; and the name with the folder's prefix is at most [`MAX_KEY_BYTES`] long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(Box<str>);

impl FileName {
    /// The name as the client gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileName {
    type Err = Invalid;

    fn from_str(name: &str) -> Result<Self, Invalid> {
        let refuse = |rule: &str| Err(Invalid::new("name", rule));
        if name.is_empty() {
            return refuse("must not be empty");
        }
        if name.len() > MAX_KEY_BYTES - MAX_PREFIX_BYTES {
            return refuse("must be at most 960 bytes of UTF-8");
        }
        if name.chars().any(char::is_control) {
            return refuse("must not contain control characters");
        }
        if name.contains('\\') {
            return refuse("must not contain a backslash");
        }
        if name
            .split('/')
            .any(|segment| matches!(segment, "" | "." | ".."))
        {
            return refuse(
                "must not start or end with `/` nor contain `//`, `.` or `..` as a segment",
            );
        }
        Ok(Self(name.into()))
    }
}

impl TryFrom<String> for FileName {
    type Error = Invalid;

    fn try_from(name: String) -> Result<Self, Invalid> {
        name.parse()
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of an object in the bucket; always inside somebody's folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(Box<str>);

impl ObjectKey {
    /// `private/<identity id>/<name>`: a person's own file.
    pub fn private(owner: &IdentityId, name: &FileName) -> Self {
        Self(format!("{}{name}", Self::private_prefix(owner)).into())
    }

    /// `private/<identity id>/`: what every key in a person's folder starts with.
    pub fn private_prefix(owner: &IdentityId) -> String {
        format!("private/{owner}/")
    }

    /// `zip/<identity id>/<archive id>.zip`: a zip made for a person.
    pub fn archive(owner: &IdentityId, archive: ArchiveId) -> Self {
        Self(format!("zip/{owner}/{archive}.zip").into())
    }

    /// The key as S3 spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_the_folder() {
        for good in [
            "a",
            "a.txt",
            "photos/2026/ä ö.jpg",
            "...",
            "a..b",
            "..a/b",
            "100% sure?.md",
        ] {
            assert_eq!(good.parse::<FileName>().unwrap().as_str(), good);
        }
        for bad in [
            "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", "a\\b", "a\nb", "a\0b",
            "\u{85}",
        ] {
            assert!(bad.parse::<FileName>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn archives_lie_outside_the_folder_under_their_owner() {
        let owner = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
        let archive = "0193bb5a-7c00-7000-8000-00000000000a";
        let key = ObjectKey::archive(&owner.parse().unwrap(), archive.parse().unwrap());
        assert_eq!(key.as_str(), format!("zip/{owner}/{archive}.zip"));
    }

    #[test]
    fn the_longest_name_fits_the_longest_key() {
        let owner: IdentityId = "eighteen-chars-rgn:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01"
            .parse()
            .unwrap();
        let name: FileName = "x"
            .repeat(MAX_KEY_BYTES - MAX_PREFIX_BYTES)
            .parse()
            .unwrap();
        assert_eq!(
            ObjectKey::private(&owner, &name).as_str().len(),
            MAX_KEY_BYTES
        );
        assert!(
            "x".repeat(MAX_KEY_BYTES - MAX_PREFIX_BYTES + 1)
                .parse::<FileName>()
                .is_err()
        );
    }
}
