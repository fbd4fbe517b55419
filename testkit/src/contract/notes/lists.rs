//! Lists: in order, in pages, and of one person only.

use notewarden_domain::{
    IdentityId, Note, NoteId,
    ports::{IdSource, NotePage, NoteQuery, NoteStore, Order},
};
use uuid::Uuid;

use super::stored;
use crate::fixtures::{NOON, attachments, changed, identity, noon_plus, note};

const WHOLE: NoteQuery = NoteQuery {
    order: Order::Newest,
    after: None,
    limit: 1_000,
    max_bytes: usize::MAX,
};

pub(super) async fn check(store: &dyn NoteStore, ids: &dyn IdSource) {
    nobody_has_an_empty_page(store, ids).await;
    notes_come_in_the_order_of_their_ids(store, ids).await;
    pages_of_any_size_cover_each_note_once(store, ids).await;
    a_page_ends_at_its_bytes_and_has_at_least_one_note(store, ids).await;
    a_list_goes_on_behind_a_note_that_is_gone(store, ids).await;
    a_list_shows_the_latest_version_and_no_deleted_note(store, ids).await;
    a_long_list_is_whole_and_of_notes_alone(store, ids).await;
}

async fn page(store: &dyn NoteStore, owner: &IdentityId, query: NoteQuery) -> NotePage {
    let page = store.list(owner, &query).await.expect("list");
    assert!(page.notes.len() <= query.limit, "a page over its limit");
    page
}

/// Five notes of one person, from the earliest, with others' notes around them.
async fn five(store: &dyn NoteStore, ids: &dyn IdSource) -> (IdentityId, Vec<Note>) {
    let [owner, other] = [identity(ids), identity(ids)];
    let mut notes = Vec::new();
    for second in 0..5 {
        for owner in [&other, &owner] {
            let note = note(owner, ids, noon_plus(second / 2), "of a list");
            store.create(&note, None).await.expect("create");
            notes.push(note);
        }
    }
    notes.retain(|note| note.owner == owner);
    (owner, notes)
}

/// An empty page with nothing behind it, whatever the cursor.
async fn nobody_has_an_empty_page(store: &dyn NoteStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    for after in [None, Some(Uuid::nil()), Some(Uuid::max())] {
        let query = NoteQuery {
            after: after.map(NoteId::new),
            ..WHOLE
        };
        assert_eq!(page(store, &owner, query).await, NotePage::default());
    }
}

/// Newest and oldest first, and whole.
async fn notes_come_in_the_order_of_their_ids(store: &dyn NoteStore, ids: &dyn IdSource) {
    let (owner, mut notes) = five(store, ids).await;
    let oldest = NoteQuery {
        order: Order::Oldest,
        ..WHOLE
    };
    assert_eq!(page(store, &owner, oldest).await.notes, notes);
    notes.reverse();
    let whole = page(store, &owner, WHOLE).await;
    assert_eq!(whole.notes, notes);
    assert!(!whole.more);
}

/// However the list is cut, it is the same list, and `more` is exact.
async fn pages_of_any_size_cover_each_note_once(store: &dyn NoteStore, ids: &dyn IdSource) {
    let (owner, notes) = five(store, ids).await;
    for order in [Order::Newest, Order::Oldest] {
        let mut expected = notes.clone();
        if order == Order::Newest {
            expected.reverse();
        }
        for limit in 1..=6 {
            let mut query = NoteQuery {
                order,
                limit,
                ..WHOLE
            };
            let mut seen = Vec::new();
            loop {
                let page = page(store, &owner, query).await;
                seen.extend(page.notes);
                assert_eq!(page.more, seen.len() < expected.len());
                if !page.more {
                    break;
                }
                query.after = seen.last().map(|note| note.id);
            }
            assert_eq!(seen, expected, "{order:?} in pages of {limit}");
        }
    }
}

/// The note that reaches the bound is the page's last; names of attachments count.
async fn a_page_ends_at_its_bytes_and_has_at_least_one_note(
    store: &dyn NoteStore,
    ids: &dyn IdSource,
) {
    let owner = identity(ids);
    for _ in 0..4 {
        let mut note = note(&owner, ids, NOON, "äääää"); // 10 bytes
        note.attachments = attachments(&["12345"]);
        store.create(&note, None).await.expect("create");
    }
    for (max_bytes, notes, more) in [
        (1, 1, true),
        (15, 1, true),
        (16, 2, true),
        (45, 3, true),
        (46, 4, false),
        (60, 4, false),
        (1_000, 4, false),
    ] {
        let query = NoteQuery { max_bytes, ..WHOLE };
        let page = page(store, &owner, query).await;
        let got = (page.notes.len(), page.more);
        assert_eq!(got, (notes, more), "a page of {max_bytes} bytes");
    }
}

/// A position is a place in the order, not a note.
async fn a_list_goes_on_behind_a_note_that_is_gone(store: &dyn NoteStore, ids: &dyn IdSource) {
    let (owner, mut notes) = five(store, ids).await;
    let gone = notes.remove(2);
    let deleted = store.delete(&owner, gone.id, gone.version).await;
    deleted.expect("delete");
    for (order, behind) in [(Order::Oldest, &notes[2..]), (Order::Newest, &notes[..2])] {
        let query = NoteQuery {
            order,
            after: Some(gone.id),
            ..WHOLE
        };
        let mut seen = page(store, &owner, query).await.notes;
        seen.sort_by_key(|note| note.id);
        assert_eq!(seen, behind, "{order:?} behind a deleted note");
    }
}

/// A change does not move a note in the list.
async fn a_list_shows_the_latest_version_and_no_deleted_note(
    store: &dyn NoteStore,
    ids: &dyn IdSource,
) {
    let owner = identity(ids);
    let first = stored(store, ids, &owner, "first").await;
    let second = stored(store, ids, &owner, "second").await;
    let third = stored(store, ids, &owner, "third").await;
    let first_again = changed(&first, "first, again");
    let replaced = store.replace(&first_again, first.version).await;
    replaced.expect("replace");
    let deleted = store.delete(&owner, second.id, second.version).await;
    deleted.expect("delete");
    assert_eq!(page(store, &owner, WHOLE).await.notes, [third, first_again]);
}

/// Notes of more than a megabyte together, among which nothing shows that they name files.
async fn a_long_list_is_whole_and_of_notes_alone(store: &dyn NoteStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let mut notes = Vec::new();
    for _ in 0..4 {
        let mut note = note(&owner, ids, NOON, &"€".repeat(100_000));
        note.attachments = attachments(&["a", "z"]);
        store.create(&note, None).await.expect("create");
        notes.push(note);
    }
    let oldest = NoteQuery {
        order: Order::Oldest,
        ..WHOLE
    };
    for query in [oldest, WHOLE] {
        let page = page(store, &owner, query).await;
        assert!(page.notes == notes, "{:?} of 1.2 MB", query.order);
        assert!(!page.more);
        notes.reverse();
    }
}
