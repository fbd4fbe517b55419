//! What people keep is counted as it is, and nobody keeps more than is allowed, whatever way the bytes come by.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use notewarden_domain::{
    IdentityId,
    ports::FileIndex,
    quota::{OverQuota, Usage},
};
use notewarden_testkit::fixtures::file;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::multipart::{Completion, NamedPart, PartSource, UploadOptions};

const QUOTA: Quota = Quota {
    files: 4,
    bytes: 60_000,
    file_bytes: 40_000,
};

fn owner(number: u8) -> IdentityId {
    IdentityId::new("us-east-1", Uuid::from_u128(number.into())).unwrap()
}

/// Of the folders of two people, of what a client may store there beside files, and of what counts for nobody.
const KEYS: usize = 9;

fn key(number: usize) -> String {
    let [alice, bob] = [owner(1), owner(2)].map(|owner| ObjectKey::private_prefix(&owner));
    match number {
        0..3 => format!("{alice}{number}"),
        3 => alice,
        4 => format!("{alice}folder//"),
        5 | 6 => format!("{bob}{number}"),
        7 => "private/nobody/a".to_owned(),
        _ => format!("zip/{}/a.zip", owner(1)),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(usize, usize),
    Copy(usize, usize),
    /// An upload of a part of so many bytes and one that is copied.
    Upload(usize, usize, usize),
    Delete(Vec<usize>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let size = prop_oneof![0..100_usize, 15_000..45_000_usize];
    let step = prop_oneof![
        3 => (0..KEYS, size.clone()).prop_map(|(key, size)| Step::Put(key, size)),
        2 => (0..KEYS, 0..KEYS).prop_map(|(from, to)| Step::Copy(from, to)),
        1 => (0..KEYS, size, 0..KEYS).prop_map(|(key, size, from)| Step::Upload(key, size, from)),
        1 => prop::collection::vec(0..KEYS, 1..4).prop_map(Step::Delete),
    ];
    prop::collection::vec(step, 1..40)
}

/// What the store must hold: the sizes of objects by their keys.
#[derive(Default)]
struct Model(BTreeMap<String, u64>);

impl Model {
    fn usage(&self, owner: &IdentityId) -> Usage {
        let folder = ObjectKey::private_prefix(owner);
        let mut usage = Usage::default();
        for (key, size) in &self.0 {
            if key.starts_with(&folder) {
                usage.files += 1;
                usage.bytes += size;
            }
        }
        usage
    }

    /// Stores, if the quota allows it; says whether it does.
    fn store(&mut self, key: String, size: u64) -> bool {
        let mut owners = [owner(1), owner(2)].into_iter();
        let owner = owners.find(|owner| key.starts_with(&ObjectKey::private_prefix(owner)));
        let replaced = self.0.get(&key).copied();
        let fits =
            owner.is_none_or(|owner| QUOTA.check(self.usage(&owner), size, replaced).is_ok());
        if fits {
            self.0.insert(key, size);
        }
        fits
    }
}

async fn upload(objects: &Objects, key: &str, size: usize, from: &str) -> Result<(), ObjectError> {
    let id = objects.create_upload(key, UploadOptions::default()).await?;
    // One part, as all but the last must be long: put, or copied if there is something to copy.
    let source = PartSource {
        key: from.to_owned(),
        range: None,
        condition: ReadCondition::default(),
    };
    let part = match objects.copy_part(key, id, 1, source).await {
        Err(ObjectError::NoSuchKey) => {
            let data = chunks(&pattern(size));
            objects.put_part(key, id, 1, data, None).await?
        }
        copied => copied?,
    };
    let part = NamedPart {
        number: 1,
        etag: part.etag(),
        checksum: None,
    };
    let completion = Completion {
        parts: vec![part],
        ..Completion::default()
    };
    let completed = objects.complete_upload(key, id, completion).await;
    if let Err(refusal) = completed {
        // The upload goes on, with its part.
        let (_, page) = objects.list_parts(key, id, 0, 10)?;
        assert_eq!(page.parts.len(), 1);
        objects.abort_upload(key, id).await?;
        return Err(refusal);
    }
    Ok(())
}

fn is_stored<T>(outcome: Result<T, ObjectError>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(ObjectError::OverQuota(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn run(steps: Vec<Step>) {
    let fixture = Fixture::new().await;
    let objects = fixture.objects.clone().with_quota(QUOTA);
    let files = EmbeddedFiles::new(objects.clone());
    let mut model = Model::default();
    for step in steps {
        match &step {
            Step::Put(to, size) => {
                let data = chunks(&pattern(*size));
                let outcome = objects.put(&key(*to), data, PutOptions::default()).await;
                assert_eq!(
                    is_stored(outcome),
                    model.store(key(*to), *size as u64),
                    "{step:?}"
                );
            }
            Step::Copy(from, to) => {
                let (source, target) = (key(*from), key(*to));
                let outcome = objects.copy(&source, &target, CopyOptions::default()).await;
                match (model.0.get(&source).copied(), outcome) {
                    (None, outcome) => assert!(matches!(outcome, Err(ObjectError::NoSuchKey))),
                    (Some(size), outcome) => {
                        assert_eq!(is_stored(outcome), model.store(key(*to), size), "{step:?}");
                    }
                }
            }
            Step::Upload(to, size, from) => {
                let size_of_part = model.0.get(&key(*from)).copied().unwrap_or(*size as u64);
                let outcome = upload(&objects, &key(*to), *size, &key(*from)).await;
                assert_eq!(
                    is_stored(outcome),
                    model.store(key(*to), size_of_part),
                    "{step:?}"
                );
            }
            Step::Delete(keys) => {
                let all = keys
                    .iter()
                    .map(|number| (key(*number), WriteCondition::None));
                objects.delete_all(all.collect()).await.unwrap();
                for number in keys {
                    model.0.remove(&key(*number));
                }
            }
        }
        for owner in [owner(1), owner(2)] {
            let usage = files.usage(&owner).await.unwrap();
            assert_eq!(usage, model.usage(&owner), "after {step:?}");
            assert!(usage.files <= QUOTA.files && usage.bytes <= QUOTA.bytes);
        }
    }
    let everything = model
        .0
        .keys()
        .map(|key| (key.clone(), WriteCondition::None));
    objects.delete_all(everything.collect()).await.unwrap();
    assert_eq!(
        fixture.files(),
        [""; 0].map(PathBuf::from),
        "what was refused left no blob"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn counters_are_a_recount_and_within_the_quota(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(steps));
    }
}

#[tokio::test]
async fn uploads_at_once_do_not_get_around_the_quota() {
    let fixture = Fixture::new().await;
    let objects = fixture.objects.clone().with_quota(QUOTA);
    let puts = (0..10).map(|number| {
        let objects = objects.clone();
        let key = ObjectKey::private(&owner(1), &file(&format!("{number}")));
        async move {
            let data = chunks(&pattern(25_000));
            objects.put(key.as_str(), data, PutOptions::default()).await
        }
    });
    let outcomes = join_all(puts).await;
    let stored = outcomes
        .into_iter()
        .map(is_stored)
        .filter(|is_stored| *is_stored);
    assert_eq!(
        stored.count(),
        2,
        "three of 25,000 bytes are more than 60,000"
    );
    assert_eq!(fixture.files().len(), 2, "the blobs of the others are gone");
    let usage = EmbeddedFiles::new(objects).usage(&owner(1)).await.unwrap();
    let expected = Usage {
        files: 2,
        bytes: 50_000,
    };
    assert_eq!(usage, expected);
}

#[tokio::test]
async fn a_refusal_says_what_the_limit_is_also_before_the_bytes_come() {
    let fixture = Fixture::new().await;
    let objects = fixture.objects.clone().with_quota(QUOTA);
    let key = ObjectKey::private(&owner(1), &file("a"));
    let data = chunks(&pattern(40_001));
    let refusal = objects.put(key.as_str(), data, PutOptions::default()).await;
    for refusal in [refusal.map(drop), objects.check_quota(key.as_str(), 40_001)] {
        let Err(ObjectError::OverQuota(why)) = refusal else {
            panic!("{refusal:?}");
        };
        let (size, limit) = (40_001, 40_000);
        assert_eq!(why, OverQuota::FileTooLarge { size, limit });
    }
    objects.check_quota(key.as_str(), 40_000).unwrap();
    objects.check_quota("zip/a", 40_001).unwrap();
}

/// As a data directory of a version that did not count.
#[tokio::test]
async fn what_was_there_before_is_counted_when_the_directory_is_opened() {
    let fixture = Fixture::new().await;
    for number in 0..KEYS {
        fixture.put(&key(number), &pattern(10 + number)).await;
    }
    let reopen = async || {
        let clock = Arc::new(FixedClock::at(NOON));
        let ids = Arc::new(SeededIds::new(8));
        let database = fixture.database.clone();
        let opened = Objects::open_on(Arc::new(OsFs), database, fixture.dir.path(), clock, ids);
        let files = EmbeddedFiles::new(opened.await.unwrap());
        let [alice, bob] = [owner(1), owner(2)];
        [
            files.usage(&alice).await.unwrap(),
            files.usage(&bob).await.unwrap(),
        ]
    };
    let alice = Usage {
        files: 5,
        bytes: 60,
    };
    let bob = Usage {
        files: 2,
        bytes: 31,
    };
    assert_eq!(reopen().await, [alice, bob]);
    let forget = |transaction: &redb::WriteTransaction| {
        for name in ["folders", "folders_counted"] {
            let table: redb::TableDefinition<'_, &str, (u64, u64)> =
                redb::TableDefinition::new(name);
            let other: redb::TableDefinition<'_, (), u64> = redb::TableDefinition::new(name);
            let deleted = transaction
                .delete_table(table)
                .or_else(|_| transaction.delete_table(other));
            assert!(
                deleted.map_err(StoreError::unavailable)?,
                "`{name}` is a table"
            );
        }
        Ok(())
    };
    fixture.database.write(forget).await.unwrap();
    assert_eq!(reopen().await, [alice, bob]);
}
