//! What is done with a change, over a bucket and an index in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use notewarden_domain::{
    IdentityId, ObjectKey,
    file::{ContentType, Sequencer},
};
use notewarden_testkit::{
    FixedClock, MemoryFiles, SeededIds,
    faults::{Call, Fault, Faults, FaultyFiles},
    fixtures::{NOON, identity},
};
use serde_json::{Value, json};

use super::*;

const QUOTA: Quota = Quota {
    files: 3,
    bytes: 100,
    file_bytes: 60,
};

/// What an index knows of an object.
#[derive(Clone)]
struct Known {
    sequencer: Sequencer,
    size: Option<u64>,
    refused: Option<(String, OverQuota)>,
}

/// An index in memory that keeps the port's word.
#[derive(Default)]
struct MemoryLedger(Mutex<BTreeMap<ObjectKey, Known>>);

impl MemoryLedger {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ObjectKey, Known>> {
        self.0.lock().unwrap()
    }

    fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        for size in self.lock().values().filter_map(|known| known.size) {
            usage.files += 1;
            usage.bytes += size;
        }
        usage
    }

    fn note(&self, change: &ObjectChange, after: Known, etag: Option<&str>) -> Noted {
        let mut all = self.lock();
        match all.get(&change.key) {
            Some(known) if known.sequencer >= change.sequencer => match &known.refused {
                Some((refused, over))
                    if known.sequencer == change.sequencer && Some(refused.as_str()) == etag =>
                {
                    Noted::Refused(*over)
                }
                _ => Noted::Before,
            },
            _ => {
                let refused = after.refused.as_ref().map(|(_, over)| *over);
                all.insert(change.key.clone(), after);
                refused.map_or(Noted::Now, Noted::Refused)
            }
        }
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn arrived<'a>(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        quota: Option<&'a Quota>,
    ) -> Result<Noted, StoreError> {
        let known = self.lock().get(&change.key).cloned();
        let is_new = known
            .as_ref()
            .is_none_or(|known| known.sequencer < change.sequencer);
        let replaced = known.and_then(|known| known.size);
        if let (true, Some(quota)) = (is_new, quota)
            && let Err(over) = quota.check(self.usage(), meta.size, replaced)
        {
            return Ok(Noted::TooMuch(over));
        }
        let after = Known {
            sequencer: change.sequencer.clone(),
            size: Some(meta.size),
            refused: None,
        };
        Ok(self.note(change, after, Some(&meta.etag)))
    }

    async fn refused(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        over: OverQuota,
        _: Timestamp,
    ) -> Result<Noted, StoreError> {
        let after = Known {
            sequencer: change.sequencer.clone(),
            size: None,
            refused: Some((meta.etag.clone(), over)),
        };
        Ok(self.note(change, after, Some(&meta.etag)))
    }

    async fn removed(&self, change: &ObjectChange, _: Timestamp) -> Result<Noted, StoreError> {
        let after = Known {
            sequencer: change.sequencer.clone(),
            size: None,
            refused: None,
        };
        Ok(self.note(change, after, None))
    }
}

struct World {
    indexer: Indexer,
    files: Arc<MemoryFiles>,
    ledger: Arc<MemoryLedger>,
    faults: Arc<Faults>,
    records: Arc<Mutex<Vec<Value>>>,
    owner: IdentityId,
}

impl World {
    fn new() -> Self {
        let (files, ledger) = (
            Arc::<MemoryFiles>::default(),
            Arc::<MemoryLedger>::default(),
        );
        let (faults, records) = (
            Arc::<Faults>::default(),
            Arc::<Mutex<Vec<Value>>>::default(),
        );
        let kept = records.clone();
        Self {
            indexer: Indexer {
                bucket: "bucket".to_owned(),
                store: Arc::new(FaultyFiles::new(files.clone(), faults.clone())),
                ledger: ledger.clone(),
                quota: QUOTA,
                clock: Arc::new(FixedClock::at(NOON)),
                records: Records::new("indexer".to_owned(), move |line| {
                    kept.lock()
                        .unwrap()
                        .push(serde_json::from_slice(line).unwrap());
                }),
            },
            files,
            ledger,
            faults,
            records,
            owner: identity(&SeededIds::new(51)),
        }
    }

    fn key(&self, name: &str) -> ObjectKey {
        let key = format!("{}{name}", ObjectKey::private_prefix(&self.owner));
        ObjectKey::in_folder(&key).unwrap().1
    }

    /// Stores an object; two of one size have entity tags of their own.
    fn put(&self, name: &str, size: u64, etag: &str) {
        let meta = FileMeta {
            size,
            content_type: ContentType::default(),
            etag: etag.to_owned(),
            modified_at: NOON,
            crc32: None,
        };
        self.files.put_as(&self.key(name), meta);
    }

    async fn delete(&self, name: &str) {
        self.files.delete(&self.key(name)).await.unwrap();
    }

    /// Has the function hear of the object's change with this number.
    async fn tell(&self, name: &str, number: u64) -> Result<(), IndexerError> {
        let event = json!({
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {
                "bucket": { "name": "bucket" },
                "object": { "key": self.key(name).as_str(), "sequencer": format!("{number:X}") }
            }
        });
        self.hear(&event).await
    }

    async fn hear(&self, event: &Value) -> Result<(), IndexerError> {
        let event = RawValue::from_string(event.to_string()).unwrap();
        let mut context = Context::default();
        context.deadline = NOON.as_millis() + 10_000;
        self.indexer.learn(event, context).await
    }

    fn names(&self) -> Vec<String> {
        let folder = ObjectKey::private_prefix(&self.owner);
        let keys = self.files.keys().into_iter();
        keys.map(|key| key.as_str().replace(&folder, "")).collect()
    }

    fn counted(&self) -> (u64, u64) {
        let Usage { files, bytes } = self.ledger.usage();
        (files, bytes)
    }

    /// The bytes of the objects that were removed, as the records have them.
    fn removals(&self) -> Vec<u64> {
        let records = self.records.lock().unwrap();
        let removals = records
            .iter()
            .filter_map(|record| record["removedBytes"].as_u64());
        removals.collect()
    }
}

#[tokio::test]
async fn what_is_too_much_is_removed_and_recorded_without_its_name() {
    let world = World::new();
    world.put("a", 60, "1");
    world.tell("a", 1).await.unwrap();
    world.put("secret", 41, "2");
    world.tell("secret", 1).await.unwrap();
    assert_eq!(world.names(), ["a"]);
    assert_eq!(world.counted(), (1, 60));
    let records = world.records.lock().unwrap().clone();
    let removal = records
        .iter()
        .find(|record| record["removedFiles"] == 1)
        .unwrap();
    assert_eq!(removal["removedBytes"], 41);
    assert_eq!(
        removal["reason"],
        json!({ "tooManyBytes": { "wouldBe": 101, "limit": 100 } })
    );
    assert_eq!(removal["owner"].as_str().unwrap().len(), 32);
    assert_eq!(
        removal["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"],
        "removedFiles"
    );
    let log = Value::from(records).to_string();
    assert!(
        !log.contains("secret") && !log.contains(world.owner.as_str()),
        "{log}"
    );
}

#[tokio::test]
async fn the_object_itself_says_what_it_is() {
    let world = World::new();
    // It is gone by now: of that, too, an event comes, before this one or after it.
    world.tell("a", 1).await.unwrap();
    assert_eq!(world.counted(), (0, 0));
    world.put("a", 5, "1");
    world.put("a", 7, "2");
    world.tell("a", 2).await.unwrap();
    assert_eq!(world.counted(), (1, 7));
    // An old version is deleted where somebody has turned versions on: the object is there.
    world.tell("a", 3).await.unwrap();
    assert_eq!(world.counted(), (1, 7));
}

/// The event of the deletion comes after that of the upload for which it has made room.
#[tokio::test]
async fn nothing_is_removed_for_which_there_is_room_in_the_folder() {
    let world = World::new();
    for (name, number) in [("a", 1), ("b", 1)] {
        world.put(name, 50, name);
        world.tell(name, number).await.unwrap();
    }
    world.delete("a").await;
    world.put("c", 50, "c");
    world.tell("c", 1).await.unwrap();
    assert_eq!(world.names(), ["b", "c"]);
    world.tell("a", 2).await.unwrap();
    assert_eq!(world.counted(), (2, 100));
    assert_eq!(world.removals(), [0; 0]);
}

#[tokio::test]
async fn a_removal_that_fails_is_done_when_the_event_comes_again() {
    let world = World::new();
    world.put("a", 61, "1");
    let lost = || StoreError::Throttled;
    for fault in [Fault::Before(lost()), Fault::After(lost())] {
        world.faults.add(Call::DeleteFile, fault);
        assert!(world.tell("a", 1).await.is_err());
    }
    world.tell("a", 1).await.unwrap();
    assert_eq!(world.names(), [""; 0]);
    assert_eq!(world.counted(), (0, 0));
}

/// Its own event comes, too, and decides.
#[tokio::test]
async fn what_has_taken_the_place_of_a_refused_object_stays() {
    let world = World::new();
    world.put("a", 61, "1");
    let fault = Fault::Before(StoreError::Throttled);
    world.faults.add(Call::DeleteFile, fault);
    assert!(world.tell("a", 1).await.is_err());
    world.put("a", 10, "2");
    world.tell("a", 1).await.unwrap();
    assert_eq!(world.names(), ["a"]);
    world.tell("a", 2).await.unwrap();
    assert_eq!(world.counted(), (1, 10));
    assert_eq!(world.removals(), [0; 0]);
}

/// Objects that no file name leads to count and are removed as files are.
#[tokio::test]
async fn there_is_no_way_around_the_quota_by_the_key() {
    let world = World::new();
    for (number, name) in ["", "photos/", "a//b", "x\\y"].iter().enumerate() {
        world.put(name, 1, name);
        world.tell(name, 1).await.unwrap();
        let expected = if number < 3 { number + 1 } else { 3 };
        assert_eq!(world.names().len(), expected, "`{name}`");
    }
    assert_eq!(world.counted(), (3, 3));
}

/// Every order of the events of a file that is stored, replaced by too much, removed for it, and stored again.
#[tokio::test]
async fn in_whatever_order_events_come_the_index_ends_as_the_bucket() {
    for seed in 0..720_usize {
        let world = World::new();
        let mut events = vec![("a", 1), ("b", 1), ("a", 2), ("b", 2), ("c", 1), ("a", 3)];
        let mut order = Vec::new();
        let mut rest = seed;
        while !events.is_empty() {
            order.push(events.remove(rest % events.len()));
            rest /= events.len() + 1;
        }
        world.put("b", 30, "1");
        world.put("c", 30, "2");
        world.put("a", 40, "3");
        for (name, number) in order.iter().chain(&order) {
            world.tell(name, *number).await.unwrap();
        }
        assert_eq!(world.names(), ["a", "b", "c"], "{order:?}");
        assert_eq!(world.counted(), (3, 100), "{order:?}");
    }
}

#[tokio::test]
async fn what_is_no_event_of_the_bucket_fails_and_what_is_nobodys_does_not() {
    let world = World::new();
    let refused = world
        .hear(&json!({ "source": "aws.s3" }))
        .await
        .unwrap_err();
    assert!(matches!(refused, IndexerError::Event(_)), "{refused:?}");
    assert_eq!(world.records.lock().unwrap()[0]["outcome"], "invalid-event");
    let event = json!({
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": { "bucket": { "name": "bucket" }, "object": { "key": "private/readme.txt" } }
    });
    world.hear(&event).await.unwrap();
    assert_eq!(world.counted(), (0, 0));
}
