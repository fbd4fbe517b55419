//! Why the object store did not do what it was asked to.

use std::error::Error;

use notewarden_domain::{StoreError, quota::OverQuota};

/// The cause of an error that is not ours.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why an operation on an object or upload was refused, or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectError {
    /// There is no object under the key.
    #[error("there is no such key")]
    NoSuchKey,
    /// There is no upload of that id for that key, or not any more.
    #[error("there is no such upload")]
    NoSuchUpload,
    /// A precondition does not hold.
    #[error("a precondition failed")]
    PreconditionFailed,
    /// The object is as the reader knows it.
    #[error("not modified")]
    NotModified,
    /// A part was not uploaded, or is another than the one named.
    #[error("part {number} was not uploaded as named")]
    InvalidPart {
        /// The part's number.
        number: u16,
    },
    /// Parts are not named in ascending order.
    #[error("the parts are not in ascending order")]
    InvalidPartOrder,
    /// A part that is not the last is too small.
    #[error("part {number} is smaller than 5 MiB and not the last")]
    PartTooSmall {
        /// The part's number.
        number: u16,
    },
    /// A range lies outside the object that is copied.
    #[error("the range lies outside the object")]
    InvalidRange,
    /// The object is not what the client says it is.
    #[error("the `{what}` of the object is another than the one named")]
    Mismatch {
        /// Its checksum, or its size.
        what: &'static str,
    },
    /// The owner of the folder would keep more than is allowed.
    #[error(transparent)]
    OverQuota(#[from] OverQuota),
    /// The data ended in an error.
    #[error("the data could not be received")]
    Body(#[source] BoxError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
