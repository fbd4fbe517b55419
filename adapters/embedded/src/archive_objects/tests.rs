//! The objects of archives against the promises they make.

use notewarden_domain::{
    FileName, IdentityId,
    ports::{FileIndex, FileQuery, IdSource},
};
use notewarden_testkit::{
    SeededIds, contract,
    fixtures::{NOON, file, identity},
};

use super::*;
use crate::{
    EmbeddedFiles,
    objects::tests::{Fixture, pattern},
};

impl contract::Bucket for Fixture {
    const COPIES_HAVE_CHECKSUMS: bool = true;

    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> String {
        Fixture::put(self, key.as_str(), &bytes).await.etag
    }

    async fn remove(&self, key: &ObjectKey) {
        let removed = self.objects.delete(key.as_str(), WriteCondition::None);
        removed.await.unwrap();
    }

    async fn get(&self, key: &ObjectKey) -> Option<Bytes> {
        self.read(key.as_str()).await.map(Bytes::from)
    }

    async fn uploads(&self, key: &ObjectKey) -> usize {
        let query = UploadQuery {
            prefix: key.as_str().to_owned(),
            limit: 100,
            ..UploadQuery::default()
        };
        self.objects.list_uploads(&query).unwrap().items.len()
    }
}

#[tokio::test]
async fn the_store_keeps_the_contract_of_archives_objects() {
    let fixture = Fixture::new().await;
    let archives = EmbeddedArchiveObjects::new(fixture.objects.clone());
    contract::archive_objects(&archives, &SeededIds::new(1), &fixture).await;
}

fn crc32(bytes: &[u8]) -> Crc32 {
    let crc32 = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, bytes);
    Crc32::new(crc32 as u32)
}

fn keys() -> (ObjectKey, ObjectKey, IdentityId) {
    let ids = SeededIds::new(3);
    let owner = identity(&ids);
    let source = ObjectKey::private(&owner, &file("source"));
    let id = notewarden_domain::archive::ArchiveId::new(ids.uuid_v7(NOON));
    let zip = ObjectKey::archive(&owner, id);
    (source, zip, owner)
}

#[tokio::test]
async fn parts_may_be_as_short_as_headers() {
    let fixture = Fixture::new().await;
    let archives = EmbeddedArchiveObjects::new(fixture.objects.clone());
    let (_, zip, _) = keys();
    let upload = archives.begin(&zip).await.unwrap();
    let mut parts = Vec::new();
    for number in 1..=3 {
        let chunks = vec![Bytes::from_static(b"header")];
        parts.push(archives.put_part(&upload, number, chunks).await.unwrap());
    }
    archives.complete(&upload, &parts).await.unwrap();
    let object = fixture.objects.head(zip.as_str()).unwrap().unwrap();
    assert_eq!(object.head.size, 18);
}

/// Of an object of several blobs, a long one, and one that lives in the database.
#[tokio::test]
async fn copies_of_any_range_are_answered_with_its_checksum() {
    let fixture = Fixture::new().await;
    let archives = EmbeddedArchiveObjects::new(fixture.objects.clone());
    let (source, zip, _) = keys();
    let bytes = pattern(17 << 20);
    let upload = archives.begin(&source).await.unwrap();
    let mut parts = Vec::new();
    for (number, stretch) in [
        (1, 0..6 << 20),
        (2, 6 << 20..16 << 20),
        (3, 16 << 20..17 << 20),
    ] {
        let chunk = Bytes::copy_from_slice(&bytes[stretch]);
        parts.push(
            archives
                .put_part(&upload, number, vec![chunk])
                .await
                .unwrap(),
        );
    }
    archives.complete(&upload, &parts).await.unwrap();
    let object = fixture.objects.head(source.as_str()).unwrap().unwrap();
    assert_eq!(object.head.crc32, Some(crc32(&bytes).get()));

    let files = fixture.files().len();
    let upload = archives.begin(&zip).await.unwrap();
    let etag = object.head.etag;
    for range in [
        0..bytes.len(),
        0..6 << 20,
        5..bytes.len(),
        (5 << 20)..(7 << 20),
        (11 << 20) - 3..(16 << 20) + 1,
        100..200,
    ] {
        let wanted = range.start as u64..range.end as u64;
        let part = archives.copy_part(&upload, 1, &source, &etag, wanted).await;
        let part = part.unwrap();
        assert_eq!(part.crc32, Some(crc32(&bytes[range.clone()])), "{range:?}");
    }
    assert_eq!(fixture.files().len(), files, "no bytes were moved");

    let small = b"small enough for the database";
    let etag = fixture.put("private/small", small).await.etag;
    let part = fixture.objects.copy_part(
        zip.as_str(),
        upload.id.parse().unwrap(),
        2,
        PartSource {
            key: "private/small".to_owned(),
            range: Some(3..20),
            condition: ReadCondition::default(),
        },
    );
    let part = part.await.unwrap();
    assert_eq!(
        part.crc32(),
        Some(crc32(&small[3..20]).get()),
        "of `{etag}`"
    );
}

/// The zip keeps what it was made of, and everything goes with the last that refers to it.
#[tokio::test]
async fn a_zip_outlives_the_files_that_it_is_of() {
    let fixture = Fixture::new().await;
    let archives = EmbeddedArchiveObjects::new(fixture.objects.clone());
    let (source, zip, _) = keys();
    let bytes = pattern(6 << 20);
    let etag = fixture.put(source.as_str(), &bytes).await.etag;
    let upload = archives.begin(&zip).await.unwrap();
    let end = bytes.len() as u64;
    let copied = archives.copy_part(&upload, 1, &source, &etag, 0..end).await;
    let glue = vec![Bytes::from_static(b"the end")];
    let glue = archives.put_part(&upload, 2, glue).await.unwrap();
    let remove = async |key: &ObjectKey| {
        let removed = fixture.objects.delete(key.as_str(), WriteCondition::None);
        assert!(removed.await.unwrap());
    };
    remove(&source).await;
    let parts = [copied.unwrap(), glue];
    archives.complete(&upload, &parts).await.unwrap();
    assert_eq!(fixture.objects.sweep().unwrap(), 0);
    let expected = [&bytes[..], b"the end"].concat();
    assert!(fixture.read(zip.as_str()).await.unwrap() == expected);
    let object = fixture.objects.head(zip.as_str()).unwrap().unwrap();
    assert_eq!(object.head.crc32, Some(crc32(&expected).get()));
    remove(&zip).await;
    assert_eq!(fixture.files().len(), 0);
}

/// However a file came, so that no archive has to read it for that.
#[tokio::test]
async fn the_checksum_of_every_file_is_known() {
    let fixture = Fixture::new().await;
    let archives = EmbeddedArchiveObjects::new(fixture.objects.clone());
    let files = EmbeddedFiles::new(fixture.objects.clone());
    let (source, _, owner) = keys();
    let bytes = pattern(70_000);
    let etag = fixture.put(source.as_str(), &bytes).await.etag;
    let [copy, parts] = ["copy", "parts"].map(|name| ObjectKey::private(&owner, &file(name)));
    let (from, to) = (source.as_str(), copy.as_str());
    fixture
        .objects
        .copy(from, to, Default::default())
        .await
        .unwrap();
    // An upload without a checksum of the client's, of a stretch of another object.
    let options = UploadOptions::default();
    let id = fixture.objects.create_upload(parts.as_str(), options).await;
    let upload = ArchiveUpload {
        key: parts,
        id: id.unwrap().to_string(),
    };
    let part = archives
        .copy_part(&upload, 1, &source, &etag, 9..60_000)
        .await;
    let part = StoredPart {
        crc32: None,
        ..part.unwrap()
    };
    archives.complete(&upload, &[part]).await.unwrap();
    let query = FileQuery {
        prefix: "".parse().unwrap(),
        after: None::<FileName>,
        limit: 10,
    };
    let page = files.list(&owner, &query).await.unwrap();
    let sums: Vec<_> = page.files.iter().map(|file| file.meta.crc32).collect();
    let [whole, stretch] = [crc32(&bytes), crc32(&bytes[9..60_000])].map(Some);
    assert_eq!(sums, [whole, stretch, whole]);
}
