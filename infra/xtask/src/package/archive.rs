//! The archive that Lambda unpacks: one executable, and nothing in it of when or where it was made.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::command::Failure;

/// What Lambda starts in the runtimes that bring their own.
const ENTRY: &str = "bootstrap";

/// An archive with `binary` as its one, executable entry.
pub(super) fn pack(binary: &[u8]) -> Result<Vec<u8>, Failure> {
    written(binary)
        .map_err(|error| Failure::Other(format!("the archive cannot be written: {error}")))
}

fn written(binary: &[u8]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(ENTRY, options)?;
    archive.write_all(binary)?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn the_archive_holds_an_executable_bootstrap() {
        let binary = b"\x7fELF and so on".repeat(1_000);
        let mut archive = ZipArchive::new(Cursor::new(pack(&binary).unwrap())).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_index(0).unwrap();
        assert_eq!(entry.name().unwrap(), "bootstrap");
        assert_eq!(entry.unix_mode().unwrap() & 0o777, 0o755);
        let modified = entry.last_modified().unwrap();
        assert_eq!(
            (modified.year(), modified.month(), modified.day()),
            (1980, 1, 1)
        );
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert_eq!(content, binary);
    }

    #[test]
    fn the_same_binary_gives_the_same_bytes() {
        assert_eq!(pack(b"a binary").unwrap(), pack(b"a binary").unwrap());
    }
}
