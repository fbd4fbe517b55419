//! The file store of the domain.

use async_trait::async_trait;
use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::head_object::HeadObjectOutput,
};
use notewarden_aws::{Failure, store_error};
use notewarden_domain::{
    ObjectKey, StoreError, Timestamp,
    ports::{FileMeta, FileStore},
};

use crate::Bucket;

const HEAD: &str = "HeadObject";
const DELETE: &str = "DeleteObject";

/// The files of a bucket.
///
/// A bucket that does not exist has no files: S3 answers `HEAD` without a body, so the two cannot be told apart.
#[derive(Clone, Debug)]
pub struct S3Files {
    bucket: Bucket,
}

impl S3Files {
    /// The files in `bucket`.
    pub fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }
}

#[async_trait]
impl FileStore for S3Files {
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        let Bucket { client, name } = &self.bucket;
        let asked = client.head_object().bucket(name).key(key.as_str());
        match asked.send().await {
            Ok(found) => match meta(&found) {
                Some(meta) => Ok(Some(meta)),
                None => Err(StoreError::unavailable(Failure::new(
                    HEAD,
                    "the answer has no usable length, entity tag or date",
                ))),
            },
            Err(error) => match status(&error) {
                Some(404) => Ok(None),
                // An answer to `HEAD` has no code, and S3's 503 asks to slow down.
                Some(503) if error.code().is_none() => Err(StoreError::Throttled),
                _ => Err(store_error(HEAD, &error)),
            },
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let Bucket { client, name } = &self.bucket;
        let asked = client.delete_object().bucket(name).key(key.as_str());
        match asked.send().await {
            Ok(_) => Ok(()),
            // S3 itself counts an absent object as deleted; not everything that speaks its protocol does.
            Err(error) if error.code() == Some("NoSuchKey") => Ok(()),
            Err(error) => Err(store_error(DELETE, &error)),
        }
    }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|answer| answer.status().as_u16())
}

/// What the answer says of the object, if it says all of it.
fn meta(found: &HeadObjectOutput) -> Option<FileMeta> {
    let modified_at = found.last_modified()?.to_millis().ok()?;
    Some(FileMeta {
        size: found.content_length()?.try_into().ok()?,
        etag: found.e_tag()?.trim_matches('"').to_owned(),
        modified_at: Timestamp::from_millis(modified_at.try_into().ok()?),
    })
}
