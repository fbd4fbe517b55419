//! `notewarden snapshot`: a data directory as one tar file, with its keys, so only its owner may read it.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use notewarden_embedded::database::{DataDirectory, LOCK};

use super::{CliError, say};
use crate::deployment::Deployment;

/// What to do with the file.
#[derive(Debug, Args)]
pub struct SnapshotOptions {
    #[command(subcommand)]
    command: SnapshotCommand,
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = ".notewarden", global = true)]
    data_dir: PathBuf,
}

#[derive(Debug, Subcommand)]
enum SnapshotCommand {
    /// Write everything that the data directory holds into FILE, which holds its secrets too
    Save { file: PathBuf },
    /// Make the data directory, which must not exist or be empty, from FILE
    Load { file: PathBuf },
}

pub fn run(options: &SnapshotOptions) -> Result<(), CliError> {
    let directory = &options.data_dir;
    match &options.command {
        SnapshotCommand::Save { file } => {
            save(directory, file)?;
            say(format_args!("`{}` is saved", directory.display()));
        }
        SnapshotCommand::Load { file } => {
            load(file, directory)?;
            say(format_args!("`{}` is loaded", directory.display()));
        }
    }
    Ok(())
}

fn save(directory: &Path, file: &Path) -> Result<(), CliError> {
    if !Deployment::exists(directory) {
        return Err(format!("`{}` is no data directory", directory.display()).into());
    }
    // Nobody writes while it is read.
    let _claimed = DataDirectory::claim(directory)?;
    let growing = beside(file, ".new");
    remove(&growing)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(&growing);
    let opened = opened.map_err(|error| unusable(file, &error))?;
    let mut archive = tar::Builder::new(opened);
    archive.follow_symlinks(false);
    append(&mut archive, directory, Path::new(""))?;
    archive.into_inner()?.sync_all()?;
    fs::rename(&growing, file)?;
    Ok(())
}

/// Appends what is in `folder` of the data directory, all but the lock and what is not finished.
fn append(
    archive: &mut tar::Builder<File>,
    directory: &Path,
    folder: &Path,
) -> Result<(), CliError> {
    for entry in fs::read_dir(directory.join(folder))? {
        let entry = entry?;
        let name = folder.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            archive.append_dir(&name, entry.path())?;
            append(archive, directory, &name)?;
        } else if kind.is_file() && name != Path::new(LOCK) {
            archive.append_path_with_name(entry.path(), &name)?;
        }
    }
    Ok(())
}

fn load(file: &Path, directory: &Path) -> Result<(), CliError> {
    let opened = File::open(file).map_err(|error| unusable(file, &error))?;
    let is_empty = match fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(unusable(directory, &error)),
    };
    if !is_empty {
        let directory = directory.display();
        return Err(format!("`{directory}` is not empty: `notewarden reset` empties it").into());
    }
    // It has its name only when it is whole.
    let growing = beside(directory, ".loading");
    if growing.exists() {
        fs::remove_dir_all(&growing)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&growing)?;
    let unpacked = unpack(opened, &growing)
        .map_err(|error| format!("`{}` is no snapshot ({error})", file.display()))
        .and_then(|()| {
            let is_whole = Deployment::exists(&growing);
            is_whole
                .then_some(())
                .ok_or_else(|| format!("`{}` is no snapshot of a data directory", file.display()))
        });
    if let Err(refusal) = unpacked {
        fs::remove_dir_all(&growing)?;
        return Err(refusal.into());
    }
    if directory.exists() {
        fs::remove_dir(directory)?;
    }
    fs::rename(&growing, directory)?;
    Ok(())
}

/// Takes files and folders, and nothing that could lead elsewhere.
fn unpack(file: File, into: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(file);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        // The database is a file with holes.
        let is_plain = kind.is_file() || kind.is_gnu_sparse() || kind.is_dir();
        let is_inside = is_plain && entry.unpack_in(into)?;
        if !is_inside {
            let name = entry.path()?.display().to_string();
            return Err(io::Error::other(format!("`{name}` does not belong there")));
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn unusable(path: &Path, error: &io::Error) -> CliError {
    format!("`{}` cannot be used ({error})", path.display()).into()
}
