//! What the use cases need from the world, as small object-safe traits. Each is implemented on AWS and
//! by the embedded store, and held to one contract suite in the testkit.

mod accounts;
mod clock;
mod files;
mod identities;
mod ids;
mod notes;

pub use accounts::Accounts;
pub use clock::Clock;
pub use files::{FileMeta, FileStore};
pub use identities::{IdentityBroker, LoginOutcome};
pub use ids::IdSource;
pub use notes::{NotePage, NoteQuery, NoteStore, Order};

#[cfg(feature = "mock")]
pub use {
    accounts::MockAccounts, clock::MockClock, files::MockFileStore, identities::MockIdentityBroker,
    ids::MockIdSource, notes::MockNoteStore,
};
