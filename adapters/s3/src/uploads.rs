//! Uploads in parts: how sources and parts are named, and how uploads end without becoming an object.

use aws_sdk_s3::{error::ProvideErrorMetadata, types::CompletedPart};
use notewarden_aws::store_error;
use notewarden_domain::{ObjectKey, StoreError, ports::StoredPart};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::bucket::{Bucket, write_crc32};

const LIST: &str = "ListMultipartUploads";
const ABORT: &str = "AbortMultipartUpload";

/// What is encoded in the source of a copy: everything but what RFC 3986 leaves unreserved, and slashes.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The object as the header `x-amz-copy-source` names it.
pub(crate) fn source(bucket: &str, key: &ObjectKey) -> String {
    format!("{bucket}/{}", utf8_percent_encode(key.as_str(), &ENCODED))
}

/// The part as the end of an upload names it.
pub(crate) fn named(part: &StoredPart) -> CompletedPart {
    CompletedPart::builder()
        .part_number(part.number.into())
        .e_tag(format!("\"{}\"", part.etag))
        .set_checksum_crc32(part.crc32.map(write_crc32))
        .build()
}

/// Ends every upload to `key`.
pub(crate) async fn abort_all(bucket: &Bucket, key: &ObjectKey) -> Result<(), StoreError> {
    // Keys that merely start with this one are others' uploads.
    abort_where(bucket, key.as_str(), |found| found == key.as_str()).await
}

/// Ends every upload to a key that starts with `prefix` and is one that `is_meant`. What one page of the list does not
/// hold is behind the markers that it gives.
pub(crate) async fn abort_where(
    bucket: &Bucket,
    prefix: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    let mut behind = (None, None);
    loop {
        let asked = bucket.client.list_multipart_uploads().bucket(&bucket.name);
        let asked = asked
            .prefix(prefix)
            .set_key_marker(behind.0)
            .set_upload_id_marker(behind.1);
        let page = match asked.send().await {
            Ok(page) => page,
            Err(error) => return Err(store_error(LIST, &error)),
        };
        for upload in page.uploads() {
            if let Some((key, id)) = upload.key().zip(upload.upload_id())
                && is_meant(key)
            {
                abort(bucket, key, id).await?;
            }
        }
        if page.is_truncated() != Some(true) {
            return Ok(());
        }
        behind = (page.next_key_marker, page.next_upload_id_marker);
    }
}

/// Ends an upload, if another has not ended it.
async fn abort(bucket: &Bucket, key: &str, id: &str) -> Result<(), StoreError> {
    let asked = bucket.client.abort_multipart_upload().bucket(&bucket.name);
    match asked.key(key).upload_id(id).send().await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some("NoSuchUpload") => Ok(()),
        Err(error) => Err(store_error(ABORT, &error)),
    }
}
