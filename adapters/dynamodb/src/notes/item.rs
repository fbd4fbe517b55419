//! Notes as items.

use aws_sdk_dynamodb::types::AttributeValue;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Version, note::Attachments,
};

use super::content;
use crate::attributes::{
    Item, Unreadable, item, millis, number, take, take_millis, take_number, take_parsed, text,
};

pub(super) const OWNER: &str = "userId";
pub(super) const ID: &str = "noteId";
pub(super) const VERSION: &str = "version";
pub(super) const ATTACHMENTS: &str = "attachments";
const CONTENT: &str = "content";
const CREATED_AT: &str = "createdAt";
const UPDATED_AT: &str = "updatedAt";

/// What of a note its changes and its files depend on.
#[derive(Debug)]
pub(super) struct State {
    pub(super) version: Version,
    pub(super) attachments: Attachments,
}

pub(super) fn key(owner: &IdentityId, id: NoteId) -> Item {
    item([(OWNER, text(owner.as_str())), (ID, text(id.to_string()))])
}

pub(super) fn encode(note: &Note) -> Item {
    let mut encoded = key(&note.owner, note.id);
    encoded.extend(item([
        (VERSION, number(note.version.get())),
        (CREATED_AT, millis(note.created_at)),
        (UPDATED_AT, millis(note.updated_at)),
        (ATTACHMENTS, names(&note.attachments)),
        (CONTENT, content::write(&note.content)),
    ]));
    encoded
}

/// The attribute that holds `attachments`: always a list, so that a condition can ask for an empty one too.
pub(super) fn names(attachments: &Attachments) -> AttributeValue {
    let names = attachments.names().iter();
    AttributeValue::L(names.map(|name| text(name.as_str())).collect())
}

/// The note `id` of `owner`, stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the note.
pub(super) fn decode(owner: &IdentityId, id: NoteId, mut item: Item) -> Result<Note, StoreError> {
    let mut read = || {
        let State {
            version,
            attachments,
        } = read_state(&mut item)?;
        Ok(Note {
            owner: owner.clone(),
            id,
            content: content::read(CONTENT, take(&mut item, CONTENT)?)?,
            attachments,
            created_at: take_millis(&mut item, CREATED_AT)?,
            updated_at: take_millis(&mut item, UPDATED_AT)?,
            version,
        })
    };
    read().map_err(|cause| corrupt(owner, id, cause))
}

/// The note of `owner` that a query found.
///
/// # Errors
/// `Corrupt`, naming the note, or the owner if it is the note's key that cannot be read.
pub(super) fn decode_found(owner: &IdentityId, mut item: Item) -> Result<Note, StoreError> {
    let id = take_parsed(&mut item, ID)
        .map_err(|cause| StoreError::corrupt(format!("key of a note of `{owner}`"), cause))?;
    decode(owner, id, item)
}

/// The state of the note `id` of `owner`, of which `item` holds at least that.
///
/// # Errors
/// `Corrupt`, naming the note.
pub(super) fn decode_state(
    owner: &IdentityId,
    id: NoteId,
    mut item: Item,
) -> Result<State, StoreError> {
    read_state(&mut item).map_err(|cause| corrupt(owner, id, cause))
}

fn read_state(item: &mut Item) -> Result<State, Unreadable> {
    Ok(State {
        version: Version::new(take_number(item, VERSION)?),
        attachments: take_attachments(item)?,
    })
}

fn take_attachments(item: &mut Item) -> Result<Attachments, Unreadable> {
    let AttributeValue::L(names) = take(item, ATTACHMENTS)? else {
        return Err(Unreadable::Type(ATTACHMENTS, "L"));
    };
    let invalid = |cause| Unreadable::Invalid(ATTACHMENTS, cause);
    let name = |name| match name {
        AttributeValue::S(name) => FileName::try_from(name).map_err(invalid),
        _ => Err(Unreadable::Type(ATTACHMENTS, "L of S")),
    };
    let names: Result<Vec<_>, _> = names.into_iter().map(name).collect();
    Attachments::try_from(names?).map_err(invalid)
}

fn corrupt(owner: &IdentityId, id: NoteId, cause: Unreadable) -> StoreError {
    StoreError::corrupt(format!("note `{id}` of `{owner}`"), cause)
}

#[cfg(test)]
mod tests;
