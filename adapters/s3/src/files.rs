//! The file store of the domain.

use async_trait::async_trait;
use aws_sdk_s3::{
    error::ProvideErrorMetadata,
    operation::{head_object::HeadObjectOutput, list_objects_v2::ListObjectsV2Output},
    types::{ChecksumMode, ChecksumType, EncodingType, Object},
};
use aws_types::SdkConfig;
use notewarden_aws::{Failure, Tuning, store_error};
use notewarden_domain::{
    IdentityId, ObjectKey, StoreError, Timestamp,
    archive::Crc32,
    file::ContentType,
    ports::{FileMeta, FileStore, FolderEntry, FolderPage},
};
use percent_encoding::percent_decode_str;

use crate::{
    bucket::{Bucket, read_crc32, status},
    uploads,
};

const HEAD: &str = "HeadObject";
const DELETE: &str = "DeleteObject";
const LIST: &str = "ListObjectsV2";

/// The files of a bucket. Clones share one client.
///
/// A bucket that does not exist has no files: S3 answers `HEAD` without a body, so the two cannot be told apart.
#[derive(Clone, Debug)]
pub struct S3Files {
    bucket: Bucket,
}

impl S3Files {
    /// The files in `bucket`, in the account and region of `config`.
    pub fn new(config: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self::tuned(config, bucket, &Tuning::default())
    }

    /// The files in `bucket`, where requests are tried as often and as long as `tuning` says.
    pub fn tuned(config: &SdkConfig, bucket: impl Into<String>, tuning: &Tuning) -> Self {
        Self {
            bucket: Bucket::new(config, bucket, tuning),
        }
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let asked = self.bucket.client.delete_object().bucket(&self.bucket.name);
        match asked.key(key).send().await {
            Ok(_) => Ok(()),
            // S3 itself counts an absent object as deleted; not everything that speaks its protocol does.
            Err(error) if error.code() == Some("NoSuchKey") => Ok(()),
            Err(error) => Err(store_error(DELETE, &error)),
        }
    }
}

#[async_trait]
impl FileStore for S3Files {
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        let asked = self.bucket.client.head_object().bucket(&self.bucket.name);
        let asked = asked.checksum_mode(ChecksumMode::Enabled);
        match asked.key(key.as_str()).send().await {
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
        self.remove(key.as_str()).await
    }

    async fn delete_unchanged(&self, key: &ObjectKey, etag: &str) -> Result<(), StoreError> {
        let asked = self.bucket.client.delete_object().bucket(&self.bucket.name);
        let asked = asked.key(key.as_str()).if_match(format!("\"{etag}\""));
        match asked.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("NoSuchKey") => Ok(()),
            Err(error) if status(&error) == Some(412) => Err(StoreError::PreconditionFailed),
            Err(error) => Err(store_error(DELETE, &error)),
        }
    }

    async fn delete_all(&self, owner: &IdentityId) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.contents(owner, after.as_ref()).await?;
            for object in &page.objects {
                self.remove(object.key.as_str()).await?;
            }
            after = page.objects.last().map(|object| object.key.clone());
            if !page.more || after.is_none() {
                break;
            }
        }
        let prefix = ObjectKey::private_prefix(owner);
        uploads::abort_where(&self.bucket, &prefix, |_| true).await
    }

    async fn contents<'a>(
        &self,
        owner: &IdentityId,
        after: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError> {
        let asked = self.bucket.client.list_objects_v2();
        let asked = asked
            .bucket(&self.bucket.name)
            .prefix(ObjectKey::private_prefix(owner))
            // A key may hold what XML cannot.
            .encoding_type(EncodingType::Url)
            .set_start_after(after.map(|after| after.as_str().to_owned()));
        match asked.send().await {
            Ok(found) => page(&found).ok_or_else(|| {
                let cause = "the answer has no usable keys or lengths";
                StoreError::unavailable(Failure::new(LIST, cause))
            }),
            Err(error) => Err(store_error(LIST, &error)),
        }
    }
}

/// What the answer says of the object, if it says all of it.
fn meta(found: &HeadObjectOutput) -> Option<FileMeta> {
    let modified_at = found.last_modified()?.to_millis().ok()?;
    Some(FileMeta {
        size: found.content_length()?.try_into().ok()?,
        content_type: ContentType::of_stored(found.content_type()),
        etag: found.e_tag()?.trim_matches('"').to_owned(),
        modified_at: Timestamp::from_millis(modified_at.try_into().ok()?),
        crc32: crc32(found),
    })
}

/// The objects that the answer names, if it says all of each.
fn page(found: &ListObjectsV2Output) -> Option<FolderPage> {
    let entry = |object: &Object| {
        // Spaces are written as `+`, as in forms.
        let key = object.key()?.replace('+', " ");
        let key = percent_decode_str(&key).decode_utf8().ok()?;
        let (_, key) = ObjectKey::in_folder(&key)?;
        let size = object.size()?.try_into().ok()?;
        Some(FolderEntry { key, size })
    };
    Some(FolderPage {
        objects: found.contents().iter().map(entry).collect::<Option<_>>()?,
        more: found.is_truncated() == Some(true),
    })
}

/// The checksum of the whole object; that of an upload in parts may be one of the parts' checksums.
fn crc32(found: &HeadObjectOutput) -> Option<Crc32> {
    if found.checksum_type() == Some(&ChecksumType::Composite) {
        return None;
    }
    read_crc32(found.checksum_crc32())
}
