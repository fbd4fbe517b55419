//! The object store against the promises it makes.

mod contracts;
mod durability;
mod listing;
mod quota;

use std::{fs, path::PathBuf, sync::Arc};

use futures_util::{TryStreamExt, stream};
use notewarden_domain::ObjectKey;
use notewarden_testkit::{
    fakes::{FixedClock, SeededIds},
    fixtures::NOON,
};
use tempfile::TempDir;

use super::*;
use crate::{EmbeddedFiles, blobs::INLINE_BYTES};

/// A store in a directory of its own.
pub(crate) struct Fixture {
    pub(crate) objects: Objects,
    pub(crate) database: Database,
    pub(crate) dir: TempDir,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::on(Arc::new(OsFs)).await
    }

    pub(crate) async fn on(fs: Arc<dyn BlobFs>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(dir.path()).unwrap();
        let clock = Arc::new(FixedClock::at(NOON));
        let ids = Arc::new(SeededIds::new(7));
        let objects = Objects::open_on(fs, database.clone(), dir.path(), clock, ids)
            .await
            .unwrap();
        Self {
            objects,
            database,
            dir,
        }
    }

    pub(crate) async fn put(&self, key: &str, bytes: &[u8]) -> ObjectHead {
        let options = PutOptions::default();
        self.objects.put(key, chunks(bytes), options).await.unwrap()
    }

    pub(crate) async fn read(&self, key: &str) -> Option<Vec<u8>> {
        let reader = self.objects.get(key).unwrap()?;
        Some(collect(&reader, 0..u64::MAX).await)
    }

    /// The names of the files of blobs.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        OsFs.names(&self.dir.path().join("blobs")).unwrap()
    }
}

/// `bytes` as they come from a network: in pieces.
pub(crate) fn chunks(
    bytes: &[u8],
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static {
    let pieces: Vec<_> = bytes
        .chunks(60_000)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    stream::iter(pieces)
}

pub(crate) async fn collect(reader: &ObjectReader, range: std::ops::Range<u64>) -> Vec<u8> {
    let chunks: Vec<_> = reader.bytes(range).try_collect().await.unwrap();
    chunks.concat()
}

/// Bytes that differ from place to place.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at % 251) as u8 ^ (at / 251) as u8)
        .collect()
}

#[tokio::test]
async fn what_is_stored_is_read_back_whole_and_in_ranges() {
    let fixture = Fixture::new().await;
    for length in [0, 1, INLINE_BYTES, INLINE_BYTES + 1, 1_300_000] {
        let bytes = pattern(length);
        let head = fixture.put("k", &bytes).await;
        assert_eq!(head.size, length as u64);
        assert_eq!(
            head.crc32,
            Some(crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, &bytes) as u32)
        );
        assert!(fixture.read("k").await.unwrap() == bytes, "{length} bytes");
        let reader = fixture.objects.get("k").unwrap().unwrap();
        for (start, end) in [(0, 1), (length / 2, length), (length / 3, length / 2)] {
            let end = end.min(length);
            let part = collect(&reader, start as u64..end as u64).await;
            assert!(part == bytes[start..end], "{start}..{end} of {length}");
        }
    }
    assert_eq!(
        fixture.files().len(),
        1,
        "each file replaced the one before"
    );
}

#[tokio::test]
async fn etags_are_the_md5_of_the_bytes() {
    let fixture = Fixture::new().await;
    assert_eq!(
        fixture.put("k", b"").await.etag,
        "d41d8cd98f00b204e9800998ecf8427e"
    );
    assert_eq!(
        fixture.put("k", b"abc").await.etag,
        "900150983cd24fb0d6963f7d28e17f72"
    );
}

#[tokio::test]
async fn data_that_ends_in_an_error_stores_nothing() {
    let fixture = Fixture::new().await;
    fixture.put("k", b"before").await;
    for length in [10, 900_000] {
        let failing = stream::iter([
            Ok(Bytes::from(pattern(length))),
            Err(io::Error::other("cut")),
        ]);
        let outcome = fixture
            .objects
            .put("k", failing, PutOptions::default())
            .await;
        assert!(matches!(outcome, Err(ObjectError::Body(_))), "{outcome:?}");
        assert_eq!(fixture.read("k").await.unwrap(), b"before");
        assert_eq!(fixture.files().len(), 0);
    }
}

#[tokio::test]
async fn a_refused_write_leaves_nothing_behind() {
    let fixture = Fixture::new().await;
    fixture.put("k", b"first").await;
    let options = PutOptions {
        condition: WriteCondition::Absent,
        ..PutOptions::default()
    };
    let outcome = fixture
        .objects
        .put("k", chunks(&pattern(100_000)), options)
        .await;
    assert!(
        matches!(outcome, Err(ObjectError::PreconditionFailed)),
        "{outcome:?}"
    );
    assert_eq!(fixture.read("k").await.unwrap(), b"first");
    assert_eq!(fixture.files().len(), 0);
}

#[tokio::test]
async fn one_of_many_who_create_the_same_key_wins() {
    let fixture = Fixture::new().await;
    let puts = (0..50).map(|at| {
        let objects = fixture.objects.clone();
        tokio::spawn(async move {
            let options = PutOptions {
                condition: WriteCondition::Absent,
                ..PutOptions::default()
            };
            objects.put("k", chunks(&[at]), options).await
        })
    });
    let mut won = 0;
    for put in puts.collect::<Vec<_>>() {
        match put.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert!(matches!(error, ObjectError::PreconditionFailed), "{error}"),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn copies_share_their_bytes_and_outlive_the_source() {
    let fixture = Fixture::new().await;
    let bytes = pattern(200_000);
    let source = fixture.put("a", &bytes).await;
    let copy = fixture
        .objects
        .copy("a", "b", CopyOptions::default())
        .await
        .unwrap();
    assert_eq!(copy, source);
    assert_eq!(fixture.files().len(), 1, "no bytes were moved");
    assert!(
        fixture
            .objects
            .delete("a", WriteCondition::None)
            .await
            .unwrap()
    );
    assert!(fixture.read("b").await.unwrap() == bytes);
    assert!(
        fixture
            .objects
            .delete("b", WriteCondition::None)
            .await
            .unwrap()
    );
    assert_eq!(fixture.files().len(), 0);
    assert!(
        !fixture
            .objects
            .delete("b", WriteCondition::None)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_copy_onto_itself_keeps_the_bytes_and_may_change_the_rest() {
    let fixture = Fixture::new().await;
    let bytes = pattern(50_000);
    fixture.put("a", &bytes).await;
    let attributes = Attributes {
        content_type: Some("text/plain".to_owned()),
        ..Attributes::default()
    };
    let options = CopyOptions {
        attributes: Some(attributes.clone()),
        checksum: Some(ChecksumAlgorithm::Sha256),
        ..CopyOptions::default()
    };
    fixture.objects.copy("a", "a", options).await.unwrap();
    let object = fixture.objects.head("a").unwrap().unwrap();
    assert_eq!(object.layout.attributes, attributes);
    assert_eq!(
        object.head.checksum.unwrap().algorithm,
        ChecksumAlgorithm::Sha256
    );
    assert!(fixture.read("a").await.unwrap() == bytes);
}

#[tokio::test]
async fn conditions_of_copies_hold_for_both_ends() {
    let fixture = Fixture::new().await;
    fixture.put("a", b"1").await;
    fixture.put("b", b"2").await;
    let stale = ReadCondition {
        if_match: Some(vec!["x".to_owned()]),
        ..ReadCondition::default()
    };
    for options in [
        CopyOptions {
            source: stale,
            ..CopyOptions::default()
        },
        CopyOptions {
            target: WriteCondition::Absent,
            ..CopyOptions::default()
        },
    ] {
        let outcome = fixture.objects.copy("a", "b", options).await;
        assert!(
            matches!(outcome, Err(ObjectError::PreconditionFailed)),
            "{outcome:?}"
        );
    }
    let missing = fixture.objects.copy("c", "b", CopyOptions::default()).await;
    assert!(
        matches!(missing, Err(ObjectError::NoSuchKey)),
        "{missing:?}"
    );
    assert_eq!(fixture.read("b").await.unwrap(), b"2");
}

#[tokio::test]
async fn a_reader_keeps_what_it_reads() {
    let fixture = Fixture::new().await;
    let bytes = pattern(700_000);
    for small in [false, true] {
        let bytes = if small { &bytes[..100] } else { &bytes };
        fixture.put("k", bytes).await;
        let reader = fixture.objects.get("k").unwrap().unwrap();
        fixture.put("k", b"other").await;
        fixture
            .objects
            .delete("k", WriteCondition::None)
            .await
            .unwrap();
        assert!(collect(&reader, 0..u64::MAX).await == *bytes);
        assert_eq!(fixture.files().len(), usize::from(!small));
        drop(reader);
        assert_eq!(
            fixture.files(),
            Vec::<PathBuf>::new(),
            "nobody reads it any more"
        );
    }
}

#[tokio::test]
async fn many_keys_are_removed_in_one_commit_each_by_its_condition() {
    let fixture = Fixture::new().await;
    for key in ["a", "b", "c"] {
        fixture.put(key, key.as_bytes()).await;
    }
    let commits = fixture.database.counters().commits;
    let outcomes = fixture
        .objects
        .delete_all(vec![
            ("a".to_owned(), WriteCondition::None),
            ("absent".to_owned(), WriteCondition::None),
            ("b".to_owned(), WriteCondition::Matches("stale".to_owned())),
            ("a".to_owned(), WriteCondition::None),
        ])
        .await
        .unwrap();
    assert_eq!(fixture.database.counters().commits, commits + 1);
    assert!(matches!(
        outcomes[..],
        [
            Ok(true),
            Ok(false),
            Err(ObjectError::PreconditionFailed),
            Ok(false)
        ]
    ));
    assert_eq!(fixture.read("b").await.unwrap(), b"b");
}

#[tokio::test]
async fn what_a_crash_leaves_behind_is_swept_up_and_nothing_else() {
    let fixture = Fixture::new().await;
    let bytes = pattern(100_000);
    fixture.put("k", &bytes).await;
    let dir = fixture.dir.path().join("blobs");
    let orphan = BlobId(42).to_string();
    for name in [&orphan, &format!("{orphan}.tmp"), "README"] {
        fs::write(dir.join(name), b"x").unwrap();
    }
    let writer = {
        let mut writer = fixture.objects.blobs.writer(BlobId(43));
        writer.write(&bytes).unwrap();
        writer
    };
    assert_eq!(
        fixture.objects.sweep().unwrap(),
        2,
        "the orphan, under both names"
    );
    let mut left = fixture.files();
    left.sort();
    assert_eq!(
        left.len(),
        3,
        "the object's, the one being written, and a foreign file: {left:?}"
    );
    assert!(fixture.read("k").await.unwrap() == bytes);
    drop(writer);
    assert_eq!(fixture.files().len(), 2);
}
