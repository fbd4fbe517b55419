//! The closed vocabulary of errors: what a value refuses, and what a store answers.

use std::error::Error;

/// A value that breaks a rule: which one, and in what field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {rule}")]
pub struct Invalid {
    /// The member or parameter, as the client spells it.
    pub field: &'static str,
    /// What it must be, as the rest of a sentence that starts with the field.
    pub rule: String,
}

impl Invalid {
    /// A refusal of `field`, which `rule`.
    pub fn new(field: &'static str, rule: impl Into<String>) -> Self {
        Self {
            field,
            rule: rule.into(),
        }
    }
}

/// What went wrong beneath a port, with its cause.
pub type Source = Box<dyn Error + Send + Sync>;

/// Why a store did not do what it was asked to. Adapters translate their own errors into this once.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The item that the call changes does not exist.
    #[error("not found")]
    NotFound,
    /// The item that the call creates exists.
    #[error("already exists")]
    AlreadyExists,
    /// The item is not at the version, or in the state, that the call names.
    #[error("precondition failed")]
    PreconditionFailed,
    /// The store refuses the caller's credentials.
    #[error("denied by the store")]
    Denied,
    /// The store asks to slow down, and went on doing so for as long as the call may take.
    #[error("throttled by the store")]
    Throttled,
    /// The store cannot be reached or cannot write; the call may be repeated.
    #[error("the store is unavailable")]
    Unavailable {
        /// The cause.
        source: Source,
    },
    /// A stored item cannot be read.
    #[error("stored {what} is corrupt")]
    Corrupt {
        /// The item, by kind and key.
        what: String,
        /// The cause.
        source: Source,
    },
}

impl StoreError {
    /// [`StoreError::Unavailable`] because of `source`.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        Self::Unavailable {
            source: source.into(),
        }
    }

    /// [`StoreError::Corrupt`]: the item `what`, because of `source`.
    pub fn corrupt(what: impl Into<String>, source: impl Into<Source>) -> Self {
        Self::Corrupt {
            what: what.into(),
            source: source.into(),
        }
    }
}
