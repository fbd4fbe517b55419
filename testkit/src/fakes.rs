//! Fakes of every port: small, in memory, and held to the same contracts as the real adapters.

mod clock;
mod files;
mod ids;
mod notes;

pub use clock::{FixedClock, SteppedClock};
pub use files::MemoryFiles;
pub use ids::SeededIds;
pub use notes::MemoryNotes;
