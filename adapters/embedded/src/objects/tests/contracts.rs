//! The store of files and the index of them against the promises they make.

use notewarden_domain::ports::{FileIndex, FileStore};
use notewarden_testkit::{contract, fixtures::identity};

use super::*;
use crate::multipart::{UploadOptions, UploadQuery};

#[tokio::test]
async fn the_store_keeps_the_contract_of_files() {
    let fixture = Fixture::new().await;
    let files = EmbeddedFiles::new(fixture.objects.clone());
    let put = |key, size| fixture.put_pattern(key, size);
    contract::file_store(&files, &SeededIds::new(1), put).await;
    contract::erasure(&files, &SeededIds::new(2), put).await;
}

/// Also what no file name is the key of, and what is not whole.
#[tokio::test]
async fn nothing_is_left_of_an_erased_folder() {
    let fixture = Fixture::new().await;
    let ids = SeededIds::new(3);
    let (erased, other) = (identity(&ids), identity(&ids));
    for owner in [&erased, &other] {
        let folder = ObjectKey::private_prefix(owner);
        for name in ["", "a", "a//b", "folder/", "../x"] {
            fixture.put(&format!("{folder}{name}"), b"x").await;
        }
        let (objects, key) = (&fixture.objects, format!("{folder}a"));
        let begun = objects.create_upload(&key, UploadOptions::default());
        let id = begun.await.unwrap();
        let part = objects.put_part(&key, id, 1, chunks(b"x"), None);
        part.await.unwrap();
    }
    let files = EmbeddedFiles::new(fixture.objects.clone());
    files.delete_all(&erased).await.unwrap();
    let usage = async |owner| {
        let usage = files.usage(owner).await.unwrap();
        (usage.files, usage.bytes)
    };
    assert_eq!(usage(&erased).await, (0, 0));
    assert_eq!(usage(&other).await, (5, 6));
    let everything = UploadQuery {
        limit: 10,
        ..UploadQuery::default()
    };
    let uploads = fixture.objects.list_uploads(&everything).unwrap();
    assert_eq!(uploads.items.len(), 1);
}

impl Fixture {
    async fn put_pattern(&self, key: ObjectKey, size: u64) {
        self.put(key.as_str(), &pattern(size as usize)).await;
    }
}

impl contract::Folder for Fixture {
    async fn put(&self, key: ObjectKey, size: u64) {
        self.put_pattern(key, size).await;
    }

    async fn remove(&self, key: ObjectKey) {
        let removed = self.objects.delete(key.as_str(), WriteCondition::None);
        removed.await.unwrap();
    }
}

#[tokio::test]
async fn the_store_keeps_the_contract_of_indexes() {
    let fixture = Fixture::new().await;
    let files = EmbeddedFiles::new(fixture.objects.clone());
    contract::file_index(&files, &SeededIds::new(1), &fixture).await;
}
