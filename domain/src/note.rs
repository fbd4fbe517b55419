//! A note and the values it is made of.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{FileName, IdentityId, Invalid, Timestamp, spelling};

/// The longest content, in characters (Unicode scalar values).
pub const MAX_CONTENT_CHARS: usize = 100_000;

/// The most files that one note may name.
pub const MAX_ATTACHMENTS: usize = 16;

/// A note's id: a UUIDv7, so that the order of ids is the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoteId(Uuid);

impl NoteId {
    /// The id with this value; its order is its bytes' order.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The value.
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl FromStr for NoteId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        spelling::uuid(text)
            .map(Self)
            .ok_or_else(|| Invalid::new("noteId", "must be a UUID in lower case"))
    }
}

impl fmt::Display for NoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// The text of a note: at most [`MAX_CONTENT_CHARS`] characters. Its `Debug` shows only its length.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Content(Box<str>);

impl Content {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Content {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        // A character takes one to four bytes, so most texts need no count.
        if text.len() > MAX_CONTENT_CHARS && text.chars().nth(MAX_CONTENT_CHARS).is_some() {
            return Err(Invalid::new(
                "content",
                "must be at most 100,000 characters",
            ));
        }
        Ok(Self(text.into()))
    }
}

impl From<Content> for String {
    fn from(content: Content) -> Self {
        content.0.into()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.0.len())
    }
}

/// How often a note has been written: 1 when created, one more with each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(u64);

impl Version {
    /// The version of a new note.
    pub const FIRST: Self = Self(1);

    /// The version with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The files that a note names: at most [`MAX_ATTACHMENTS`], each once, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<FileName>", into = "Vec<FileName>")]
pub struct Attachments(Vec<FileName>);

impl Attachments {
    /// The names, in order.
    pub fn names(&self) -> &[FileName] {
        &self.0
    }
}

impl TryFrom<Vec<FileName>> for Attachments {
    type Error = Invalid;

    fn try_from(names: Vec<FileName>) -> Result<Self, Invalid> {
        if names.len() > MAX_ATTACHMENTS {
            return Err(Invalid::new("attachments", "must be at most 16 names"));
        }
        let mut unique: Vec<FileName> = Vec::with_capacity(names.len());
        for name in names {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
        Ok(Self(unique))
    }
}

impl From<Attachments> for Vec<FileName> {
    fn from(attachments: Attachments) -> Self {
        attachments.0
    }
}

/// A person's note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whose it is.
    pub owner: IdentityId,
    /// Its id, unique for ever.
    pub id: NoteId,
    /// Its text.
    pub content: Content,
    /// The files that belong to it, in the owner's folder.
    pub attachments: Attachments,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How often it has been written; the precondition of changes.
    pub version: Version,
}

impl Note {
    /// The bytes of what the person wrote: the content and the names of the attachments, in UTF-8.
    pub fn payload_bytes(&self) -> usize {
        let names = self.attachments.names().iter();
        self.content.as_str().len() + names.map(|name| name.as_str().len()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_a_note_id() {
        let id = "0193bb5a-7c00-7000-8000-00000000000a";
        assert_eq!(id.parse::<NoteId>().unwrap().to_string(), id);
        for bad in [
            "",
            "1",
            "0193BB5A-7C00-7000-8000-00000000000A",
            "0193bb5a7c0070008000000000000 0a",
            "0193bb5a7c007000800000000000000a",
            "{0193bb5a-7c00-7000-8000-00000000000a}",
            "urn:uuid:0193bb5a-7c00-7000-8000-00000000000a",
        ] {
            assert!(bad.parse::<NoteId>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn content_is_counted_in_characters() {
        for character in ["x", "ä", "€", "😀"] {
            assert!(Content::try_from(character.repeat(MAX_CONTENT_CHARS)).is_ok());
            assert!(Content::try_from(character.repeat(MAX_CONTENT_CHARS + 1)).is_err());
        }
    }

    #[test]
    fn attachments_name_each_file_once_and_keep_their_order() {
        let names = |list: &[&str]| -> Vec<FileName> {
            list.iter().map(|name| name.parse().unwrap()).collect()
        };
        let attachments = Attachments::try_from(names(&["b", "a", "b"])).unwrap();
        assert_eq!(attachments.names(), names(&["b", "a"]));
        assert!(Attachments::try_from(names(&["x"; MAX_ATTACHMENTS + 1])).is_err());
    }
}
