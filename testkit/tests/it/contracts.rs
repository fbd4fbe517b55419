//! The fakes keep the contracts that the adapters are held to.

use notewarden_testkit::{MemoryFiles, MemoryNotes, SeededIds, contract, fixtures::NOON};

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

#[test]
fn seeded_ids_are_an_id_source() {
    contract::id_source(&SeededIds::new(4));
}
