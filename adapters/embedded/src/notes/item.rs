//! The stored form of a note: a format byte, numbers as LEB128, names with their lengths, then the text.

use notewarden_domain::{
    Content, FileName, IdentityId, Note, NoteId, StoreError, Timestamp, Version, note::Attachments,
};

/// The format of what [`encode`] writes.
const FORMAT: u8 = 1;

/// Why a stored note cannot be read.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("it ends too early")]
    Truncated,
    #[error("it has format {0}, and this version reads format {FORMAT}")]
    Format(u8),
    #[error("a number in it is too great")]
    Number,
    #[error("a text in it is not UTF-8")]
    Text(#[from] std::str::Utf8Error),
    #[error("a value in it breaks a rule")]
    Invalid(#[from] notewarden_domain::Invalid),
}

/// The stored form of all but the key.
pub(super) fn encode(note: &Note) -> Vec<u8> {
    let mut item = Vec::with_capacity(64 + note.payload_bytes());
    item.push(FORMAT);
    put_number(&mut item, note.version.get());
    put_number(&mut item, note.created_at.as_millis());
    put_number(&mut item, note.updated_at.as_millis());
    put_number(&mut item, note.attachments.names().len() as u64);
    for name in note.attachments.names() {
        put_number(&mut item, name.as_str().len() as u64);
        item.extend_from_slice(name.as_str().as_bytes());
    }
    item.extend_from_slice(note.content.as_str().as_bytes());
    item
}

/// The note `id` of `owner`, stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the note.
pub(super) fn decode(owner: &IdentityId, id: NoteId, item: &[u8]) -> Result<Note, StoreError> {
    let corrupt = |cause| StoreError::corrupt(format!("note `{id}` of `{owner}`"), cause);
    Item(item).note(owner, id).map_err(corrupt)
}

fn put_number(item: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        item.push(number as u8 | 0x80);
        number >>= 7;
    }
    item.push(number as u8);
}

/// What is left to read of a stored note.
struct Item<'a>(&'a [u8]);

impl<'a> Item<'a> {
    fn note(mut self, owner: &IdentityId, id: NoteId) -> Result<Note, Unreadable> {
        let format = self.byte()?;
        if format != FORMAT {
            return Err(Unreadable::Format(format));
        }
        let version = Version::new(self.number()?);
        let created_at = Timestamp::from_millis(self.number()?);
        let updated_at = Timestamp::from_millis(self.number()?);
        let names = (0..self.number()?).map(|_| self.name());
        let names = names.collect::<Result<Vec<_>, _>>()?;
        Ok(Note {
            owner: owner.clone(),
            id,
            content: Content::try_from(str::from_utf8(self.0)?.to_owned())?,
            attachments: Attachments::try_from(names)?,
            created_at,
            updated_at,
            version,
        })
    }

    fn name(&mut self) -> Result<FileName, Unreadable> {
        let len = usize::try_from(self.number()?).map_err(|_| Unreadable::Number)?;
        Ok(str::from_utf8(self.bytes(len)?)?.parse()?)
    }

    fn bytes(&mut self, len: usize) -> Result<&'a [u8], Unreadable> {
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(Unreadable::Truncated)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        let (byte, rest) = self.0.split_first().ok_or(Unreadable::Truncated)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u64, Unreadable> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(Unreadable::Number);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Unreadable::Number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn owner() -> IdentityId {
        IdentityId::new("us-east-1", Uuid::from_u128(7)).unwrap()
    }

    const ID: NoteId = NoteId::new(Uuid::from_u128(1));

    fn unreadable(item: &[u8]) -> String {
        use std::error::Error;

        let error = decode(&owner(), ID, item).unwrap_err();
        assert!(error.to_string().contains(&ID.to_string()), "{error}");
        error.source().unwrap().to_string()
    }

    prop_compose! {
        fn notes()(
            content in any::<String>(),
            names in prop::collection::vec("[a-zä😀./ ]{1,40}", 0..16),
            [created_at, updated_at, version] in any::<[u64; 3]>(),
        ) -> Note {
            let names = names.iter().filter_map(|name| name.parse().ok());
            Note {
                owner: owner(),
                id: ID,
                content: Content::try_from(content).unwrap(),
                attachments: Attachments::try_from(names.collect::<Vec<_>>()).unwrap(),
                created_at: Timestamp::from_millis(created_at),
                updated_at: Timestamp::from_millis(updated_at),
                version: Version::new(version),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_stored_is_what_is_read(note in notes()) {
            prop_assert_eq!(&decode(&owner(), ID, &encode(&note)).unwrap(), &note);
        }

        #[test]
        fn nothing_stored_makes_it_panic(mut item: Vec<u8>, versioned: bool) {
            if versioned {
                item.insert(0, FORMAT);
            }
            if let Err(error) = decode(&owner(), ID, &item) {
                let is_named = matches!(error, StoreError::Corrupt { .. });
                prop_assert!(is_named, "{}", error);
            }
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert_eq!(unreadable(&[]), "it ends too early");
        assert_eq!(
            unreadable(&[FORMAT, 1, 1, 1, 1, 9, b'a']),
            "it ends too early"
        );
        assert_eq!(
            unreadable(&[9]),
            "it has format 9, and this version reads format 1"
        );
        assert_eq!(
            unreadable(&[&[FORMAT][..], &[0xff; 10]].concat()),
            "a number in it is too great"
        );
        assert_eq!(
            unreadable(&[FORMAT, 1, 1, 1, 0, 0xff]),
            "a text in it is not UTF-8"
        );
        assert_eq!(
            unreadable(&[FORMAT, 1, 1, 1, 1, 2, b'.', b'.']),
            "a value in it breaks a rule"
        );
    }
}
