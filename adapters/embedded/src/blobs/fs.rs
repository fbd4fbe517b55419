//! The file system as blobs use it: a seam, so that a test can see the order of effects and make each fail.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::durable;

/// What blobs need of a file system. Every call blocks.
pub trait BlobFs: fmt::Debug + Send + Sync {
    /// Creates a file for writing; it must not exist.
    fn create(&self, path: &Path) -> io::Result<Box<dyn BlobFile>>;
    /// Opens a file for reading.
    fn open(&self, path: &Path) -> io::Result<File>;
    /// Renames a file within its directory.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// The names in a directory.
    fn names(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;
}

/// A file being written.
pub trait BlobFile: Write + fmt::Debug + Send {
    /// Makes the written bytes durable.
    fn sync(&self) -> io::Result<()>;
}

/// The operating system's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsFs;

impl BlobFs for OsFs {
    fn create(&self, path: &Path) -> io::Result<Box<dyn BlobFile>> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Box::new(options.open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        File::open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        durable::sync_directory(dir)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(dir)?
            .map(|entry| entry.map(|entry| PathBuf::from(entry.file_name())))
            .collect()
    }
}

impl BlobFile for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_all()
    }
}
