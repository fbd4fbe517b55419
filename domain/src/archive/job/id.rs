//! What an archive is called: by the service, and by its owner.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{FileName, Invalid, spelling};

/// The longest name of an archive, in bytes of UTF-8.
pub const MAX_ARCHIVE_NAME_BYTES: usize = 200;

/// An archive's id: a UUIDv7, so that the order of ids is the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArchiveId(Uuid);

impl ArchiveId {
    /// The id with this value; its order is its bytes' order.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The value.
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl FromStr for ArchiveId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        spelling::uuid(text)
            .map(Self)
            .ok_or_else(|| Invalid::new("archiveId", "must be a UUID in lower case"))
    }
}

impl fmt::Display for ArchiveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// What a zip is called when it is downloaded: a file's name without folders.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArchiveName(Box<str>);

impl ArchiveName {
    /// The name as the client gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `archive.zip`
impl Default for ArchiveName {
    fn default() -> Self {
        Self("archive.zip".into())
    }
}

impl FromStr for ArchiveName {
    type Err = Invalid;

    fn from_str(name: &str) -> Result<Self, Invalid> {
        if name.len() > MAX_ARCHIVE_NAME_BYTES {
            let rule = format!("must be at most {MAX_ARCHIVE_NAME_BYTES} bytes of UTF-8");
            return Err(Invalid::new("name", rule));
        }
        if name.contains('/') {
            return Err(Invalid::new("name", "must not contain `/`"));
        }
        let name: FileName = name.parse()?;
        Ok(Self(name.as_str().into()))
    }
}

impl TryFrom<String> for ArchiveName {
    type Error = Invalid;

    fn try_from(name: String) -> Result<Self, Invalid> {
        name.parse()
    }
}

impl From<ArchiveName> for String {
    fn from(name: ArchiveName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for ArchiveName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_an_archive_id() {
        let id = "0193bb5a-7c00-7000-8000-00000000000a";
        assert_eq!(id.parse::<ArchiveId>().unwrap().to_string(), id);
        for bad in [
            "",
            "1",
            "0193BB5A-7C00-7000-8000-00000000000A",
            "{0193bb5a-7c00-7000-8000-00000000000a}",
        ] {
            assert!(bad.parse::<ArchiveId>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn an_archive_is_called_like_a_file_without_folders() {
        let longest = "x".repeat(MAX_ARCHIVE_NAME_BYTES);
        for good in ["a", "photos 2026.zip", "ä", &longest] {
            assert_eq!(good.parse::<ArchiveName>().unwrap().as_str(), good);
        }
        let too_long = longest + "x";
        for bad in ["", ".", "..", "a/b", "/", "a\\b", "a\nb", &too_long] {
            assert!(bad.parse::<ArchiveName>().is_err(), "{bad:?} was taken");
        }
    }
}
