//! The data directory: made for its owner's eyes only, and locked while a server uses it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use redb::backends::FileBackend;

use crate::durable::sync_directory;

/// Why a data directory cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    #[error("the data directory `{0}` is in use by another server")]
    InUse(String),
    /// It cannot be read or written.
    #[error("the data directory `{path}` cannot be used")]
    Io {
        /// The directory or file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// The database file is damaged.
    #[error("the database in `{path}` cannot be opened")]
    Database {
        /// The directory.
        path: String,
        /// The cause.
        source: redb::Error,
    },
    /// A newer version of the server has written it.
    #[error(
        "the data directory `{path}` has format {found}, and this version knows formats up to {known}: use the version that wrote it, or a newer one"
    )]
    Newer {
        /// The directory.
        path: String,
        /// Its format.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
}

/// The file whose lock says that the directory is in use.
pub const LOCK: &str = "lock";

/// A directory that no other process uses. The lock is the operating system's, on an open file, so it ends with
/// the process however that ends.
#[derive(Clone, Debug)]
pub struct DataDirectory {
    path: PathBuf,
    _lock: Arc<File>,
}

impl DataDirectory {
    /// Makes the directory if it is not there, and locks it until the last clone of the answer is gone.
    ///
    /// # Errors
    /// It is in use, or cannot be made.
    pub fn claim(path: &Path) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Io {
            path: path.display().to_string(),
            source,
        };
        create(path).map_err(unusable)?;
        let lock = open_private(&path.join(LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: Arc::new(lock),
            }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.display().to_string())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Sees to it that there is a database file: a new one is made whole by `create` under another name first,
    /// so that one whose making was interrupted is never taken for the database.
    pub(super) fn ensure_database_file(
        &self,
        create: impl FnOnce(FileBackend) -> Result<(), OpenError>,
    ) -> Result<(), OpenError> {
        let unusable = |source| OpenError::Io {
            path: self.path.display().to_string(),
            source,
        };
        let (file, new) = (self.database_file(), self.path.join("notewarden.redb.new"));
        if file.try_exists().map_err(unusable)? {
            return Ok(());
        }
        let started = open_private(&new).and_then(|new| {
            new.set_len(0)?;
            backend(new)
        });
        create(started.map_err(unusable)?)?;
        fs::rename(new, file).map_err(unusable)?;
        sync_directory(&self.path).map_err(unusable)
    }

    pub(super) fn open_database_file(&self) -> io::Result<FileBackend> {
        backend(open_private(&self.database_file())?)
    }

    fn database_file(&self) -> PathBuf {
        self.path.join("notewarden.redb")
    }
}

fn backend(file: File) -> io::Result<FileBackend> {
    FileBackend::new(file).map_err(io::Error::other)
}

/// Makes the directory and those above it that are missing, and makes their entries durable.
fn create(path: &Path) -> io::Result<()> {
    let missing = path.ancestors().take_while(|dir| !dir.exists());
    let missing: Vec<_> = missing.collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    for dir in missing {
        if let Some(parent) = dir.parent() {
            sync_directory(parent)?;
        }
    }
    Ok(())
}

/// Opens or creates a file that only its owner may read.
fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_locked_until_it_is_given_up() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("a/b");
        let first = DataDirectory::claim(&path).unwrap();
        let refusal = DataDirectory::claim(&path).err().unwrap();
        assert!(matches!(refusal, OpenError::InUse(_)));
        assert_eq!(
            refusal.to_string(),
            format!(
                "the data directory `{}` is in use by another server",
                path.display()
            )
        );
        drop(first);
        assert!(DataDirectory::claim(&path).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_look_inside() {
        use std::os::unix::fs::PermissionsExt;

        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("a/b");
        let directory = DataDirectory::claim(&path).unwrap();
        directory.ensure_database_file(|_| Ok(())).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for dir in [path.as_path(), &outer.path().join("a")] {
            assert_eq!(mode(dir), 0o700);
        }
        for file in ["lock", "notewarden.redb"] {
            assert_eq!(mode(&path.join(file)), 0o600);
        }
    }

    #[test]
    fn a_file_in_the_place_of_the_directory_is_named() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("file");
        fs::write(&path, "").unwrap();
        let refusal = DataDirectory::claim(&path).err().unwrap();
        assert!(matches!(refusal, OpenError::Io { .. }));
        assert!(refusal.to_string().contains("/file`"));
    }
}
