//! Cursors: where a list goes on, bound to the owner and the list.
//!
//! A cursor is only ever used inside the partition of the caller's own identity, so it needs no secret: a
//! forged one shows its forger a part of their own list. The tag is there so that a cursor of another person
//! or of another list is refused instead of misread.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use notewarden_domain::{IdentityId, file::NamePrefix, ports::Order};
use sha2::{Digest, Sha256};

/// The form of the cursors that are given out; another form is another number.
const FORM: u8 = 1;

/// The length of the tag, in bytes.
const TAG: usize = 16;

/// A list that cursors go on in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List<'a> {
    /// A person's notes in this order.
    Notes(Order),
    /// A person's files whose names start with this.
    Files(&'a NamePrefix),
    /// A person's archives.
    Archives,
}

impl List<'_> {
    const fn code(self) -> u8 {
        match self {
            Self::Notes(Order::Newest) => b'n',
            Self::Notes(Order::Oldest) => b'o',
            Self::Files(_) => b'f',
            Self::Archives => b'a',
        }
    }

    /// What tells the list from others of its code.
    fn part(&self) -> &str {
        match self {
            Self::Files(prefix) => prefix.as_str(),
            Self::Notes(_) | Self::Archives => "",
        }
    }

    /// The cursor behind the item that `last` stands for, in this list of `owner`.
    pub(crate) fn cursor(self, owner: &IdentityId, last: &[u8]) -> String {
        let mut bytes = vec![FORM, self.code()];
        bytes.extend_from_slice(last);
        bytes.extend_from_slice(&self.tag(owner, last));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What `cursor` goes on behind; `None` unless it was given to `owner` for this list.
    pub(crate) fn after(self, owner: &IdentityId, cursor: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (head, rest) = bytes.split_first_chunk::<2>()?;
        let (last, tag) = rest.split_last_chunk::<TAG>()?;
        let is_ours = *head == [FORM, self.code()] && *tag == self.tag(owner, last);
        is_ours.then(|| last.to_vec())
    }

    /// Each part is told from the next by its length.
    fn tag(self, owner: &IdentityId, last: &[u8]) -> [u8; TAG] {
        let mut hash = Sha256::new()
            .chain_update(b"notewarden cursor\0")
            .chain_update([FORM, self.code()]);
        for part in [self.part().as_bytes(), last, owner.as_str().as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
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

    const NEWEST: List<'_> = List::Notes(Order::Newest);
    const OLDEST: List<'_> = List::Notes(Order::Oldest);

    proptest! {
        #[test]
        fn a_cursor_leads_its_owner_back_to_its_list_and_nobody_anywhere_else(
            seed: u64,
            last: Vec<u8>,
            prefixes in ["[a-c]{0,2}", "[a-c]{3}"],
        ) {
            let ids = SeededIds::new(seed);
            let [alice, bob] = [identity(&ids), identity(&ids)];
            let [one, other] = prefixes.map(|prefix| prefix.parse().unwrap());
            let lists = [NEWEST, OLDEST, List::Archives, List::Files(&one), List::Files(&other)];
            for list in lists {
                let cursor = list.cursor(&alice, &last);
                for reader in lists {
                    let after = (reader == list).then(|| last.clone());
                    prop_assert_eq!(reader.after(&alice, &cursor), after);
                    prop_assert_eq!(reader.after(&bob, &cursor), None);
                }
            }
            let cursor = NEWEST.cursor(&alice, &last);
            prop_assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        }

        #[test]
        fn a_changed_cursor_is_refused(at in 0_usize..46, to in "[A-Za-z0-9_=/ -]") {
            let owner = identity(&SeededIds::new(1));
            let cursor = NEWEST.cursor(&owner, &[7; 16]);
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
