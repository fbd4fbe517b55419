//! The records of a zip in the order in which they are written, and what must hold between them.

use super::{
    EntryName,
    entry::{Body, Entry},
    record,
};

/// Why an archive cannot go on: it would not be a correct zip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The object is not what it was when the archive was planned.
    #[error("the bytes of `{name}` are not those that were planned")]
    Changed {
        /// Its entry.
        name: EntryName,
    },
    /// The header of an entry is asked for before its bytes are known.
    #[error("the bytes of `{name}` are not known before its header")]
    BodyUnknown {
        /// Its entry.
        name: EntryName,
    },
    /// An entry is begun before the one before it ended, or ended before it began.
    #[error("the entries of the archive are out of order")]
    OutOfOrder,
}

/// Writes the records of a zip. The bytes of the entries never pass through it, only their lengths and checksums.
///
/// Memory grows with the number of entries, by the bytes of the central directory.
#[derive(Debug, Default)]
pub struct Writer {
    offset: u64,
    entries: u64,
    directory: Vec<u8>,
    open: Option<Open>,
}

/// An entry whose header is written and whose bytes are not all there.
#[derive(Debug)]
struct Open {
    entry: Entry,
    offset: u64,
    /// The body that the header gives.
    given: Option<Body>,
}

impl Writer {
    /// A zip without entries yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the next byte goes. While an entry is open, where its bytes start.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The header before an entry's bytes. `body` is needed of an entry whose bytes come first, and is
    /// otherwise only compared with what is known.
    ///
    /// # Errors
    /// [`LayoutError::Changed`] if the body is not what the entry says; the header is not written.
    pub fn begin(&mut self, entry: &Entry, body: Option<Body>) -> Result<Vec<u8>, LayoutError> {
        if self.open.is_some() {
            return Err(LayoutError::OutOfOrder);
        }
        let given = if entry.has_descriptor() {
            None
        } else {
            let known = body.or(entry.known_body());
            let body = known.ok_or_else(|| LayoutError::BodyUnknown {
                name: entry.name().clone(),
            })?;
            Self::check(entry, body, None)?;
            Some(body)
        };
        let header = record::local_header(entry, given);
        let offset = self.offset;
        self.advance(header.len() as u64);
        self.open = Some(Open {
            entry: entry.clone(),
            offset,
            given,
        });
        Ok(header)
    }

    /// The data descriptor after an entry's bytes, empty where there is none.
    ///
    /// # Errors
    /// [`LayoutError::Changed`] if the body is not what the entry or its header says: the zip under way is
    /// useless.
    pub fn end(&mut self, body: Body) -> Result<Vec<u8>, LayoutError> {
        let Some(Open {
            entry,
            offset,
            given,
        }) = self.open.take()
        else {
            return Err(LayoutError::OutOfOrder);
        };
        Self::check(&entry, body, given)?;
        let descriptor = record::descriptor(&entry, body);
        self.advance(body.length);
        self.advance(descriptor.len() as u64);
        let header = record::central_header(&entry, offset, body);
        self.directory.extend_from_slice(&header);
        self.entries += 1;
        Ok(descriptor)
    }

    /// The central directory and the records after it: the last bytes of the zip.
    ///
    /// # Errors
    /// [`LayoutError::OutOfOrder`] if an entry is open.
    pub fn finish(self) -> Result<Vec<u8>, LayoutError> {
        if self.open.is_some() {
            return Err(LayoutError::OutOfOrder);
        }
        let mut directory = self.directory;
        let end = record::end(self.entries, self.offset, directory.len() as u64);
        directory.extend_from_slice(&end);
        Ok(directory)
    }

    fn check(entry: &Entry, body: Body, given: Option<Body>) -> Result<(), LayoutError> {
        let is_as_planned = entry.body_extent().contains(body.length)
            && entry.known_body().is_none_or(|known| known == body)
            && given.is_none_or(|given| given == body);
        if is_as_planned {
            Ok(())
        } else {
            Err(LayoutError::Changed {
                name: entry.name().clone(),
            })
        }
    }

    fn advance(&mut self, bytes: u64) {
        self.offset = self.offset.saturating_add(bytes);
    }
}
