//! The contract of the objects that archives are made from.

mod uploads;

use std::{future::Future, ops::Range};

use bytes::Bytes;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::ArchiveId,
    ports::{ArchiveObjects, IdSource},
};

use crate::fixtures::{NOON, file, identity};

/// The objects behind the port, as others change and see them.
pub trait Bucket {
    /// Whether the store answers part copies with their checksums, as S3 does.
    const COPIES_HAVE_CHECKSUMS: bool;
    /// Whether the store copies only what is there and still has its entity tag: one that does not is not asked to refuse.
    const CONDITIONAL_COPIES: bool = true;
    /// Whether the store says of an upload that it is over: one that does not is not asked.
    const KNOWS_ENDED_UPLOADS: bool = true;

    /// Stores an object, and answers with its entity tag, without quotes.
    fn put(&self, key: &ObjectKey, bytes: Bytes) -> impl Future<Output = String>;
    /// Removes the object.
    fn remove(&self, key: &ObjectKey) -> impl Future<Output = ()>;
    /// The bytes of the object, if there is one.
    fn get(&self, key: &ObjectKey) -> impl Future<Output = Option<Bytes>>;
    /// How many uploads in parts to the object are under way.
    fn uploads(&self, key: &ObjectKey) -> impl Future<Output = usize>;
}

/// Runs every check on `objects`, which are those of `bucket`.
#[expect(
    clippy::print_stdout,
    reason = "a run that leaves something out says so"
)]
pub async fn archive_objects<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    a_range_is_read_to_its_end(objects, ids, bucket).await;
    what_has_changed_or_gone_is_not_read(objects, ids, bucket).await;
    an_object_that_is_too_short_fails(objects, ids, bucket).await;
    an_object_is_put_once(objects, ids, bucket).await;
    uploads::check(objects, ids, bucket).await;
    if !B::CONDITIONAL_COPIES {
        println!("a store that copies whatever is there: what it refuses was not asked");
    }
    if !B::KNOWS_ENDED_UPLOADS {
        println!("a store that does not say that an upload is over: what it answers was not asked");
    }
}

/// The key of a new file.
fn private(ids: &dyn IdSource, name: &str) -> ObjectKey {
    ObjectKey::private(&identity(ids), &file(name))
}

/// The key of a new archive.
fn zip(ids: &dyn IdSource) -> ObjectKey {
    ObjectKey::archive(&identity(ids), ArchiveId::new(ids.uuid_v7(NOON)))
}

/// Bytes that differ from place to place.
fn pattern(length: usize) -> Bytes {
    let words = (0_u32..).flat_map(|word| word.wrapping_mul(0x9e37_79b9).to_le_bytes());
    words.take(length).collect()
}

async fn read(
    objects: &dyn ArchiveObjects,
    key: &ObjectKey,
    etag: &str,
    range: Range<u64>,
) -> Result<Vec<u8>, StoreError> {
    let mut source = objects.read(key, etag, range).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = source.next().await? {
        assert!(!chunk.is_empty(), "a chunk of nothing");
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn a_range_is_read_to_its_end<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    for name in ["plain", "folder/ä ö +%?#&.bin"] {
        let key = private(ids, name);
        let bytes = pattern(300_000);
        let etag = bucket.put(&key, bytes.clone()).await;
        for range in [0..300_000, 0..1, 299_999..300_000, 1_000..250_000] {
            let bytes_of = |at: u64| usize::try_from(at).expect("a short object");
            let expected = &bytes[bytes_of(range.start)..bytes_of(range.end)];
            let read = read(objects, &key, &etag, range.clone()).await;
            assert!(read.expect("read") == expected, "{range:?} of `{name}`");
        }
    }
}

/// Also not if the bytes are as many as before.
async fn what_has_changed_or_gone_is_not_read<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let key = private(ids, "changing");
    let absent = read(objects, &key, "0123456789abcdef", 0..1).await;
    assert!(matches!(absent, Err(StoreError::NotFound)));
    let seen = bucket.put(&key, Bytes::from_static(b"first")).await;
    let now = bucket.put(&key, Bytes::from_static(b"other")).await;
    let changed = read(objects, &key, &seen, 0..5).await;
    assert!(matches!(changed, Err(StoreError::PreconditionFailed)));
    assert_eq!(
        read(objects, &key, &now, 0..5).await.expect("read"),
        b"other"
    );
    bucket.remove(&key).await;
    let gone = read(objects, &key, &now, 0..5).await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
}

async fn an_object_that_is_too_short_fails<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let key = private(ids, "short");
    let etag = bucket.put(&key, pattern(10)).await;
    for range in [0..11, 5..100, 10..11, 50..60] {
        let read = read(objects, &key, &etag, range.clone()).await;
        assert!(read.is_err(), "{range:?} of ten bytes is read");
    }
}

async fn an_object_is_put_once<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    for (chunks, whole) in [
        (
            vec![Bytes::from_static(b"one "), Bytes::from_static(b"two")],
            &b"one two"[..],
        ),
        (vec![], b""),
    ] {
        let key = zip(ids);
        objects.put(&key, chunks).await.expect("put");
        assert_eq!(bucket.get(&key).await.as_deref(), Some(whole));
        let again = objects.put(&key, vec![Bytes::from_static(b"again")]).await;
        assert!(matches!(again, Err(StoreError::PreconditionFailed)));
        assert_eq!(bucket.get(&key).await.as_deref(), Some(whole));
    }
}
