//! `cargo xtask release`: the local server with the web client built, as one archive that runs where it is unpacked.

use std::{
    env, fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;
use serde_json::Value;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{
    command::{self, Failure},
    web, workspace,
};

/// Build the local server and the web client, and put both into one archive
///
/// Writes `target/release-archive/notewarden-<version>-<target>.zip`: a folder with the server, the client beside it,
/// where the server finds it, the licence and the README.
#[derive(Args)]
pub(crate) struct Release {}

impl Release {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if let Some(missing) = web::build()? {
            return Err(Failure::Other(format!(
                "a release has the web client in it: {missing}"
            )));
        }
        let server = workspace::build_server(true)?;
        let folder = workspace::target()?.join("release-archive");
        let archive = pack(&server, &folder)?;
        println!("{}", archive.display());
        Ok(())
    }
}

/// Packs `server` and the built client into an archive in `folder`; its path.
pub(crate) fn pack(server: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let name = format!("notewarden-{}-{}", version()?, target()?);
    let root = workspace::root();
    let mut files = Vec::new();
    let program = format!("notewarden{}", env::consts::EXE_SUFFIX);
    files.push((program, server.to_owned(), 0o755));
    for text in ["LICENSE", "README.md"] {
        files.push((text.to_owned(), root.join(text), 0o644));
    }
    gather(&web::built(), "web", &mut files)?;

    let mut entries = Vec::with_capacity(files.len());
    for (path, file, mode) in files {
        let content = fs::read(&file).map_err(|source| Failure::file(&file, source))?;
        entries.push((format!("{name}/{path}"), content, mode));
    }
    let packed = written(&entries)
        .map_err(|error| Failure::Other(format!("the archive cannot be written: {error}")))?;
    fs::create_dir_all(folder).map_err(|source| Failure::file(folder, source))?;
    let archive = folder.join(format!("{name}.zip"));
    fs::write(&archive, packed).map_err(|source| Failure::file(&archive, source))?;
    Ok(archive)
}

/// The files below `folder`, by their paths in the archive, in an order of their own.
fn gather(
    folder: &Path,
    inside: &str,
    files: &mut Vec<(String, PathBuf, u32)>,
) -> Result<(), Failure> {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = listed.map_err(|source| Failure::file(folder, source))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{inside}/{}", entry.file_name().display());
        if entry.path().is_dir() {
            gather(&entry.path(), &path, files)?;
        } else {
            files.push((path, entry.path(), 0o644));
        }
    }
    Ok(())
}

/// The archive, in which nothing is of when it was made.
fn written(entries: &[(String, Vec<u8>, u32)]) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content, mode) in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(*mode);
        archive.start_file(path.as_str(), options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn version() -> Result<String, Failure> {
    let metadata = workspace::metadata()?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    packages
        .into_iter()
        .flatten()
        .find(|package| package.get("name").and_then(Value::as_str) == Some("notewarden"))
        .and_then(|package| package.get("version")?.as_str())
        .map(str::to_owned)
        .ok_or_else(|| Failure::Other("cargo names no version of `notewarden`".to_owned()))
}

/// Rust's name for this machine.
fn target() -> Result<String, Failure> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let text = command::read(Command::new(rustc).arg("-vV"))?;
    let text = String::from_utf8_lossy(&text);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::Other("rustc does not say what it builds for".to_owned()))
}

#[cfg(test)]
mod tests {
    use zip::ZipArchive;

    use super::*;

    #[test]
    fn the_same_files_give_the_same_archive_and_the_server_can_be_run() {
        let entries = [
            ("x/notewarden".to_owned(), b"\x7fELF".to_vec(), 0o755),
            ("x/web/index.html".to_owned(), b"page".to_vec(), 0o644),
        ];
        let packed = written(&entries).unwrap();
        assert_eq!(packed, written(&entries).unwrap());
        let mut archive = ZipArchive::new(Cursor::new(packed)).unwrap();
        let server = archive.by_name("x/notewarden").unwrap();
        assert_eq!(server.unix_mode().unwrap() & 0o777, 0o755);
    }

    #[test]
    fn a_release_says_what_it_is_of() {
        assert_eq!(version().unwrap(), env!("CARGO_PKG_VERSION"));
        assert!(target().unwrap().contains('-'));
    }
}
