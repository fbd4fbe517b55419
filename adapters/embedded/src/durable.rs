//! Small files that are there whole or not at all, whenever the power fails.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner and, by the umask, others.
    Everyone,
    /// Its owner alone (mode 0600).
    Owner,
}

/// Writes the file `path`, in the place of the one that may be there, and answers when it is durable. Nobody
/// ever finds a part of it under that name: it grows under its name with `.new` behind.
///
/// # Errors
/// The file cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let mut growing = path.as_os_str().to_owned();
    growing.push(".new");
    let growing = Path::new(&growing);
    // One left by a killed process may have other readers.
    match fs::remove_file(growing) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(growing)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(growing, path)?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Makes the names in a directory durable; the empty path is the current one.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    // Other systems cannot open a directory, and order their names themselves.
    if cfg!(unix) {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_takes_the_place_of_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        // What a killed process leaves is in nobody's way.
        fs::write(dir.path().join("file.new"), b"half").unwrap();
        for bytes in [b"one".as_slice(), b"another"] {
            write_whole(&path, bytes, Readers::Everyone).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        let names = fs::read_dir(dir.path()).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["file"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_the_file_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        write_whole(&path, b"one", Readers::Everyone).unwrap();
        // A directory there cannot be removed as a file.
        fs::create_dir(dir.path().join("file.new")).unwrap();
        assert!(write_whole(&path, b"another", Readers::Everyone).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }

    #[cfg(unix)]
    #[test]
    fn an_owners_file_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        // Neither an older file nor what a killed process left of a newer one opens it to others.
        for open in ["secret", "secret.new"] {
            fs::write(dir.path().join(open), b"0").unwrap();
        }
        write_whole(&path, b"1", Readers::Owner).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"1");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
