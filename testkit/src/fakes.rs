//! Fakes of every port: small, in memory, and held to the same contracts as the real adapters.

mod accounts;
mod clock;
mod files;
mod identities;
mod ids;
mod links;
mod notes;

pub use accounts::MemoryAccounts;
pub use clock::{FixedClock, SteppedClock};
pub use files::MemoryFiles;
pub use identities::MemoryIdentities;
pub use ids::SeededIds;
pub use links::PlainLinks;
pub use notes::MemoryNotes;
