//! Writing a blob: in memory while it is small, then to a temporary file.

use std::{io, io::Write, mem, sync::Arc};

use super::{BlobFile, BlobId, INLINE_BYTES, Shared};

/// A blob under way. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct BlobWriter {
    staged: StagedBlob,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Memory(Vec<u8>),
    File(Box<dyn BlobFile>),
}

impl BlobWriter {
    pub(super) fn new(staged: StagedBlob) -> Self {
        Self {
            staged,
            sink: Sink::Memory(Vec::new()),
        }
    }

    /// Adds bytes. Blocks once the blob has outgrown [`INLINE_BYTES`].
    ///
    /// # Errors
    /// If they cannot be written; the blob must then be dropped.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.will_spill(bytes.len()) {
            self.spill()?;
        }
        match &mut self.sink {
            Sink::Memory(memory) => memory.extend_from_slice(bytes),
            Sink::File(file) => file.write_all(bytes)?,
        }
        self.staged.length += bytes.len() as u64;
        Ok(())
    }

    /// Whether a file is in use, or would be after `more` bytes.
    pub fn will_block(&self, more: usize) -> bool {
        matches!(self.sink, Sink::File(_)) || self.will_spill(more)
    }

    /// Makes the blob durable, as far as it is not the database's to do. Blocks if a file is in use.
    ///
    /// # Errors
    /// If it cannot be made durable.
    pub fn finish(mut self) -> io::Result<StagedBlob> {
        match self.sink {
            Sink::Memory(memory) => self.staged.inline = Some(memory),
            Sink::File(file) => {
                file.sync()?;
                drop(file);
                let shared = &self.staged.shared;
                let id = self.staged.id;
                shared
                    .fs
                    .rename(&shared.temporary_path(id), &shared.path(id))?;
                shared.fs.sync_dir(&shared.dir)?;
            }
        }
        Ok(self.staged)
    }

    fn will_spill(&self, more: usize) -> bool {
        match &self.sink {
            Sink::Memory(memory) => memory.len() + more > INLINE_BYTES,
            Sink::File(_) => false,
        }
    }

    fn spill(&mut self) -> io::Result<()> {
        let path = self.staged.shared.temporary_path(self.staged.id);
        let mut file = self.staged.shared.fs.create(&path)?;
        self.staged.has_file = true;
        if let Sink::Memory(memory) = &mut self.sink {
            file.write_all(&mem::take(memory))?;
        }
        self.sink = Sink::File(file);
        Ok(())
    }
}

/// A durable blob that the database does not refer to yet. Dropped unkept, it is removed.
#[derive(Debug)]
pub struct StagedBlob {
    shared: Arc<Shared>,
    id: BlobId,
    length: u64,
    inline: Option<Vec<u8>>,
    has_file: bool,
    outlives: bool,
}

impl StagedBlob {
    pub(super) fn new(shared: Arc<Shared>, id: BlobId) -> Self {
        Self {
            shared,
            id,
            length: 0,
            inline: None,
            has_file: false,
            outlives: false,
        }
    }

    /// Its name.
    pub fn id(&self) -> BlobId {
        self.id
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Its bytes, for the database, if it has no file.
    pub fn take_inline(&mut self) -> Option<Vec<u8>> {
        self.inline.take()
    }

    /// The database refers to it now, or may: a commit whose outcome is unknown leaves the file to the next
    /// start's sweep.
    pub fn keep(mut self) {
        self.outlives = true;
    }
}

impl Drop for StagedBlob {
    fn drop(&mut self) {
        if self.has_file && !self.outlives {
            self.shared.remove(&[self.id]);
        }
        self.shared.staged().remove(&self.id);
    }
}
