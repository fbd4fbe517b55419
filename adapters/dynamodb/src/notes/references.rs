//! References: for each file that a note names an item of its own, in the owner's partition behind the notes. They
//! are written in the same transaction as the note, and make the question who uses a file as cheap as its answer.
//!
//! The sort key is `ref\<file name>\<note id>`. No file name contains a backslash, so a name is never taken for a part
//! of a longer one; and `r` comes behind every hexadecimal digit, so that no range of note ids contains a reference.

use notewarden_domain::{FileName, IdentityId, NoteId, note::Attachments};

use super::item::{ID, OWNER};
use crate::attributes::{Item, Unreadable, item, take_text, text};

/// What a note that names `from` must change in its references to name `to`.
pub(super) struct Changes<'a> {
    /// Names of which the reference goes.
    pub(super) removed: Vec<&'a FileName>,
    /// Names of which a reference comes.
    pub(super) added: Vec<&'a FileName>,
}

impl<'a> Changes<'a> {
    pub(super) fn between(from: &'a Attachments, to: &'a Attachments) -> Self {
        let only_in = |some: &'a Attachments, other: &Attachments| {
            let names = some.names().iter();
            names.filter(|name| !other.names().contains(name)).collect()
        };
        Self {
            removed: only_in(from, to),
            added: only_in(to, from),
        }
    }
}

/// The reference's key, which is all there is to it.
pub(super) fn key(owner: &IdentityId, file: &FileName, id: NoteId) -> Item {
    let sort = format!("{}{id}", prefix(file));
    item([(OWNER, text(owner.as_str())), (ID, text(sort))])
}

/// What the sort keys of all references to `file` start with, and no others.
pub(super) fn prefix(file: &FileName) -> String {
    format!("ref\\{file}\\")
}

/// The note that a reference to `file` stands for.
pub(super) fn note_id(file: &FileName, mut reference: Item) -> Result<NoteId, Unreadable> {
    let sort = take_text(&mut reference, ID)?;
    sort.strip_prefix(&prefix(file))
        .and_then(|id| id.parse().ok())
        .ok_or(Unreadable::Key)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn attachments(names: &[&str]) -> Attachments {
        let names: Vec<_> = names.iter().map(|name| name.parse().unwrap()).collect();
        Attachments::try_from(names).unwrap()
    }

    fn owner() -> IdentityId {
        IdentityId::new("us-east-1", Uuid::from_u128(7)).unwrap()
    }

    fn sort(file: &str, id: u128) -> String {
        let key = key(
            &owner(),
            &file.parse().unwrap(),
            NoteId::new(Uuid::from_u128(id)),
        );
        key[ID].as_s().unwrap().clone()
    }

    #[test]
    fn a_reference_is_not_among_the_notes_nor_among_those_to_another_file() {
        let greatest_note = NoteId::new(Uuid::max()).to_string();
        let names = [
            "a",
            "a/b",
            "ab",
            "A",
            "0",
            "ref",
            "😀",
            "a/0193bb5a-7c00-7000-8000-00000000000a",
        ];
        for name in names {
            assert!(sort(name, 0) > greatest_note);
            for other in names {
                let is_found = sort(other, 0).starts_with(&prefix(&name.parse().unwrap()));
                assert_eq!(
                    is_found,
                    name == other,
                    "`{other}` among the references to `{name}`"
                );
            }
        }
    }

    #[test]
    fn the_longest_reference_fits_a_sort_key() {
        assert!(sort(&"x".repeat(960), u128::MAX).len() <= 1_024);
    }

    #[test]
    fn a_reference_is_read_back() {
        let (file, id) = ("a/b c".parse().unwrap(), NoteId::new(Uuid::from_u128(1)));
        assert_eq!(note_id(&file, key(&owner(), &file, id)).unwrap(), id);
        let shorter = item([(ID, text("ref\\a/b c\\0193"))]);
        assert_eq!(
            note_id(&file, shorter).unwrap_err().to_string(),
            "its key is not one that is written here"
        );
    }

    #[test]
    fn only_names_that_come_or_go_are_changed() {
        let (before, after) = (attachments(&["a", "b", "c"]), attachments(&["d", "c", "a"]));
        let changes = Changes::between(&before, &after);
        assert_eq!(changes.removed, [&before.names()[1]]);
        assert_eq!(changes.added, [&after.names()[0]]);
    }
}
