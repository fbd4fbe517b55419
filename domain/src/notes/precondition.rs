//! On which version of a note a change depends.

use super::NotesError;
use crate::Version;

/// Some versions of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Every one: the note exists.
    Any,
    /// These.
    OneOf(Vec<Version>),
}

impl Versions {
    /// Whether `version` is one of them.
    pub fn contains(&self, version: Version) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }
}

/// What must hold of a note's version for a change to happen (RFC 9110, 13.1); by default nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precondition {
    /// The version must be one of these: `If-Match`.
    pub matches: Option<Versions>,
    /// The version must be none of these: `If-None-Match`.
    pub excludes: Option<Versions>,
}

impl Precondition {
    /// The note must be at `version`.
    pub fn at(version: Version) -> Self {
        Self {
            matches: Some(Versions::OneOf(vec![version])),
            excludes: None,
        }
    }

    pub(super) fn check(&self, version: Version) -> Result<(), NotesError> {
        let matched = self.matches.as_ref().is_none_or(|of| of.contains(version));
        let excluded = self
            .excludes
            .as_ref()
            .is_some_and(|of| of.contains(version));
        if matched && !excluded {
            Ok(())
        } else {
            Err(NotesError::PreconditionFailed)
        }
    }
}
