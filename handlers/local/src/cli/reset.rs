//! `notewarden reset`.

use std::{fs, io, path::PathBuf};

use clap::Args;
use notewarden_embedded::database::{DataDirectory, LOCK};

use super::{CliError, say};
use crate::deployment::Deployment;

/// What to forget.
#[derive(Debug, Args)]
pub struct ResetOptions {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = ".notewarden")]
    data_dir: PathBuf,
}

pub fn run(options: &ResetOptions) -> Result<(), CliError> {
    let directory = &options.data_dir;
    // Whatever else the name stands for is not ours to empty.
    if !Deployment::exists(directory) {
        return Err(format!("`{}` is no data directory", directory.display()).into());
    }
    let claimed = DataDirectory::claim(directory)?;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    drop(claimed);
    match fs::remove_file(directory.join(LOCK)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    say(format_args!("`{}` is empty", directory.display()));
    Ok(())
}
