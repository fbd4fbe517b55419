//! The objects that archives are made from, and the zips that they become.

mod body;
mod range;

use std::{ops::Range, time::Duration};

use async_trait::async_trait;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload};
use aws_types::SdkConfig;
use bytes::Bytes;
use notewarden_aws::{Failure, Tuning};
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::Crc32,
    ports::{ArchiveObjects, ArchiveUpload, ByteSource, StoredPart},
};

use self::{body::Chunks, range::Reading};
use crate::{
    bucket::{Bucket, read_crc32, refusal, write_crc32},
    uploads,
};

const GET: &str = "GetObject";
const PUT: &str = "PutObject";
const BEGIN: &str = "CreateMultipartUpload";
const PUT_PART: &str = "UploadPart";
const COPY_PART: &str = "UploadPartCopy";
const COMPLETE: &str = "CompleteMultipartUpload";

/// The media type of the objects that are made.
const ZIP: &str = "application/zip";

/// Tries of requests that may have a part of many megabytes to send, or gigabytes to copy.
const PATIENT: Tuning = Tuning {
    attempts: 5,
    first_pause: Duration::from_millis(50),
    longest_pause: Duration::from_secs(5),
    connect_timeout: Duration::from_secs(2),
    attempt_timeout: Duration::from_secs(180),
    request_timeout: Duration::from_secs(600),
};

/// The objects of a bucket, as archives are made of them. Clones share one client.
///
/// Bytes that are sent go with their CRC-32, so that the bucket takes no others. An upload has the CRC-32 of the whole
/// object, which S3 computes from those of its parts.
#[derive(Clone, Debug)]
pub struct S3Objects {
    bucket: Bucket,
}

impl S3Objects {
    /// The objects in `bucket`, in the account and region of `config`.
    pub fn new(config: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self::tuned(config, bucket, &PATIENT)
    }

    /// The objects in `bucket`, where requests are tried as often and as long as `tuning` says; a body that is read
    /// may take longer.
    pub fn tuned(config: &SdkConfig, bucket: impl Into<String>, tuning: &Tuning) -> Self {
        Self {
            bucket: Bucket::new(config, bucket, tuning),
        }
    }
}

#[async_trait]
impl ArchiveObjects for S3Objects {
    async fn read(
        &self,
        key: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Box<dyn ByteSource>, StoreError> {
        let asked = self.bucket.client.get_object().bucket(&self.bucket.name);
        let asked = asked.key(key.as_str()).if_match(quoted(etag));
        match asked.range(range::header(&range)).send().await {
            Ok(answer) => Ok(Box::new(Reading::new(answer, &range)?)),
            Err(error) => Err(refusal(GET, &error)),
        }
    }

    async fn put(&self, key: &ObjectKey, bytes: Vec<Bytes>) -> Result<(), StoreError> {
        let body = Chunks::new(bytes);
        let asked = self.bucket.client.put_object().bucket(&self.bucket.name);
        let asked = asked.key(key.as_str()).if_none_match("*").content_type(ZIP);
        let asked = asked
            .checksum_crc32(write_crc32(body.crc32()))
            .body(body.into());
        match asked.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(refusal(PUT, &error)),
        }
    }

    async fn begin(&self, key: &ObjectKey) -> Result<ArchiveUpload, StoreError> {
        let asked = self.bucket.client.create_multipart_upload();
        let asked = asked.bucket(&self.bucket.name).key(key.as_str());
        let asked = asked
            .content_type(ZIP)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .checksum_type(ChecksumType::FullObject);
        match asked.send().await {
            Ok(begun) => Ok(ArchiveUpload {
                key: key.clone(),
                id: begun.upload_id.ok_or_else(|| lacking(BEGIN, "upload id"))?,
            }),
            Err(error) => Err(refusal(BEGIN, &error)),
        }
    }

    async fn put_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        bytes: Vec<Bytes>,
    ) -> Result<StoredPart, StoreError> {
        let body = Chunks::new(bytes);
        let crc32 = body.crc32();
        let asked = self.bucket.client.upload_part().bucket(&self.bucket.name);
        let asked = asked
            .key(upload.key.as_str())
            .upload_id(&upload.id)
            .part_number(number.into())
            .checksum_crc32(write_crc32(crc32))
            .body(body.into());
        match asked.send().await {
            Ok(stored) => stored_part(PUT_PART, number, stored.e_tag(), Some(crc32)),
            Err(error) => Err(refusal(PUT_PART, &error)),
        }
    }

    async fn copy_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        source: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<StoredPart, StoreError> {
        let asked = self.bucket.client.upload_part_copy();
        let asked = asked
            .bucket(&self.bucket.name)
            .key(upload.key.as_str())
            .upload_id(&upload.id)
            .part_number(number.into())
            .copy_source(uploads::source(&self.bucket.name, source))
            .copy_source_if_match(quoted(etag))
            .copy_source_range(range::header(&range));
        match asked.send().await {
            Ok(copied) => {
                let copied = copied.copy_part_result();
                let crc32 = read_crc32(copied.and_then(|part| part.checksum_crc32()));
                let etag = copied.and_then(|part| part.e_tag());
                stored_part(COPY_PART, number, etag, crc32)
            }
            Err(error) => Err(refusal(COPY_PART, &error)),
        }
    }

    async fn complete(
        &self,
        upload: &ArchiveUpload,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        let parts = parts.iter().map(uploads::named).collect();
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts));
        let asked = self.bucket.client.complete_multipart_upload();
        let asked = asked
            .bucket(&self.bucket.name)
            .key(upload.key.as_str())
            .upload_id(&upload.id)
            .checksum_type(ChecksumType::FullObject)
            .if_none_match("*")
            .multipart_upload(parts.build());
        match asked.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(refusal(COMPLETE, &error)),
        }
    }

    async fn abort_all(&self, key: &ObjectKey) -> Result<(), StoreError> {
        uploads::abort_all(&self.bucket, key).await
    }
}

fn stored_part(
    operation: &'static str,
    number: u16,
    etag: Option<&str>,
    crc32: Option<Crc32>,
) -> Result<StoredPart, StoreError> {
    let etag = etag.ok_or_else(|| lacking(operation, "entity tag"))?;
    Ok(StoredPart {
        number,
        etag: etag.trim_matches('"').to_owned(),
        crc32,
    })
}

fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// An answer that lacks what it is asked for.
fn lacking(operation: &'static str, what: &str) -> StoreError {
    StoreError::unavailable(Failure::new(operation, format!("the answer has no {what}")))
}
