//! What the index of files makes of quotas, on a stand-in for DynamoDB.

use notewarden_domain::{
    IdentityId, ObjectKey, StoreError,
    file::{Noted, ObjectChange},
    ports::{FileIndex, FileMeta, FileQuery},
    quota::{OverQuota, Quota, Usage},
};
use notewarden_dynamodb::DynamoFiles;
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, file, identity},
};
use serde_json::json;

use crate::support::{Scripted, answer, cancelled, tables::Place};

const QUOTA: Quota = Quota {
    files: 3,
    bytes: 100,
    file_bytes: 60,
};

/// One person's files in the index.
struct Folder {
    place: Place,
    files: DynamoFiles,
    owner: IdentityId,
}

impl Folder {
    async fn new(seed: u64) -> Self {
        let mut place = Place::new().await;
        let table = place.table("Files").await;
        Self {
            files: DynamoFiles::beside(&place.notes, table),
            place,
            owner: identity(&SeededIds::new(seed)),
        }
    }

    fn change(&self, name: &str, number: u64) -> ObjectChange {
        change(&self.owner, name, number)
    }

    async fn put(&self, name: &str, number: u64, size: u64) -> Noted {
        let change = self.change(name, number);
        let meta = meta(size);
        let noted = self.files.arrived(&change, &meta, Some(&QUOTA)).await;
        noted.unwrap()
    }

    async fn remove(&self, name: &str, number: u64) -> Noted {
        let change = self.change(name, number);
        self.files.removed(&change, NOON).await.unwrap()
    }

    async fn usage(&self) -> (u64, u64) {
        let Usage { files, bytes } = self.files.usage(&self.owner).await.unwrap();
        (files, bytes)
    }

    async fn refusal(&self, name: &str) -> Option<OverQuota> {
        let refusal = self.files.refusal(&self.owner, &file(name)).await;
        refusal.unwrap()
    }
}

fn change(owner: &IdentityId, name: &str, number: u64) -> ObjectChange {
    let folder = ObjectKey::private_prefix(owner);
    let (owner, key) = ObjectKey::in_folder(&format!("{folder}{name}")).unwrap();
    ObjectChange {
        owner,
        key,
        sequencer: format!("{number:X}").parse().unwrap(),
    }
}

fn meta(size: u64) -> FileMeta {
    FileMeta {
        size,
        content_type: "text/plain".parse().unwrap(),
        etag: format!("{size:032x}"),
        modified_at: NOON,
        crc32: None,
    }
}

fn too_many_bytes(would_be: u64) -> OverQuota {
    OverQuota::TooManyBytes {
        would_be,
        limit: 100,
    }
}

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn what_fits_is_counted_and_what_does_not_changes_nothing() {
    let folder = Folder::new(31).await;
    assert_eq!(folder.put("a", 0xa1, 60).await, Noted::Now);
    let too_long = OverQuota::FileTooLarge {
        size: 61,
        limit: 60,
    };
    assert_eq!(folder.put("b", 0xa1, 61).await, Noted::TooMuch(too_long));
    let too_much = Noted::TooMuch(too_many_bytes(101));
    assert_eq!(folder.put("b", 0xa1, 41).await, too_much);
    assert_eq!(folder.usage().await, (1, 60));
    assert_eq!(folder.put("b", 0xa1, 40).await, Noted::Now);
    assert_eq!(folder.usage().await, (2, 100));
    // In place of what is there, as much again or less.
    assert_eq!(folder.put("b", 0xa2, 40).await, Noted::Now);
    let too_much = Noted::TooMuch(too_many_bytes(101));
    assert_eq!(folder.put("b", 0xa3, 41).await, too_much);
    assert_eq!(folder.put("b", 0xa3, 0).await, Noted::Now);
    assert_eq!(folder.put("c", 0xa1, 1).await, Noted::Now);
    let too_many = Noted::TooMuch(OverQuota::TooManyFiles { limit: 3 });
    assert_eq!(folder.put("d", 0xa1, 0).await, too_many);
    assert_eq!(folder.remove("a", 0xa2).await, Noted::Now);
    assert_eq!(folder.put("d", 0xa1, 60).await, Noted::Now);
    assert_eq!(folder.usage().await, (3, 61));
    // Whoever has counted for themselves says that there is room.
    let change = folder.change("e", 0xa1);
    let noted = folder.files.arrived(&change, &meta(60), None).await;
    assert_eq!(noted.unwrap(), Noted::Now);
    assert_eq!(folder.usage().await, (4, 121));
    folder.place.close().await;
}

/// Two at once, each of which fits alone.
#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn of_two_that_do_not_fit_together_one_is_counted() {
    let folder = Folder::new(32).await;
    let [one, other] = ["a", "b"].map(|name| folder.put(name, 0xa1, 60));
    let both = tokio::join!(one, other);
    let now = [both.0, both.1]
        .into_iter()
        .filter(|noted| *noted == Noted::Now);
    assert_eq!(now.count(), 1, "{both:?}");
    assert_eq!(folder.usage().await, (1, 60));
    folder.place.close().await;
}

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn why_a_file_was_removed_is_known_until_another_takes_its_place() {
    let folder = Folder::new(33).await;
    folder.put("a", 0xa1, 50).await;
    folder.put("b", 0xa1, 50).await;
    let over = too_many_bytes(110);
    let refused = folder.change("a", 0xa2);
    // The object that was there before is replaced, so it is gone as well.
    for _ in 0..2 {
        let noted = folder.files.refused(&refused, &meta(60), over, NOON).await;
        assert_eq!(noted.unwrap(), Noted::Refused(over));
        assert_eq!(folder.usage().await, (1, 50));
    }
    // The event comes again: whoever removes the object may not have come to it.
    assert_eq!(folder.put("a", 0xa2, 60).await, Noted::Refused(over));
    // Another object in its place has an event of its own.
    assert_eq!(folder.put("a", 0xa2, 59).await, Noted::Before);
    assert_eq!(folder.put("a", 0xa1, 50).await, Noted::Before);
    let names = [file("a"), file("b")];
    let found = folder.files.find(&folder.owner, &names).await.unwrap();
    assert_eq!(found, [None, Some(meta(50))]);
    assert_eq!(folder.refusal("a").await, Some(over));
    assert_eq!(folder.refusal("b").await, None);
    assert_eq!(folder.refusal("absent").await, None);
    assert_eq!(folder.remove("a", 0xa3).await, Noted::Now);
    assert_eq!(folder.refusal("a").await, Some(over));
    assert_eq!(folder.put("a", 0xa4, 10).await, Noted::Now);
    assert_eq!(folder.refusal("a").await, None);
    assert_eq!(folder.remove("a", 0xa5).await, Noted::Now);
    assert_eq!(folder.refusal("a").await, None);
    assert_eq!(folder.usage().await, (1, 50));
    folder.place.close().await;
}

/// They count, and no list shows them; one of them is called as the counters are.
#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn objects_that_no_file_name_leads_to_are_counted() {
    let folder = Folder::new(34).await;
    for (place, name) in ["", "/usage", "a//b"].iter().enumerate() {
        assert_eq!(folder.put(name, 0xa1, 10).await, Noted::Now, "`{name}`");
        let count = u64::try_from(place).unwrap() + 1;
        assert_eq!(folder.usage().await, (count, count * 10));
    }
    let too_many = Noted::TooMuch(OverQuota::TooManyFiles { limit: 3 });
    assert_eq!(folder.put("photos/", 0xa1, 0).await, too_many);
    let query = FileQuery {
        prefix: Default::default(),
        after: None,
        limit: 10,
    };
    let page = folder.files.list(&folder.owner, &query).await.unwrap();
    assert_eq!(page.files, []);
    for name in ["", "/usage", "a//b"] {
        assert_eq!(folder.remove(name, 0xa2).await, Noted::Now);
    }
    assert_eq!(folder.usage().await, (0, 0));
    folder.place.close().await;
}

/// What is too much by the counters is no refusal if the object itself has changed in between.
#[tokio::test]
async fn another_event_that_comes_first_decides_before_the_quota_does() {
    let owner = identity(&SeededIds::new(35));
    let counters = json!({ "fileCount": { "N": "1" }, "byteCount": { "N": "60" } });
    let later = json!({ "sequencer": { "S": "A2" } });
    let failed = |item| ("ConditionalCheckFailed", item);
    let steps = [
        answer(&json!({})),
        cancelled(&[failed(Some(&later)), failed(Some(&counters))]),
        answer(&json!({ "Item": later })),
    ];
    let scripted = Scripted::with(steps).await;
    let files = DynamoFiles::beside(&scripted.notes, "files");
    let change = change(&owner, "a", 0xa1);
    let noted = files.arrived(&change, &meta(60), Some(&QUOTA)).await;
    assert_eq!(noted.unwrap(), Noted::Before);
}

#[tokio::test]
async fn a_reason_that_cannot_be_read_is_corrupt() {
    let owner = identity(&SeededIds::new(36));
    let stored = json!({ "Item": { "sequencer": { "S": "A1" }, "refusal": { "S": "{}" } } });
    let scripted = Scripted::with([answer(&stored)]).await;
    let files = DynamoFiles::beside(&scripted.notes, "files");
    let refusal = files.refusal(&owner, &file("a")).await;
    assert!(
        matches!(refusal, Err(StoreError::Corrupt { .. })),
        "{refusal:?}"
    );
}
