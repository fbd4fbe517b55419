//! Names of files in a person's folder, what is said of them, and the object keys they are stored under.

mod change;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use change::{Noted, ObjectChange, Sequencer};

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

    /// What is behind the last `/`, never empty.
    pub fn last_segment(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
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

/// What names of files start with: any beginning of a [`FileName`], or nothing, which all start with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamePrefix(Box<str>);

impl NamePrefix {
    /// The prefix as the client gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NamePrefix {
    type Err = Invalid;

    /// A prefix that no name can have is refused, so that a slip is not taken for an empty folder.
    fn from_str(prefix: &str) -> Result<Self, Invalid> {
        let folder = prefix.strip_suffix('/').unwrap_or(prefix);
        let may_begin_a_name = match folder {
            "" => prefix.is_empty(),
            // The beginnings of names such as `.hidden` and `..data`.
            _ if !prefix.ends_with('/') => format!("{folder}x").parse::<FileName>().is_ok(),
            _ => folder.parse::<FileName>().is_ok(),
        };
        if may_begin_a_name {
            Ok(Self(prefix.into()))
        } else {
            Err(Invalid::new(
                "prefix",
                "must be the beginning of a file name",
            ))
        }
    }
}

/// A media type, as `text/plain; charset=utf-8`: 1–255 visible ASCII characters and spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentType(Box<str>);

impl ContentType {
    /// The type as the client gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The type of a stored object: what a client of the store itself gave may be anything, and what is no
    /// media type counts as unknown.
    pub fn of_stored(text: Option<&str>) -> Self {
        text.and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}

impl Default for ContentType {
    /// Bytes of which nothing is known.
    fn default() -> Self {
        Self("application/octet-stream".into())
    }
}

impl FromStr for ContentType {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let essence = text.split(';').next().unwrap_or_default().trim_end();
        let is_token = |part: &str| {
            let symbol = |byte| b"!#$&-^_.+".contains(&byte);
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || symbol(b))
        };
        let has_form = essence
            .split_once('/')
            .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
        let is_visible = text
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if has_form && is_visible && text.len() <= 255 {
            Ok(Self(text.into()))
        } else {
            let rule = "must be a media type such as `image/png`, of at most 255 ASCII characters";
            Err(Invalid::new("contentType", rule))
        }
    }
}

impl TryFrom<String> for ContentType {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<ContentType> for String {
    fn from(content_type: ContentType) -> Self {
        content_type.0.into()
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

    /// The owner of the folder that the key is in, and the key, if it is one of a person's folder: also of an object
    /// that no file name leads to, which clients of the object store itself may make.
    pub fn in_folder(key: &str) -> Option<(IdentityId, Self)> {
        let (owner, _) = key.strip_prefix("private/")?.split_once('/')?;
        let is_key = key.len() <= MAX_KEY_BYTES;
        let owner = owner.parse().ok().filter(|_| is_key)?;
        Some((owner, Self(key.into())))
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
    fn a_folder_holds_objects_that_no_file_name_leads_to() {
        let folder = "private/us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01/";
        for rest in ["a", "", "/", "a//b", "..", "a\\\u{1}", "photos/"] {
            let key = format!("{folder}{rest}");
            let (owner, found) = ObjectKey::in_folder(&key).unwrap();
            assert_eq!(ObjectKey::private_prefix(&owner), folder);
            assert_eq!(found.as_str(), key);
        }
        let long = format!("{folder}{}", "x".repeat(MAX_KEY_BYTES));
        for other in [
            "",
            "private/x/y",
            "zip/x/y.zip",
            folder.trim_end_matches('/'),
            &long,
        ] {
            assert_eq!(ObjectKey::in_folder(other), None, "`{other}`");
        }
    }

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
    fn every_beginning_of_a_name_is_a_prefix_and_nothing_else() {
        for name in ["a", "photos/2026/ä ö.jpg", ".hidden/..data", "...", "a..b"] {
            for (end, character) in name.char_indices() {
                let prefix = &name[..end + character.len_utf8()];
                assert_eq!(prefix.parse::<NamePrefix>().unwrap().as_str(), prefix);
            }
        }
        assert_eq!("".parse::<NamePrefix>().unwrap(), NamePrefix::default());
        for bad in [
            "/", "/a", "a//", "a//b", "../", "./a", "a/../", "a\\", "a\n", "a/./",
        ] {
            assert!(bad.parse::<NamePrefix>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn media_types_have_two_parts() {
        for good in [
            "a/b",
            "image/svg+xml",
            "text/plain; charset=utf-8",
            "text/plain;a=\"b c\"",
        ] {
            assert_eq!(good.parse::<ContentType>().unwrap().as_str(), good);
        }
        let long = format!("a/{}", "b".repeat(254));
        for bad in [
            "",
            "/",
            "a",
            "a/",
            "/b",
            "a/b/c",
            "a b/c",
            "a/b\r\nX: y",
            "a/ü",
            &long,
        ] {
            assert!(bad.parse::<ContentType>().is_err(), "{bad:?} was taken");
        }
        assert_eq!(ContentType::of_stored(Some("\n")), ContentType::default());
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
