//! Uploads in parts.

use bytes::Bytes;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::Crc32,
    ports::{ArchiveObjects, ArchiveUpload, IdSource, StoredPart},
};

use super::{Bucket, pattern, private, zip};

/// S3's smallest part but the last.
const PART: usize = 5 << 20;

pub(super) async fn check<B: Bucket>(objects: &dyn ArchiveObjects, ids: &dyn IdSource, bucket: &B) {
    parts_that_were_put_and_copied_become_one_object(objects, ids, bucket).await;
    a_part_is_replaced_by_the_next_of_its_number(objects, ids, bucket).await;
    if B::CONDITIONAL_COPIES {
        what_has_changed_or_gone_is_not_copied(objects, ids, bucket).await;
    }
    an_object_that_is_there_stays(objects, ids, bucket).await;
    if B::KNOWS_ENDED_UPLOADS {
        an_upload_that_is_over_takes_nothing(objects, ids, bucket).await;
    }
    all_uploads_to_an_object_are_aborted_and_no_others(objects, ids, bucket).await;
}

async fn begin(objects: &dyn ArchiveObjects, key: &ObjectKey) -> ArchiveUpload {
    let upload = objects.begin(key).await.expect("begin");
    assert_eq!(upload.key, *key);
    upload
}

async fn put(
    objects: &dyn ArchiveObjects,
    upload: &ArchiveUpload,
    number: u16,
    bytes: &Bytes,
) -> StoredPart {
    let part = objects.put_part(upload, number, vec![bytes.clone()]).await;
    part.expect("put_part")
}

fn crc32(bytes: &[u8]) -> Crc32 {
    Crc32::new(crc32fast::hash(bytes))
}

fn is_checked(part: &StoredPart, number: u16, bytes: &[u8]) {
    assert_eq!(part.number, number);
    assert!(!part.etag.is_empty() && !part.etag.contains('"'));
    let crc32 = crc32(bytes);
    assert!(part.crc32.is_none_or(|said| said == crc32), "part {number}");
}

/// In the order of their numbers, whichever was there first; checksums are those of the parts' bytes.
async fn parts_that_were_put_and_copied_become_one_object<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let source = private(ids, "folder/ä ö +%?#&.bin");
    let bytes = pattern(PART + 1_000);
    let etag = bucket.put(&source, bytes.clone()).await;
    let key = zip(ids);
    let upload = begin(objects, &key).await;
    assert_eq!(bucket.uploads(&key).await, 1);

    let end = bytes.len() as u64;
    let copied = objects.copy_part(&upload, 2, &source, &etag, 700..end);
    let copied = copied.await.expect("copy_part");
    is_checked(&copied, 2, &bytes[700..]);
    let has_checksum = copied.crc32.is_some();
    assert_eq!(has_checksum, B::COPIES_HAVE_CHECKSUMS, "of a part copy");
    let (head, tail) = bytes.split_at(PART);
    let chunks = vec![
        Bytes::from(head[..9].to_vec()),
        Bytes::from(head[9..].to_vec()),
    ];
    let first = objects.put_part(&upload, 1, chunks).await;
    let first = first.expect("put_part");
    is_checked(&first, 1, head);
    let last = put(objects, &upload, 7, &Bytes::from(tail.to_vec())).await;
    is_checked(&last, 7, tail);
    assert_eq!(bucket.get(&key).await, None);

    let completed = objects.complete(&upload, &[first, copied, last]).await;
    completed.expect("complete");
    let expected = [head, &bytes[700..], tail].concat();
    assert!(bucket.get(&key).await.expect("is there") == expected);
    assert_eq!(bucket.uploads(&key).await, 0);
    assert!(bucket.get(&source).await.expect("stays") == bytes);
}

async fn a_part_is_replaced_by_the_next_of_its_number<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let key = zip(ids);
    let upload = begin(objects, &key).await;
    put(objects, &upload, 1, &Bytes::from_static(b"first")).await;
    let part = put(objects, &upload, 1, &Bytes::from_static(b"second")).await;
    // Parts that are not named are left out.
    put(objects, &upload, 2, &Bytes::from_static(b"unused")).await;
    objects.complete(&upload, &[part]).await.expect("complete");
    assert_eq!(bucket.get(&key).await.as_deref(), Some(&b"second"[..]));
}

async fn what_has_changed_or_gone_is_not_copied<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let source = private(ids, "changing");
    let seen = bucket.put(&source, Bytes::from_static(b"first")).await;
    bucket.put(&source, Bytes::from_static(b"other")).await;
    let key = zip(ids);
    let upload = begin(objects, &key).await;
    let changed = objects.copy_part(&upload, 1, &source, &seen, 0..5).await;
    assert!(matches!(changed, Err(StoreError::PreconditionFailed)));
    bucket.remove(&source).await;
    let gone = objects.copy_part(&upload, 1, &source, &seen, 0..5).await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
    objects.abort_all(&key).await.expect("abort_all");
}

/// Of two workers that finish one archive, one does.
async fn an_object_that_is_there_stays<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let key = zip(ids);
    let [one, other] = [begin(objects, &key).await, begin(objects, &key).await];
    let part = put(objects, &one, 1, &Bytes::from_static(b"one")).await;
    objects.complete(&one, &[part]).await.expect("complete");
    let part = put(objects, &other, 1, &Bytes::from_static(b"other")).await;
    let refusal = objects.complete(&other, &[part]).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    assert_eq!(bucket.get(&key).await.as_deref(), Some(&b"one"[..]));
    assert_eq!(bucket.uploads(&key).await, 1);
    objects.abort_all(&key).await.expect("abort_all");
    assert_eq!(bucket.uploads(&key).await, 0);
    assert_eq!(bucket.get(&key).await.as_deref(), Some(&b"one"[..]));
}

async fn an_upload_that_is_over_takes_nothing<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let source = private(ids, "source");
    let etag = bucket.put(&source, Bytes::from_static(b"bytes")).await;
    let key = zip(ids);
    let upload = begin(objects, &key).await;
    let part = put(objects, &upload, 1, &Bytes::from_static(b"bytes")).await;
    objects.abort_all(&key).await.expect("abort_all");
    let bytes = vec![Bytes::from_static(b"late")];
    for refusal in [
        objects.put_part(&upload, 2, bytes).await.map(drop),
        objects
            .copy_part(&upload, 2, &source, &etag, 0..5)
            .await
            .map(drop),
        objects.complete(&upload, &[part]).await,
    ] {
        assert!(matches!(refusal, Err(StoreError::NotFound)), "{refusal:?}");
    }
    assert_eq!(bucket.get(&key).await, None);
}

async fn all_uploads_to_an_object_are_aborted_and_no_others<B: Bucket>(
    objects: &dyn ArchiveObjects,
    ids: &dyn IdSource,
    bucket: &B,
) {
    let [key, neighbour] = [zip(ids), zip(ids)];
    let kept = begin(objects, &neighbour).await;
    for _ in 0..3 {
        let upload = begin(objects, &key).await;
        put(objects, &upload, 1, &Bytes::from_static(b"bytes")).await;
    }
    for _ in 0..2 {
        objects.abort_all(&key).await.expect("abort_all");
        assert_eq!(bucket.uploads(&key).await, 0);
    }
    assert_eq!(bucket.uploads(&neighbour).await, 1);
    let part = put(objects, &kept, 1, &Bytes::from_static(b"kept")).await;
    objects.complete(&kept, &[part]).await.expect("complete");
    assert_eq!(bucket.get(&neighbour).await.as_deref(), Some(&b"kept"[..]));
}
