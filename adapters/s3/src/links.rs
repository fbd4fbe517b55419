//! Links to the bucket's objects, presigned: they work without the service, and for one request of one kind.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use async_trait::async_trait;
use aws_sdk_s3::{
    config::{RequestChecksumCalculation, ResponseChecksumValidation},
    presigning::{PresignedRequest, PresigningConfig},
};
use aws_types::SdkConfig;
use notewarden_aws::{Tuning, store_error};
use notewarden_domain::{
    ObjectKey, StoreError, Timestamp,
    ports::{Clock, DownloadTerms, LinkSigner, SignedLink, UploadTerms},
};

use crate::bucket::{Bucket, write_crc32};

/// The longest that S3 lets a link work.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Signs links to the objects of a bucket with the credentials of its configuration, without a request. Clones share
/// one client.
///
/// A link works no longer than those credentials, nor than seven days.
#[derive(Clone)]
pub struct S3Links {
    bucket: Bucket,
    clock: Arc<dyn Clock>,
}

impl S3Links {
    /// Links to the objects in `bucket`, in the account and region of `config`, which begin to work now.
    pub fn new(config: &SdkConfig, bucket: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        // The client would put the checksum of a body that it does not have into the link, and ask for one in a header
        // that a browser does not send.
        let config = config
            .to_builder()
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self {
            bucket: Bucket::new(&config, bucket, &Tuning::default()),
            clock,
        }
    }

    /// When a link begins to work and when it ceases to: S3 counts in whole seconds.
    fn window(&self, lifetime: Duration) -> Result<(PresigningConfig, Timestamp), StoreError> {
        let now = self.clock.now().as_millis();
        let begins = now - now % 1_000;
        let lifetime = Duration::from_secs(lifetime.min(LONGEST).as_secs().max(1));
        let window = PresigningConfig::builder()
            .start_time(UNIX_EPOCH + Duration::from_millis(begins))
            .expires_in(lifetime)
            .build();
        let window = window.map_err(StoreError::unavailable)?;
        Ok((window, Timestamp::from_millis(begins).plus(lifetime)))
    }
}

#[async_trait]
impl LinkSigner for S3Links {
    async fn upload(&self, key: &ObjectKey, terms: &UploadTerms) -> Result<SignedLink, StoreError> {
        let (window, expires_at) = self.window(terms.lifetime)?;
        let size = i64::try_from(terms.size).map_err(StoreError::unavailable)?;
        let asked = self.bucket.client.put_object().bucket(&self.bucket.name);
        let asked = asked
            .key(key.as_str())
            .content_length(size)
            .content_type(terms.content_type.as_str())
            .set_checksum_crc32(terms.crc32.map(write_crc32));
        match asked.presigned(window).await {
            Ok(signed) => Ok(link("PUT", &signed, expires_at)),
            Err(error) => Err(store_error("PutObject", &error)),
        }
    }

    async fn download(
        &self,
        key: &ObjectKey,
        terms: &DownloadTerms,
    ) -> Result<SignedLink, StoreError> {
        let (window, expires_at) = self.window(terms.lifetime)?;
        let asked = self.bucket.client.get_object().bucket(&self.bucket.name);
        let asked = asked
            .key(key.as_str())
            .response_content_disposition(&terms.content_disposition)
            .response_content_type(terms.content_type.as_str());
        match asked.presigned(window).await {
            Ok(signed) => Ok(link("GET", &signed, expires_at)),
            Err(error) => Err(store_error("GetObject", &error)),
        }
    }
}

fn link(method: &'static str, signed: &PresignedRequest, expires_at: Timestamp) -> SignedLink {
    // In a function the client adds a header that tells of its trace, which is nothing to whoever has the link.
    let headers = signed.headers();
    let headers = headers.filter(|(name, _)| is_signed(signed.uri(), name));
    SignedLink {
        method,
        url: signed.uri().to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        expires_at,
    }
}

/// Whether the signature in the query of `url` covers this header.
fn is_signed(url: &str, header: &str) -> bool {
    let (_, query) = url.split_once('?').unwrap_or_default();
    let mut parameters = query.split('&');
    let names = parameters.find_map(|parameter| parameter.strip_prefix("X-Amz-SignedHeaders="));
    let mut names = names.unwrap_or_default().split("%3B");
    names.any(|name| name.eq_ignore_ascii_case(header))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_signed_must_be_sent() {
        let url = "https://b.example/k?X-Amz-Expires=60&X-Amz-SignedHeaders=content-length%3Bhost&x-id=GetObject";
        assert!(is_signed(url, "content-length") && is_signed(url, "Host"));
        for header in ["x-amzn-trace-id", "content", "length", ""] {
            assert!(!is_signed(url, header), "{header}");
        }
        assert!(!is_signed("https://b.example/k", "host"));
    }
}
