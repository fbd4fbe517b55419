//! Private notes and files for signed-in people: the rules, without I/O.
//!
//! Values are parsed at the edge and cannot hold an invalid state; time, randomness and storage come
//! in through [`ports`]; the use cases in [`notes`], [`files`] and [`archives`] take the [`Caller`] first and
//! authorize before any effect; [`policy`] reads and evaluates the IAM policy language; [`archive`] plans zips.
#![warn(missing_docs)]

pub mod account;
pub mod allowances;
pub mod api_key;
pub mod api_keys;
pub mod archive;
pub mod archives;
pub mod caller;
mod concurrent;
pub mod error;
pub mod file;
pub mod files;
pub mod idempotency;
pub mod identity;
pub mod note;
pub mod notes;
pub mod policy;
pub mod ports;
pub mod quota;
pub mod sign_ins;
mod spelling;
pub mod time;
pub mod work;

pub use caller::{Caller, Scope, Scopes};
pub use error::{Invalid, StoreError};
pub use file::{FileName, ObjectKey};
pub use identity::IdentityId;
pub use note::{Content, Note, NoteId, Version};
pub use time::Timestamp;
