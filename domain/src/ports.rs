//! What the use cases need from the world, as small object-safe traits. Each is implemented on AWS and
//! by the embedded store, and held to one contract suite in the testkit.

mod accounts;
mod clock;
mod files;
mod identities;
mod ids;
mod links;
mod notes;

pub use accounts::Accounts;
pub use clock::Clock;
pub use files::{FileEntry, FileIndex, FileMeta, FilePage, FileQuery, FileStore};
pub use identities::{IdentityBroker, LoginOutcome};
pub use ids::IdSource;
pub use links::{DownloadTerms, LinkSigner, SignedLink, UploadTerms};
pub use notes::{NotePage, NoteQuery, NoteStore, Order};

#[cfg(feature = "mock")]
pub use {
    accounts::MockAccounts,
    clock::MockClock,
    files::{MockFileIndex, MockFileStore},
    identities::MockIdentityBroker,
    ids::MockIdSource,
    links::MockLinkSigner,
    notes::MockNoteStore,
};
