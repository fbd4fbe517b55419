//! Bytes that the worker makes itself: in memory, or spooled into a file.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_domain::{StoreError, archive::Body, ports::ByteSource};
use tokio::task::spawn_blocking;

/// How much is read from a spool at once, in bytes.
const CHUNK: u64 = 256 << 10;

/// A temporary file in which made entries lie one after another, as they are in the zip. Whoever has it reads it, one at
/// a time.
#[derive(Clone, Debug)]
pub(crate) struct Spool(Arc<Mutex<Arc<File>>>);

impl Spool {
    /// The spool in `file`.
    pub fn new(file: Arc<File>) -> Self {
        Self(Arc::new(Mutex::new(file)))
    }

    fn read(&self, start: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = &**file;
        file.seek(SeekFrom::Start(start))?;
        let read = file.take(length).read_to_end(&mut bytes)?;
        if read as u64 == length {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

/// The bytes of a made entry.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// In memory, stored.
    Held(Bytes),
    /// In a spool, as they are in the zip.
    Spooled {
        /// Where they are.
        spool: Spool,
        /// Their place.
        range: Range<u64>,
        /// What they are.
        body: Body,
    },
}

/// The bytes of all made entries, by the entries' numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Made(HashMap<usize, Content>);

impl Made {
    pub fn insert(&mut self, entry: usize, content: Content) {
        self.0.insert(entry, content);
    }

    pub fn get(&self, entry: usize) -> Option<&Content> {
        self.0.get(&entry)
    }
}

/// Bytes in memory, as a source.
pub(super) struct Held(pub Option<Bytes>);

#[async_trait]
impl ByteSource for Held {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        Ok(self.0.take().filter(|bytes| !bytes.is_empty()))
    }
}

/// A range of a spool, as a source.
pub(super) struct Spooled {
    pub spool: Spool,
    pub rest: Range<u64>,
}

#[async_trait]
impl ByteSource for Spooled {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (start, length) = (self.rest.start, CHUNK.min(self.rest.end - self.rest.start));
        let spool = self.spool.clone();
        let read = spawn_blocking(move || spool.read(start, length)).await;
        let bytes = read
            .map_err(StoreError::unavailable)?
            .map_err(StoreError::unavailable)?;
        self.rest.start += length;
        Ok(Some(bytes.into()))
    }
}
