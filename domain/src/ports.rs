//! What the use cases need from the world, as small object-safe traits. Each is implemented on AWS and
//! by the embedded store, and held to one contract suite in the testkit.

mod accounts;
mod api_keys;
mod archive_objects;
mod archives;
mod clock;
mod files;
mod idempotency;
mod identities;
mod identity_links;
mod ids;
mod links;
mod notes;
mod work;

pub use accounts::Accounts;
pub use api_keys::ApiKeyStore;
pub use archive_objects::{ArchiveObjects, ArchiveUpload, ByteSource, StoredPart};
pub use archives::{ArchivePage, ArchiveQuery, ArchiveStore};
pub use clock::Clock;
pub use files::{
    FileEntry, FileIndex, FileMeta, FilePage, FileQuery, FileStore, FolderEntry, FolderPage,
};
pub use idempotency::IdempotencyStore;
pub use identities::{IdentityBroker, LoginOutcome};
pub use identity_links::IdentityLinks;
pub use ids::IdSource;
pub use links::{DownloadTerms, LinkSigner, SignedLink, UploadTerms};
pub use notes::{NotePage, NoteQuery, NoteStore, Order};
pub use work::WorkQueue;

#[cfg(feature = "mock")]
pub use {
    accounts::MockAccounts,
    api_keys::MockApiKeyStore,
    archive_objects::MockArchiveObjects,
    archives::MockArchiveStore,
    clock::MockClock,
    files::{MockFileIndex, MockFileStore},
    idempotency::MockIdempotencyStore,
    identities::MockIdentityBroker,
    identity_links::MockIdentityLinks,
    ids::MockIdSource,
    links::MockLinkSigner,
    notes::MockNoteStore,
    work::MockWorkQueue,
};
