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
    /// Make, list and revoke API keys: only a person who has signed in, never a key.
    Keys,
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
            Self::Keys => "keys",
        }
    }
}

/// The scopes that can be named.
const GRANTABLE: [Scope; 6] = [
    Scope::NotesRead,
    Scope::NotesWrite,
    Scope::FilesRead,
    Scope::FilesWrite,
    Scope::ArchivesRead,
    Scope::ArchivesWrite,
];

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Everything: what a signed-in person may do.
    pub const ALL: Self = Self(u32::MAX);

    /// What an API key or a token may be limited to.
    pub const GRANTABLE: Self = Self(0)
        .with(Scope::NotesRead)
        .with(Scope::NotesWrite)
        .with(Scope::FilesRead)
        .with(Scope::FilesWrite)
        .with(Scope::ArchivesRead)
        .with(Scope::ArchivesWrite);

    /// What `name` stands for in a token or an API key: a [scope's name](Scope::name), or `notes:*`, `files:*` or
    /// `archives:*` for both of a kind. `None` for what stands for nothing.
    pub fn named(name: &str) -> Option<Self> {
        let found = GRANTABLE
            .iter()
            .filter(|scope| match name.strip_suffix('*') {
                Some(kind) => kind.ends_with(':') && scope.name().starts_with(kind),
                None => scope.name() == name,
            })
            .fold(Self::default(), |scopes, &scope| scopes.with(scope));
        Some(found).filter(|found| !found.is_empty())
    }

    /// The names of the grantable scopes in the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        GRANTABLE
            .iter()
            .filter(move |&&scope| self.contains(scope))
            .map(|scope| scope.name())
    }

    /// Whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `others` are in the set.
    pub const fn contains_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Both sets.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_what_it_says() {
        for scope in GRANTABLE {
            assert_eq!(
                Scopes::named(scope.name()),
                Some(Scopes::default().with(scope))
            );
            assert!(Scopes::GRANTABLE.contains(scope));
        }
        let files = Scopes::default()
            .with(Scope::FilesRead)
            .with(Scope::FilesWrite);
        assert_eq!(Scopes::named("files:*"), Some(files));
        assert_eq!(
            files.names().collect::<Vec<_>>(),
            ["files:read", "files:write"]
        );
        for bad in [
            "",
            "*",
            ":*",
            "files",
            "files:",
            "file:*",
            "keys",
            "keys:*",
            "notes:READ",
        ] {
            assert_eq!(Scopes::named(bad), None, "{bad:?}");
        }
        assert!(!Scopes::GRANTABLE.contains(Scope::Keys));
        assert!(Scopes::ALL.contains(Scope::Keys));
    }
}
