//! Archives, claims and the index of files on a stand-in for DynamoDB, with the permissions that are written down.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
};

use notewarden_domain::{
    ObjectKey, StoreError,
    archive::Selection,
    file::{Noted, ObjectChange},
    ports::{ArchiveStore, FileIndex, FileMeta},
};
use notewarden_dynamodb::{DynamoArchives, DynamoClaims, DynamoFiles, Tables};
use notewarden_testkit::{
    SeededIds,
    contract::{self, Folder},
    fixtures::{NOON, file, identity, job},
    http::{Received, Step},
};
use serde_json::{Value, json};

use crate::{
    contract::assert_permissions,
    support::{Scripted, answer, cancelled, request, tables::Place},
};

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn dynamo_archives_are_an_archive_store() {
    let mut place = Place::new().await;
    let (tables, table) = (place.tables.clone(), place.table("Archives").await);
    let archives = DynamoArchives::beside(&place.notes, &table);
    contract::archive_store(&archives, &SeededIds::new(1)).await;
    let name_of = name_of(tables, "Archives", table);
    assert_permissions(
        place.close().await,
        name_of,
        include_str!("../archives.golden"),
    );
}

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn dynamo_claims_are_an_idempotency_store() {
    let mut place = Place::new().await;
    let table = place.table("Archives").await;
    let claims = DynamoClaims::beside(&place.notes);
    contract::idempotency_store(&claims, &SeededIds::new(2)).await;
    let (tables, seen) = (place.tables.clone(), place.server.requests());
    let name_of = name_of(tables, "Archives", table.clone());
    assert_permissions(seen, name_of, include_str!("../claims.golden"));

    let archives = DynamoArchives::beside(&place.notes, table);
    contract::shared_claims(&claims, &place.notes, &archives, &SeededIds::new(3)).await;
    place.close().await;
}

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn dynamo_files_are_a_file_index() {
    let mut place = Place::new().await;
    let (tables, table) = (place.tables.clone(), place.table("Files").await);
    let files = DynamoFiles::beside(&place.notes, &table);
    let bucket = Bucket {
        files: files.clone(),
        changes: AtomicU64::new(1),
    };
    let key = ObjectKey::private(&identity(&SeededIds::new(8)), &file("a"));
    bucket.put(key.clone(), 1).await;
    bucket.remove(key).await;
    let name_of = name_of(tables, "Files", table);
    let arrivals = place.server.requests();
    let seen = arrivals.len();
    assert_permissions(arrivals, &name_of, include_str!("../arrivals.golden"));

    contract::file_index(&files, &SeededIds::new(4), &bucket).await;
    let is_write = |received: &Received| {
        let (operation, _) = request(received);
        matches!(operation.as_str(), "PutItem" | "TransactWriteItems")
    };
    let mut reads = place.close().await.split_off(seen);
    reads.retain(|received| !is_write(received));
    assert_permissions(reads, &name_of, include_str!("../files.golden"));
}

/// The changes of one file in every order, and each of them twice: what the last one says is what is known.
#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn events_do_no_harm_that_come_late_twice_or_out_of_order() {
    let mut place = Place::new().await;
    let table = place.table("Files").await;
    let files = DynamoFiles::beside(&place.notes, table);
    let ids = SeededIds::new(5);
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    // Which of the three changes is the removal.
    for (order, removal) in orders.iter().flat_map(|order| [(order, 1), (order, 2)]) {
        let (owner, name) = (identity(&ids), file("a"));
        let mut latest = None;
        for change in *order {
            let told = told(&ObjectKey::private(&owner, &name), 0xa0 + change);
            for is_again in [false, true] {
                let noted = if change == removal {
                    files.removed(&told, NOON).await
                } else {
                    files.arrived(&told, &meta(change), None).await
                };
                let is_new = !is_again && latest.is_none_or(|latest| latest < change);
                assert_eq!(
                    noted.unwrap() != Noted::Before,
                    is_new,
                    "{order:?}, {change}"
                );
                latest = latest.max(Some(change));
            }
        }
        let expected = (removal != 2).then(|| meta(2));
        let found = files.find(&owner, &[name]).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&expected), "{order:?}");
        let usage = files.usage(&owner).await.unwrap();
        let counted = expected.map_or((0, 0), |meta| (1, meta.size));
        assert_eq!((usage.files, usage.bytes), counted, "{order:?}");
    }
    place.close().await;
}

/// Two requests for what a full answer or the throughput left out, and none for what came.
#[tokio::test]
async fn what_a_batch_leaves_out_is_asked_for_again() {
    let owner = identity(&SeededIds::new(6));
    let key = |name: &str| json!({ "userId": { "S": owner.as_str() }, "fileName": { "S": name } });
    let found = |name: &str, left: Value| {
        let mut item = key(name);
        let members = [
            ("sequencer", json!({ "S": "A0" })),
            ("etag", json!({ "S": name })),
            ("bytes", json!({ "N": "3" })),
            ("contentType", json!({ "S": "text/plain" })),
            ("modifiedAt", json!({ "N": "1795262400000" })),
            ("crc32", json!({ "N": "4294967295" })),
        ];
        for (member, value) in members {
            item[member] = value;
        }
        answer(&json!({ "Responses": { "files": [item] }, "UnprocessedKeys": left }))
    };
    let left = json!({ "files": { "Keys": [key("a")], "ConsistentRead": true } });
    let nothing = answer(&json!({ "Responses": {}, "UnprocessedKeys": left }));
    let scripted = Scripted::with([found("b", left.clone()), nothing, found("a", json!({}))]).await;
    let files = DynamoFiles::beside(&scripted.notes, "files");
    let names = ["a", "b"].map(file);
    let metas = files.find(&owner, &names).await.unwrap();
    let etags = metas.iter().flatten().map(|meta| meta.etag.as_str());
    assert_eq!(etags.collect::<Vec<_>>(), ["a", "b"]);
    let asked: Vec<_> = scripted
        .requests()
        .iter()
        .map(|(_, body)| {
            body["RequestItems"]["files"]["Keys"]
                .as_array()
                .unwrap()
                .len()
        })
        .collect();
    assert_eq!(asked, [2, 1, 1]);
}

/// The answer is lost, and the transaction that is sent again is refused by what it has itself stored.
#[tokio::test]
async fn a_creation_whose_answer_is_lost_has_been_made() {
    let ids = SeededIds::new(7);
    let job = job(&identity(&ids), &ids, NOON);
    let stored = json!({
        "userId": { "S": job.owner.as_str() },
        "archiveId": { "S": job.id.to_string() },
        "version": { "N": job.version.get().to_string() },
        "createdAt": { "N": job.created_at.as_millis().to_string() },
        "expiresAt": { "N": job.expires_at.as_millis().to_string() },
        "job": { "S": concat!(
            r#"{"name":"photos.zip","filesTotal":2,"bytesTotal":5,"progress":{"files":0,"bytes":0},"#,
            r#""missing":{"names":[],"count":0},"expected":null,"actual":null,"#,
            r#""state":{"status":"queued"},"attempts":0}"#
        ) },
    });
    let own = json!({ "userId": { "S": job.owner.as_str() } });
    let refusal = || {
        cancelled(&[
            ("ConditionalCheckFailed", Some(&stored)),
            ("ConditionalCheckFailed", Some(&own)),
            ("ConditionalCheckFailed", Some(&own)),
        ])
    };
    for (steps, is_made) in [
        (vec![Step::Reset, refusal()], true),
        (vec![refusal()], false),
    ] {
        let scripted = Scripted::with(steps).await;
        let archives = DynamoArchives::beside(&scripted.notes, "archives");
        let created = archives.create(&job, &Default::default(), None, 1).await;
        assert_eq!(created.is_ok(), is_made, "{created:?}");
        for (operation, _) in scripted.requests() {
            assert_eq!(operation, "TransactWriteItems");
        }
    }
}

/// A job that is refused leaves nothing of what it was of, however long that was.
#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn a_refused_job_leaves_no_parts_of_its_selection() {
    let mut place = Place::new().await;
    let table = place.table("Archives").await;
    let archives = DynamoArchives::beside(&place.notes, table);
    let ids = SeededIds::new(9);
    let job = job(&identity(&ids), &ids, NOON);
    let selection = Selection {
        names: (0..800).map(|i| file(&format!("{i:x>960}"))).collect(),
        with_notes: false,
    };
    let refused = archives.create(&job, &selection, None, 0).await;
    assert!(matches!(refused, Err(StoreError::PreconditionFailed)));
    let other = notewarden_testkit::fixtures::job(&job.owner, &ids, NOON);
    let created = archives.create(&other, &selection, None, 1).await;
    created.unwrap();
    let refused = archives.create(&job, &selection, None, 1).await;
    assert!(matches!(refused, Err(StoreError::PreconditionFailed)));

    let of_job = format!("names\\{}\\", job.id);
    let mut parts = BTreeSet::new();
    for received in place.close().await {
        let (operation, body) = request(&received);
        let key = |of: &str| body[of]["archiveId"]["S"].as_str().map(str::to_owned);
        match operation.as_str() {
            "PutItem" => parts.extend(key("Item").filter(|key| key.starts_with(&of_job))),
            "DeleteItem" => assert!(parts.remove(&key("Key").unwrap())),
            _ => {}
        }
    }
    assert_eq!(parts, BTreeSet::new(), "parts that are left");
}

/// DynamoDB removes jobs by their age, and knows nothing of the list.
#[tokio::test]
async fn jobs_that_are_gone_are_under_way_no_more() {
    let ids = SeededIds::new(10);
    let gone = job(&identity(&ids), &ids, NOON);
    let list = json!({ "ids": { "SS": [gone.id.to_string()] } });
    let steps = [
        answer(&json!({ "Item": list })),
        answer(&json!({ "Responses": {} })),
    ];
    let scripted = Scripted::with(steps).await;
    let archives = DynamoArchives::beside(&scripted.notes, "archives");
    assert_eq!(archives.under_way(&gone.owner).await.unwrap(), []);
    let requests = scripted.requests();
    let (operation, body) = requests.last().unwrap();
    assert_eq!(operation, "UpdateItem");
    assert_eq!(body["UpdateExpression"], "DELETE ids :id");
    let removed = &body["ExpressionAttributeValues"][":id"]["SS"];
    assert_eq!(*removed, json!([gone.id.to_string()]));
}

/// Another event of the file came between reading and writing, or this one's answer was lost: what is stored then
/// decides.
#[tokio::test]
async fn an_event_that_another_overtakes_changes_nothing() {
    let owner = identity(&SeededIds::new(11));
    let own = ObjectChange {
        sequencer: "A1".parse().unwrap(),
        ..told(&ObjectKey::private(&owner, &file("a")), 0)
    };
    for (stored, expected) in [
        ("A2", Noted::Before),
        ("A100", Noted::Before),
        ("A0", Noted::Now),
    ] {
        let known = json!({ "Item": { "sequencer": { "S": stored } } });
        let steps = [
            answer(&json!({})),
            cancelled(&[("ConditionalCheckFailed", None), ("None", None)]),
            answer(&known),
        ];
        let scripted = Scripted::with(steps).await;
        let files = DynamoFiles::beside(&scripted.notes, "files");
        let noted = files.arrived(&own, &meta(3), None).await;
        assert_eq!(noted.unwrap(), expected, "with `{stored}` stored");
        let writes = scripted.operations();
        let writes = writes.iter().filter(|made| *made == "TransactWriteItems");
        let tries = if expected == Noted::Before { 1 } else { 2 };
        assert_eq!(writes.count(), tries, "with `{stored}` stored");
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

/// The change of the object that has this number.
fn told(key: &ObjectKey, number: u64) -> ObjectChange {
    let (owner, key) = ObjectKey::in_folder(key.as_str()).unwrap();
    ObjectChange {
        owner,
        key,
        sequencer: format!("{number:016X}").parse().unwrap(),
    }
}

/// Tells an index of changes, as the bucket's events do.
struct Bucket {
    files: DynamoFiles,
    changes: AtomicU64,
}

impl Bucket {
    fn next(&self) -> u64 {
        self.changes.fetch_add(1, Ordering::Relaxed)
    }
}

impl Folder for Bucket {
    async fn put(&self, key: ObjectKey, size: u64) {
        let told = told(&key, self.next());
        let noted = self.files.arrived(&told, &meta(size), None).await;
        assert_eq!(noted.unwrap(), Noted::Now);
    }

    async fn remove(&self, key: ObjectKey) {
        let told = told(&key, self.next());
        let noted = self.files.removed(&told, NOON).await;
        assert_eq!(noted.unwrap(), Noted::Now);
    }
}

/// The name in the template of the table that a request names.
fn name_of(tables: Tables, own: &'static str, table: String) -> impl Fn(&Value) -> &'static str {
    move |named| match named.as_str().unwrap() {
        named if named == table => own,
        named if named == tables.notes => "Notes",
        named if named == tables.idempotency => "Idempotency",
        other => panic!("`{other}` is not a table of the stores"),
    }
}
