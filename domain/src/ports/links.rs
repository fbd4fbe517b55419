//! Links that let their bearer do one thing with one object, for a while.

use std::time::Duration;

use async_trait::async_trait;

use crate::{ObjectKey, StoreError, Timestamp, archive::Crc32, file::ContentType};

/// What an upload link is bound to: the store refuses anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadTerms {
    /// The length of the body in bytes.
    pub size: u64,
    /// The object's media type.
    pub content_type: ContentType,
    /// The checksum of the body, if it is known beforehand.
    pub crc32: Option<Crc32>,
    /// How long the link works.
    pub lifetime: Duration,
}

/// How a downloaded object is presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadTerms {
    /// The answer's `Content-Disposition` header (RFC 6266), in ASCII.
    pub content_disposition: String,
    /// The answer's `Content-Type`.
    pub content_type: ContentType,
    /// How long the link works.
    pub lifetime: Duration,
}

/// A link; whoever has it may do what it is for. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedLink {
    /// The method of the request.
    pub method: &'static str,
    /// The URL with its signature.
    pub url: String,
    /// Headers that the request must carry, with these values.
    pub headers: Vec<(String, String)>,
    /// When the link ceases to work.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for SignedLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedLink")
            .field("method", &self.method)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Signs links to objects. It does not look whether there is an object.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LinkSigner: Send + Sync {
    /// A link to store the object `key`, on these terms.
    async fn upload(&self, key: &ObjectKey, terms: &UploadTerms) -> Result<SignedLink, StoreError>;

    /// A link to read the object `key`, on these terms.
    async fn download(
        &self,
        key: &ObjectKey,
        terms: &DownloadTerms,
    ) -> Result<SignedLink, StoreError>;
}
