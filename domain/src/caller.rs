//! Who calls a use case, and what the way they came in lets them do.

use crate::IdentityId;

/// Something that a caller may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Scope {
    /// Read notes.
    NotesRead,
    /// Create, change and delete notes.
    NotesWrite,
    /// Read files.
    FilesRead,
    /// Store and delete files.
    FilesWrite,
    /// See and download archives.
    ArchivesRead,
    /// Make, cancel and remove archives.
    ArchivesWrite,
    /// Erase everything, the account itself too.
    AccountErase,
}

impl Scope {
    /// The scope's name in tokens and API keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotesRead => "notes:read",
            Self::NotesWrite => "notes:write",
            Self::FilesRead => "files:read",
            Self::FilesWrite => "files:write",
            Self::ArchivesRead => "archives:read",
            Self::ArchivesWrite => "archives:write",
            Self::AccountErase => "account:erase",
        }
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Everything: what a signed-in person may do.
    pub const ALL: Self = Self(u32::MAX);

    /// The set with `scope` added.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | 1 << scope as u8)
    }

    /// Whether `scope` is in the set.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }
}

/// The person on whose behalf a use case runs: made only from verified credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The owner of everything that the call may touch.
    pub identity: IdentityId,
    /// What the credentials allow.
    pub scopes: Scopes,
}

impl Caller {
    /// A signed-in person with every scope.
    pub const fn signed_in(identity: IdentityId) -> Self {
        Self {
            identity,
            scopes: Scopes::ALL,
        }
    }

    /// Makes sure that the credentials allow `scope`.
    ///
    /// # Errors
    /// If they do not reach this far.
    pub const fn require(&self, scope: Scope) -> Result<(), NotAllowed> {
        if self.scopes.contains(scope) {
            Ok(())
        } else {
            Err(NotAllowed { scope })
        }
    }
}

/// The caller's credentials do not reach this far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the credentials do not allow `{}`", scope.name())]
pub struct NotAllowed {
    /// What they would have to allow.
    pub scope: Scope,
}
