//! People's files and archives as objects of an S3 bucket.
//!
//! Every key starts with `private/<identity id>/` or `zip/<identity id>/`. What the adapters call, and so what their
//! roles must allow, is in `tests/permissions.golden` of files, in `tests/erasure.golden` of all that is somebody's and in
//! `tests/archives.golden` of archives, each held against a run of the contract. Links call nothing: they allow what the credentials that sign them may do.
#![warn(missing_docs)]

mod bucket;
mod files;
mod links;
mod objects;
mod uploads;

pub use files::S3Files;
pub use links::S3Links;
pub use objects::S3Objects;
