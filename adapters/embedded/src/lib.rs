//! Every store on redb and plain blob files: durable, in one data directory that one process owns.
//!
//! [`Database`] gathers the writes of many requests into one commit and answers after its flush.
#![warn(missing_docs)]

pub mod api_keys;
pub mod archive_objects;
pub mod archives;
pub mod blobs;
pub mod checksums;
pub mod claims;
pub mod database;
pub mod durable;
pub mod files;
pub mod identity_links;
pub mod multipart;
pub mod notes;
pub mod objects;
pub mod queue;

pub use api_keys::EmbeddedApiKeys;
pub use archive_objects::EmbeddedArchiveObjects;
pub use archives::EmbeddedArchives;
pub use claims::EmbeddedClaims;
pub use database::{Database, OpenError};
pub use files::EmbeddedFiles;
pub use identity_links::EmbeddedLinks;
pub use notes::EmbeddedNotes;
pub use objects::Objects;
pub use queue::{Delivery, EmbeddedQueue};
