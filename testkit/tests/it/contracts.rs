//! The fakes keep the contracts that the adapters are held to.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_domain::{ObjectKey, ports::FileStore};
use notewarden_testkit::{
    MemoryAccounts, MemoryApiKeys, MemoryArchives, MemoryClaims, MemoryFiles, MemoryIdentities,
    MemoryLinks, MemoryNotes, MemoryObjects, SeededIds,
    contract::{self, LoginProvider, Users},
    fixtures::NOON,
};
use uuid::Uuid;

#[tokio::test]
async fn memory_notes_are_a_note_store() {
    contract::note_store(&MemoryNotes::default(), &SeededIds::new(1)).await;
}

#[tokio::test]
async fn a_suite_runs_again_on_a_store_that_holds_others_notes() {
    let store = MemoryNotes::default();
    let ids = SeededIds::new(2);
    contract::note_store(&store, &ids).await;
    contract::note_store(&store, &ids).await;
}

#[tokio::test]
async fn memory_files_are_a_file_store() {
    let store = MemoryFiles::default();
    let put = async |key, size| store.put(&key, size, NOON);
    contract::file_store(&store, &SeededIds::new(3), put).await;
    contract::erasure(&store, &SeededIds::new(4), put).await;
}

struct Memory(MemoryFiles);

impl contract::Folder for Memory {
    async fn put(&self, key: ObjectKey, size: u64) {
        self.0.put(&key, size, NOON);
    }

    async fn remove(&self, key: ObjectKey) {
        self.0.delete(&key).await.unwrap();
    }
}

#[tokio::test]
async fn memory_files_are_a_file_index() {
    let memory = Memory(MemoryFiles::default());
    contract::file_index(&memory.0, &SeededIds::new(5), &memory).await;
}

#[test]
fn seeded_ids_are_an_id_source() {
    contract::id_source(&SeededIds::new(4));
}

/// A provider whose tokens the broker makes up.
struct Provider<'a> {
    broker: &'a MemoryIdentities,
    people: AtomicUsize,
}

#[async_trait]
impl LoginProvider for Provider<'_> {
    fn name(&self) -> String {
        "login.example.com".to_owned()
    }

    async fn newcomer(&self) -> String {
        self.people.fetch_add(1, Ordering::Relaxed).to_string()
    }

    async fn token(&self, person: &str) -> String {
        self.broker.token(&self.name(), person)
    }
}

#[tokio::test]
async fn memory_identities_are_an_identity_broker() {
    let broker = MemoryIdentities::new(5);
    let provider = Provider {
        broker: &broker,
        people: AtomicUsize::default(),
    };
    contract::identity_broker(&broker, &provider, &SeededIds::new(6)).await;
}

/// The fake's users use it without a protocol between.
struct FakeUsers<'a>(&'a MemoryAccounts);

#[async_trait]
impl Users for FakeUsers<'_> {
    async fn sign_up(&self) -> Uuid {
        self.0.sign_up()
    }

    async fn sign_in(&self, subject: Uuid) -> Option<String> {
        self.0.sign_in(subject)
    }

    async fn is_open(&self, session: &str) -> bool {
        self.0.is_open(session)
    }
}

#[tokio::test]
async fn memory_accounts_are_accounts() {
    let accounts = MemoryAccounts::new(7);
    contract::accounts(&accounts, &FakeUsers(&accounts)).await;
}

#[tokio::test]
async fn memory_archives_are_a_store_of_archives() {
    contract::archive_store(&MemoryArchives::default(), &SeededIds::new(8)).await;
}

#[tokio::test]
async fn memory_claims_are_an_idempotency_store_that_others_share() {
    let (claims, ids) = (Arc::new(MemoryClaims::default()), SeededIds::new(9));
    contract::idempotency_store(&*claims, &ids).await;
    let notes = MemoryNotes::sharing(claims.clone());
    let archives = MemoryArchives::sharing(claims.clone());
    contract::shared_claims(&*claims, &notes, &archives, &ids).await;
}

struct MemoryBucket<'a, const COPIES_HAVE_CHECKSUMS: bool> {
    objects: &'a MemoryObjects,
    files: &'a MemoryFiles,
}

impl<const CHECKSUMS: bool> contract::Bucket for MemoryBucket<'_, CHECKSUMS> {
    const COPIES_HAVE_CHECKSUMS: bool = CHECKSUMS;

    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> String {
        self.objects.store(key, bytes, NOON)
    }

    async fn remove(&self, key: &ObjectKey) {
        self.files.delete(key).await.unwrap();
    }

    async fn get(&self, key: &ObjectKey) -> Option<Bytes> {
        self.objects.content(key).map(|content| content.to_bytes())
    }

    async fn uploads(&self, key: &ObjectKey) -> usize {
        let uploads = self.objects.uploads();
        uploads.iter().filter(|upload| upload.key == *key).count()
    }
}

#[tokio::test]
async fn memory_objects_are_the_objects_of_archives() {
    let files = Arc::new(MemoryFiles::default());
    let objects = MemoryObjects::new(files.clone());
    let bucket = MemoryBucket::<true> {
        objects: &objects,
        files: &files,
    };
    contract::archive_objects(&objects, &SeededIds::new(10), &bucket).await;

    let objects = MemoryObjects::new(files.clone()).without_checksums_of_copies();
    let bucket = MemoryBucket::<false> {
        objects: &objects,
        files: &files,
    };
    contract::archive_objects(&objects, &SeededIds::new(11), &bucket).await;
}

#[tokio::test]
async fn memory_api_keys_are_an_api_key_store() {
    contract::api_key_store(&MemoryApiKeys::default(), &SeededIds::new(8)).await;
}

#[tokio::test]
async fn memory_links_are_identity_links() {
    contract::identity_links(&MemoryLinks::default(), &SeededIds::new(9)).await;
}
