//! Fakes of every port: small, in memory, and held to the same contracts as the real adapters.

mod accounts;
mod api_keys;
mod archives;
mod claims;
mod clock;
mod content;
mod files;
mod identities;
mod identity_links;
mod ids;
mod links;
mod notes;
mod objects;
mod queue;

pub use accounts::MemoryAccounts;
pub use api_keys::MemoryApiKeys;
pub use archives::MemoryArchives;
pub use claims::MemoryClaims;
pub use clock::{FixedClock, SteppedClock};
pub use content::{Content, Reader};
pub use files::MemoryFiles;
pub use identities::MemoryIdentities;
pub use identity_links::MemoryLinks;
pub use ids::SeededIds;
pub use links::PlainLinks;
pub use notes::MemoryNotes;
pub use objects::MemoryObjects;
pub use queue::{MemoryQueue, Sent};
