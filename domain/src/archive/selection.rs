//! What an archive is of.

use serde::{Deserialize, Serialize};

use crate::FileName;

/// What a person has selected: files by their names, in the order of the zip, and maybe all notes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The files, each once.
    pub names: Vec<FileName>,
    /// Whether the zip has the owner's notes too: `notes.json`, and each as `notes/<note id>.md`.
    pub with_notes: bool,
}
