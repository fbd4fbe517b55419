//! What can be wrong with a body.

use std::{error::Error, sync::Arc};

use super::ChecksumAlgorithm;

/// Why a body is not believed. Nothing of it may be stored.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Fewer bytes than declared, or an end in the middle of a chunk.
    #[error("the body ended after {received} bytes of {declared}")]
    Incomplete {
        /// The length that the request declares.
        declared: u64,
        /// The decoded bytes that came.
        received: u64,
    },
    /// More bytes than declared.
    #[error("the body is longer than the declared {declared} bytes")]
    TooLong {
        /// The length that the request declares.
        declared: u64,
    },
    /// `x-amz-decoded-content-length` or `content-length` is missing where it is needed, or no number.
    #[error("the header `{0}` is missing or not a number")]
    Length(&'static str),
    /// `aws-chunked` that cannot be read.
    #[error("malformed chunk: {0}")]
    MalformedChunk(&'static str),
    /// A chunk that was not signed after the one before it.
    #[error("the signature of a chunk does not match")]
    ChunkSignatureMismatch,
    /// A trailer that cannot be read, is not declared in `x-amz-trailer`, or is missing.
    #[error("malformed trailer: {0}")]
    MalformedTrailer(&'static str),
    /// A trailer that was not signed after the last chunk.
    #[error("the signature of the trailer does not match")]
    TrailerSignatureMismatch,
    /// The body has another SHA-256 than the signature covers.
    #[error("the body does not have the declared sha-256")]
    PayloadMismatch,
    /// The body has another checksum than a header or trailer says.
    #[error("the {0} of the body does not match")]
    ChecksumMismatch(ChecksumAlgorithm),
    /// A checksum that is not base64 of the right length.
    #[error("the value of `{}` is not valid", .0.header())]
    InvalidChecksum(ChecksumAlgorithm),
    /// More than one checksum for a body.
    #[error("more than one checksum is given")]
    MultipleChecksums,
    /// A checksum of another kind; holds the name of its header.
    #[error("the checksum `{0}` is not supported")]
    UnsupportedChecksum(Box<str>),
    /// The body has another MD5 than `content-md5` says.
    #[error("the md5 of the body does not match")]
    BadDigest,
    /// `content-md5` is not base64 of 16 bytes.
    #[error("the value of `content-md5` is not valid")]
    InvalidDigest,
    /// The body was refused before, and goes on.
    #[error("the body was refused")]
    Refused,
    /// The connection failed.
    #[error("the body could not be read")]
    Transport(#[source] Arc<dyn Error + Send + Sync>),
}
