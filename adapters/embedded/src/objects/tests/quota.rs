//! What people keep is counted as it is, and nobody keeps more than is allowed, whatever way the bytes come by.

mod model;

use futures_util::future::join_all;
use notewarden_domain::{
    IdentityId,
    ports::FileIndex,
    quota::{OverQuota, Usage},
};
use notewarden_testkit::fixtures::file;
use uuid::Uuid;

use super::*;
use crate::multipart::UploadOptions;

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

fn is_stored<T>(outcome: Result<T, ObjectError>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(ObjectError::OverQuota(_)) => false,
        Err(error) => panic!("{error}"),
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

/// As many parts at once as there is room for one of them.
#[tokio::test]
async fn parts_at_once_do_not_get_around_the_quota() {
    let fixture = Fixture::new().await;
    let objects = fixture.objects.clone().with_quota(QUOTA);
    let key = ObjectKey::private(&owner(1), &file("a"));
    let key = key.as_str();
    let id = objects.create_upload(key, UploadOptions::default());
    let id = id.await.unwrap();
    let parts = (1..=10).map(async |number| {
        let data = chunks(&pattern(35_000));
        objects.put_part(key, id, number, data, None).await
    });
    let outcomes = join_all(parts).await;
    let stored = outcomes.into_iter().map(is_stored);
    assert_eq!(stored.filter(|is_stored| *is_stored).count(), 1);
    assert_eq!(fixture.files().len(), 1, "the blobs of the others are gone");
    // Nor does a file get in beside the part.
    let data = chunks(&pattern(35_000));
    let other = ObjectKey::private(&owner(1), &file("b"));
    let put = objects.put(other.as_str(), data, PutOptions::default());
    assert!(!is_stored(put.await));
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
    for to in [key(5), key(8)] {
        let begun = fixture.objects.create_upload(&to, UploadOptions::default());
        let (id, data) = (begun.await.unwrap(), chunks(&pattern(1_000)));
        let put = fixture.objects.put_part(&to, id, 1, data, None);
        put.await.unwrap();
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
        bytes: 1_031,
    };
    assert_eq!(reopen().await, [alice, bob]);
    let forget = |transaction: &redb::WriteTransaction| {
        for name in ["folders", "folders_unfinished", "folders_counted"] {
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
