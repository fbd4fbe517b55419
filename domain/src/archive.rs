//! Archives: many files as one zip, planned without reading them.
//!
//! [`unique_names`] gives entries names that are safe to unpack, [`Compression`] their [`Method`], [`Layout`] says
//! where everything will lie, and [`Writer`] makes the records between the entries' bytes. Nothing here touches
//! those bytes, so it is the same whether they are read by the worker or copied by the store, and the same
//! input gives the same zip. A [`Plan`] says which bytes are read and which copied, at what expected cost, and a
//! [`Job`] who works on it and how it ends.
//!
//! ```
//! use notewarden_domain::Timestamp;
//! use notewarden_domain::archive::{Checksum, Crc32, Entry, Layout, Writer, unique_names};
//!
//! let content = b"hello\n";
//! let checksum = Checksum::Known(Crc32::new(0x363A_3020));
//! let entries: Vec<Entry> = unique_names(["a.txt", "A.TXT"])
//!     .into_iter()
//!     .map(|name| Entry::stored(name, Timestamp::from_millis(0), 6, checksum))
//!     .collect();
//! assert_eq!(entries[1].name().as_str(), "A (2).TXT");
//! let layout = Layout::of(&entries);
//!
//! let mut zip = Vec::new();
//! let mut writer = Writer::new();
//! for entry in &entries {
//!     zip.extend(writer.begin(entry, None)?);
//!     zip.extend(content);
//!     let body = entry.known_body().ok_or("not stored")?;
//!     zip.extend(writer.end(body)?);
//! }
//! zip.extend(writer.finish()?);
//! assert_eq!(layout.total().exact(), Some(zip.len() as u64));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod crc;
mod entry;
mod job;
mod layout;
mod limits;
mod method;
mod name;
mod plan;
mod record;
mod selection;
mod stamp;
mod terms;
mod writer;

pub use crc::Crc32;
pub use entry::{Body, Checksum, Entry, Extent};
pub use job::{
    ARCHIVE_LIFETIME, ArchiveId, ArchiveName, Attempt, Failure, Job, LEASE, MAX_MISSING_NAMES,
    Missing, Progress, Refused, State, Status, Toll,
};
pub use layout::Layout;
pub use limits::Limits;
pub use method::{Compression, Method};
pub use name::{EntryName, unique_names};
pub use plan::{Expected, Origin, Piece, Plan, Source, Step, Strategy, Upload};
pub use selection::Selection;
pub use terms::{PartSize, Prices, StoreRules, Terms, Worker};
pub use writer::{LayoutError, Writer};
