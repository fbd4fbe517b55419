//! Power failures at any moment: what was acknowledged is there, and nothing is there by half.

mod work;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError,
    idempotency::{Creation, IdempotencyClaim, RequestHash},
    ports::{IdempotencyStore, NoteStore},
};
use notewarden_embedded::{Database, EmbeddedClaims, EmbeddedNotes};
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, attachments, changed, file, noon_plus, note},
};
use proptest::prelude::*;
use tokio::task::{LocalSet, yield_now};
use uuid::Uuid;

use crate::disk::Disk;

const FILES: [&str; 3] = ["a.txt", "b/c.txt", "d"];

/// What is known of one note.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The last acknowledged state.
    acknowledged: Option<Note>,
    /// What a call that was not acknowledged may have made of it.
    in_doubt: Option<Option<Note>>,
}

impl Known {
    /// A call that would bring the note to `after` was acknowledged, or its answer was lost.
    fn note(&mut self, after: &Option<Note>, is_lost: bool) {
        if is_lost {
            self.in_doubt = Some(after.clone());
        } else {
            self.acknowledged.clone_from(after);
        }
    }
}

type Journal = Rc<RefCell<BTreeMap<NoteId, Known>>>;

/// Small numbers that follow from a seed.
struct Choices(u64);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        // Xorshift (Marsaglia), which is never zero.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}

fn owner() -> IdentityId {
    IdentityId::new("us-east-1", Uuid::from_u128(1)).unwrap()
}

fn claim(id: NoteId) -> IdempotencyClaim {
    IdempotencyClaim {
        owner: owner(),
        key: id.to_string().parse().unwrap(),
        request: RequestHash([1; 32]),
        expires_at: noon_plus(86_400),
    }
}

/// Creates, changes and deletes notes of its own until the machine stops.
async fn write(notes: Rc<EmbeddedNotes>, journal: Journal, ids: Rc<SeededIds>, seed: u64) {
    let mut choices = Choices(seed);
    let mut mine: Option<Note> = None;
    loop {
        let (id, after, result) = match mine.take() {
            None => {
                let text = "x".repeat(choices.below(3_000));
                let mut new = note(&owner(), ids.as_ref(), NOON, &text);
                new.attachments = attachments(&FILES[..choices.below(4)]);
                let created = notes.create(&new, Some(&claim(new.id))).await;
                (
                    new.id,
                    Some(new),
                    created.map(|creation| assert_eq!(creation, Creation::Stored)),
                )
            }
            Some(before) if choices.below(4) > 0 => {
                let mut after = changed(&before, &"y".repeat(choices.below(3_000)));
                after.attachments = attachments(&FILES[choices.below(4)..]);
                let replaced = notes.replace(&after, before.version).await;
                (after.id, Some(after), replaced)
            }
            Some(before) => {
                let deleted = notes.delete(&owner(), before.id, before.version).await;
                (before.id, None, deleted)
            }
        };
        let is_lost = match result {
            Ok(()) => false,
            Err(StoreError::Unavailable { .. }) => true,
            Err(error) => panic!("{error}"),
        };
        journal
            .borrow_mut()
            .entry(id)
            .or_default()
            .note(&after, is_lost);
        if is_lost {
            break;
        }
        mine = after.filter(|_| choices.below(5) > 0);
        yield_now().await;
    }
}

/// Compares what is stored with what is known, and settles what was in doubt.
async fn check(database: &Database, journal: &Journal) {
    let notes = EmbeddedNotes::new(database.clone());
    let claims = EmbeddedClaims::new(database.clone());
    let mut settled = BTreeMap::new();
    for (id, known) in journal.take() {
        let found = notes.get(&owner(), id).await.unwrap();
        let is_known = found == known.acknowledged || Some(&found) == known.in_doubt.as_ref();
        assert!(is_known, "{id} is {found:?}, but {known:?}");
        // A claim is there if its note was, ever.
        let was_acknowledged = known.acknowledged.is_some() || known.in_doubt.is_none();
        let claimed = claims.claimed(&claim(id), NOON).await.unwrap().is_some();
        assert_eq!(
            claimed,
            was_acknowledged || found.is_some(),
            "{id}: {known:?}"
        );
        if claimed {
            let acknowledged = found;
            settled.insert(
                id,
                Known {
                    acknowledged,
                    in_doubt: None,
                },
            );
        }
    }
    for name in FILES.map(file) {
        let using = notes
            .notes_using(&owner(), &name, usize::MAX)
            .await
            .unwrap();
        assert_eq!(using, naming(&settled, &name), "notes that name `{name}`");
    }
    journal.replace(settled);
}

fn naming(settled: &BTreeMap<NoteId, Known>, name: &FileName) -> Vec<NoteId> {
    let notes = settled
        .values()
        .filter_map(|known| known.acknowledged.as_ref());
    let naming = notes.filter(|note| note.attachments.names().contains(name));
    naming.map(|note| note.id).collect()
}

/// Servers that run one after the other on one disk, each until its machine has done so many operations.
async fn live_and_die(seed: u64, lives: &[(u64, usize)]) {
    let disk = Disk::default();
    drop(Database::on_storage(disk.opener()).unwrap());
    let journal = Journal::default();
    let ids = Rc::new(SeededIds::new(seed));
    let mut choices = Choices(seed | 1);
    for (operations, writers) in lives {
        disk.stop_after(*operations);
        if let Ok(database) = Database::on_storage(disk.opener()) {
            check(&database, &journal).await;
            let notes = Rc::new(EmbeddedNotes::new(database));
            let tasks = LocalSet::new();
            for writer in 0..*writers {
                let (notes, journal) = (Rc::clone(&notes), Rc::clone(&journal));
                let seed = seed.wrapping_add(writer as u64 + 1) | 1;
                tasks.spawn_local(write(notes, journal, Rc::clone(&ids), seed));
            }
            tasks.await;
        }
        match choices.below(4) {
            0 => disk.lose_power(|_| 0),
            1 => disk.lose_power(|states| states - 1),
            _ => disk.lose_power(|states| choices.below(states)),
        }
    }
    let database = Database::on_storage(disk.opener()).unwrap();
    check(&database, &journal).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_acknowledged_survives_and_nothing_is_there_by_half(
        seed: u64,
        lives in prop::collection::vec((0..400_u64, 1..9_usize), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(live_and_die(seed, &lives));
    }
}

#[test]
fn every_step_of_a_start_may_be_the_last() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for operations in 0..40 {
        let lives = [(60, 2), (operations, 1), (operations, 1)];
        runtime.block_on(live_and_die(operations + 1, &lives));
    }
}
