//! What the use cases need from the world, as small object-safe traits. Each is implemented on AWS and
//! by the embedded store, and held to one contract suite in the testkit.

mod clock;
mod files;
mod ids;
mod notes;

pub use clock::Clock;
pub use files::{FileMeta, FileStore};
pub use ids::IdSource;
pub use notes::{NotePage, NoteQuery, NoteStore, Order};

#[cfg(feature = "mock")]
pub use {clock::MockClock, files::MockFileStore, ids::MockIdSource, notes::MockNoteStore};
