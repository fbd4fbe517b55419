//! Cursors: where a list goes on, bound to the owner and the list.
//!
//! A cursor is only ever used inside the partition of the caller's own identity, so it needs no secret: a
//! forged one shows its forger a part of their own list. The tag is there so that a cursor of another person
//! or of another list is refused instead of misread.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use notewarden_domain::{IdentityId, NoteId, ports::Order};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The form of the cursors that are given out; another form is another number.
const FORM: u8 = 1;

/// The length of the tag, in bytes.
const TAG: usize = 16;

/// A list that cursors go on in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// A person's notes in this order.
    Notes(Order),
}

impl List {
    const fn code(self) -> u8 {
        match self {
            Self::Notes(Order::Newest) => b'n',
            Self::Notes(Order::Oldest) => b'o',
        }
    }

    /// The cursor behind `last` in this list of `owner`.
    pub(crate) fn cursor(self, owner: &IdentityId, last: NoteId) -> String {
        let mut bytes = vec![FORM, self.code()];
        bytes.extend_from_slice(last.as_uuid().as_bytes());
        bytes.extend_from_slice(&self.tag(owner, last));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Where `cursor` goes on; `None` unless it was given to `owner` for this list.
    pub(crate) fn after(self, owner: &IdentityId, cursor: &str) -> Option<NoteId> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (head, rest) = bytes.split_first_chunk::<2>()?;
        let (id, tag) = rest.split_first_chunk::<16>()?;
        let id = NoteId::new(Uuid::from_bytes(*id));
        let is_ours = *head == [FORM, self.code()] && *tag == self.tag(owner, id);
        is_ours.then_some(id)
    }

    fn tag(self, owner: &IdentityId, id: NoteId) -> [u8; TAG] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"notewarden cursor\0")
            .chain_update([FORM, self.code()])
            .chain_update(id.as_uuid().as_bytes())
            .chain_update(owner.as_str())
            .finalize()
            .into();
        let mut tag = [0; TAG];
        for (tag, byte) in tag.iter_mut().zip(digest) {
            *tag = byte;
        }
        tag
    }
}

#[cfg(test)]
mod tests {
    use notewarden_testkit::{SeededIds, fixtures::identity};
    use proptest::prelude::*;

    use super::*;

    const NEWEST: List = List::Notes(Order::Newest);
    const OLDEST: List = List::Notes(Order::Oldest);

    proptest! {
        #[test]
        fn a_cursor_leads_its_owner_back_to_its_list_and_nobody_anywhere_else(
            seed: u64,
            id: u128,
        ) {
            let ids = SeededIds::new(seed);
            let [alice, bob] = [identity(&ids), identity(&ids)];
            let id = NoteId::new(Uuid::from_u128(id));
            let cursor = NEWEST.cursor(&alice, id);
            prop_assert_eq!(NEWEST.after(&alice, &cursor), Some(id));
            prop_assert_eq!(NEWEST.after(&bob, &cursor), None);
            prop_assert_eq!(OLDEST.after(&alice, &cursor), None);
            prop_assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        }

        #[test]
        fn a_changed_cursor_is_refused(at in 0_usize..46, to in "[A-Za-z0-9_=/ -]") {
            let owner = identity(&SeededIds::new(1));
            let cursor = NEWEST.cursor(&owner, NoteId::new(Uuid::from_u128(7)));
            prop_assert_eq!(cursor.len(), 46);
            let mut changed = cursor.clone();
            changed.replace_range(at..=at, &to);
            prop_assume!(changed != cursor);
            prop_assert_eq!(NEWEST.after(&owner, &changed), None);
        }

        #[test]
        fn nothing_else_is_a_cursor(text in ".{0,80}") {
            prop_assert_eq!(NEWEST.after(&identity(&SeededIds::new(1)), &text), None);
        }
    }
}
