//! Where everything lies in a zip, before any byte is read.

use super::{
    entry::{Entry, Extent},
    record,
};

/// The offsets of a zip of these entries in this order: exact where every entry before is stored, and otherwise
/// within bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    starts: Vec<Extent>,
    directory: Extent,
    total: Extent,
}

impl Layout {
    /// The layout of `entries`.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut starts = Vec::new();
        let mut at = Extent::default();
        let mut directory_length = Extent::default();
        for entry in entries {
            starts.push(at);
            directory_length = directory_length + Self::central(entry, at);
            at = at + Self::local(entry);
        }
        let count = starts.len() as u64;
        let end = Extent {
            min: record::end_length(count, at.min, directory_length.min),
            max: record::end_length(count, at.max, directory_length.max),
        };
        Self {
            starts,
            directory: at,
            total: at + directory_length + end,
        }
    }

    /// Where the local header of the entry with this number starts.
    pub fn start(&self, entry: usize) -> Option<Extent> {
        self.starts.get(entry).copied()
    }

    /// Where the central directory starts.
    pub fn directory(&self) -> Extent {
        self.directory
    }

    /// The length of the central directory with the records after it.
    pub fn directory_length(&self) -> Extent {
        // The ends of both bounds belong together.
        Extent {
            min: self.total.min.saturating_sub(self.directory.min),
            max: self.total.max.saturating_sub(self.directory.max),
        }
    }

    /// The length of the zip.
    pub fn total(&self) -> Extent {
        self.total
    }

    /// An entry with its header and descriptor.
    pub(super) fn local(entry: &Entry) -> Extent {
        let records = record::local_header_length(entry) + record::descriptor_length(entry);
        Extent::exactly(records) + entry.body_extent()
    }

    fn central(entry: &Entry, start: Extent) -> Extent {
        let body = entry.body_extent();
        Extent {
            min: record::central_header_length(entry, start.min, body.min),
            max: record::central_header_length(entry, start.max, body.max),
        }
    }
}
