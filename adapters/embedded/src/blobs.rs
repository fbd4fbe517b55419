//! Immutable byte strings, each under an id of our own: small ones in the database, the others in files.
//!
//! A file is written under a temporary name, synced, renamed, and its directory synced, before anything in
//! the database refers to it. What nothing refers to is removed: a blob that was never kept when its
//! [`StagedBlob`] is dropped, a released one after its last reader, and what a crash left behind by
//! [`Blobs::sweep`].

mod fs;
mod grace;
mod writer;

use std::{
    collections::HashSet,
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use self::grace::Grace;
pub use self::{
    fs::{BlobFile, BlobFs, OsFs},
    writer::{BlobWriter, StagedBlob},
};

/// Blobs up to this many bytes live in the database, where they share its flush.
pub const INLINE_BYTES: usize = 16 << 10;

const TEMPORARY: &str = "tmp";

/// The name of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlobId(pub(crate) u128);

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// The blobs of one data directory. Clones share them.
#[derive(Clone, Debug)]
pub struct Blobs {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    fs: Arc<dyn BlobFs>,
    dir: PathBuf,
    grace: Grace,
    /// Blobs on their way: in a file, perhaps, and not yet in the database.
    staged: Mutex<HashSet<BlobId>>,
}

impl Blobs {
    /// The blobs in `dir`, which exists.
    pub fn new(fs: Arc<dyn BlobFs>, dir: PathBuf) -> Self {
        Self {
            shared: Arc::new(Shared {
                fs,
                dir,
                grace: Grace::default(),
                staged: Mutex::default(),
            }),
        }
    }

    /// Begins a new blob; `id` was never used before.
    pub fn writer(&self, id: BlobId) -> BlobWriter {
        self.shared.staged().insert(id);
        BlobWriter::new(StagedBlob::new(Arc::clone(&self.shared), id))
    }

    /// Begins to read: what is in the database now stays readable until the answer is dropped.
    pub fn reading(&self) -> Reading {
        Reading {
            epoch: self.shared.grace.enter(),
            shared: Arc::clone(&self.shared),
        }
    }

    /// Nothing in the database refers to these any more: removes them after their last reader.
    pub fn retire(&self, blobs: Vec<BlobId>) {
        if !blobs.is_empty() {
            self.shared.remove(&self.shared.grace.retire(blobs));
        }
    }

    /// Removes the files that a crash left behind, told by `is_known`, which looks into the database.
    ///
    /// # Errors
    /// If the directory or the database cannot be read.
    pub fn sweep<E: From<io::Error>>(
        &self,
        mut is_known: impl FnMut(BlobId) -> Result<bool, E>,
    ) -> Result<usize, E> {
        let mut orphans = Vec::new();
        for name in self.shared.fs.names(&self.shared.dir)? {
            let Some(id) = blob_of(&name) else { continue };
            // INVARIANT: a staged blob enters the database before it leaves `staged`, so it is seen in one.
            let is_staged = self.shared.staged().contains(&id);
            if !is_staged && !is_known(id)? {
                orphans.push(id);
            }
        }
        let count = orphans.len();
        self.retire(orphans);
        Ok(count)
    }
}

impl Shared {
    fn path(&self, id: BlobId) -> PathBuf {
        self.dir.join(id.to_string())
    }

    fn temporary_path(&self, id: BlobId) -> PathBuf {
        self.path(id).with_extension(TEMPORARY)
    }

    fn staged(&self) -> MutexGuard<'_, HashSet<BlobId>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove(&self, blobs: &[BlobId]) {
        for id in blobs {
            self.remove_file(&self.path(*id));
            self.remove_file(&self.temporary_path(*id));
        }
    }

    fn remove_file(&self, path: &Path) {
        match self.fs.remove(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "an unused blob could not be removed");
            }
        }
    }
}

/// Keeps every blob that was in the database when it began.
#[derive(Debug)]
pub struct Reading {
    epoch: u64,
    shared: Arc<Shared>,
}

impl Reading {
    /// Opens the file of a blob that does not live in the database. Blocks.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(&self, id: BlobId) -> io::Result<std::fs::File> {
        self.shared.fs.open(&self.shared.path(id))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let free = self.shared.grace.leave(self.epoch);
        self.shared.remove(&free);
    }
}

/// The blob that a file name is of, temporary or not.
fn blob_of(name: &Path) -> Option<BlobId> {
    let is_ours = name.extension().is_none_or(|ext| ext == TEMPORARY);
    let stem = name.file_stem()?.to_str()?;
    let id = u128::from_str_radix(stem, 16).ok().map(BlobId)?;
    (is_ours && id.to_string() == stem).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_ours() {
        let id = BlobId(0xabc);
        let name = PathBuf::from(id.to_string());
        assert_eq!(blob_of(&name), Some(id));
        assert_eq!(blob_of(&name.with_extension("tmp")), Some(id));
        for foreign in [
            "abc",
            "README",
            "000000000000000000000000000000AB",
            "",
            "lost+found",
        ] {
            assert_eq!(blob_of(Path::new(foreign)), None, "{foreign}");
        }
        assert_eq!(blob_of(&name.with_extension("bak")), None);
    }
}
