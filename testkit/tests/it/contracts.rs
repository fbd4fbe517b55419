//! The fakes keep the contracts that the adapters are held to.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use notewarden_domain::{ObjectKey, ports::FileStore};
use notewarden_testkit::{
    MemoryAccounts, MemoryFiles, MemoryIdentities, MemoryNotes, SeededIds,
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
