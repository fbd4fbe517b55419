//! What every implementation of a port must do, fakes included. Each check is a function of its own that
//! makes its own people, so that a suite can run on a store that others use at the same time.

mod accounts;
mod api_keys;
mod archive_objects;
mod archives;
mod claims;
mod file_index;
mod files;
mod identities;
mod identity_links;
mod ids;
mod links;
mod notes;

pub use accounts::{Users, accounts};
pub use api_keys::{api_key, api_key_store};
pub use archive_objects::{Bucket, archive_objects};
pub use archives::archive_store;
pub use claims::{idempotency_store, shared_claims};
pub use file_index::{Folder, file_index};
pub use files::{erasure, file_store, file_store_of_paths};
pub use identities::{LoginProvider, identity_broker};
pub use identity_links::identity_links;
pub use ids::id_source;
pub use links::{LinkedObjects, link_signer};
pub use notes::note_store;
