//! What the errors of use cases are to clients: the one table of their kinds.

use notewarden_domain::{
    StoreError,
    account::AccountError,
    api_keys::{ApiKeysError, UsedUp},
    archives::ArchivesError,
    files::FilesError,
    notes::NotesError,
    quota::OverQuota,
    sign_ins::SignInError,
};

use super::{Kind, Problem};

/// A store failed: the request may be repeated if the store is out of reach, and otherwise something broke.
fn store_kind(error: &StoreError) -> Kind {
    match error {
        StoreError::Throttled | StoreError::Unavailable { .. } => Kind::Unavailable,
        _ => Kind::Internal,
    }
}

impl From<NotesError> for Problem {
    fn from(error: NotesError) -> Self {
        let kind = match &error {
            NotesError::Invalid(invalid) => return Self::at(Kind::Invalid, invalid),
            NotesError::NotFound => Kind::NotFound,
            NotesError::PreconditionFailed => Kind::PreconditionFailed,
            NotesError::KeyReused => Kind::KeyReused,
            NotesError::Forbidden { .. } => Kind::NotPermitted,
            NotesError::Busy => return Self::fault(Kind::Unavailable, error),
            NotesError::Store(cause) => return Self::fault(store_kind(cause), error),
            _ => return Self::fault(Kind::Internal, error),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<ApiKeysError> for Problem {
    fn from(error: ApiKeysError) -> Self {
        let kind = match &error {
            ApiKeysError::Invalid(invalid) => return Self::at(Kind::Invalid, invalid),
            ApiKeysError::NotFound => Kind::NotFound,
            ApiKeysError::TooMany => Kind::TooMany,
            ApiKeysError::Forbidden { .. } => Kind::NotPermitted,
            ApiKeysError::Store(cause) => return Self::fault(store_kind(cause), error),
            _ => return Self::fault(Kind::Internal, error),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let kind = match &error {
            SignInError::Unknown => Kind::IdTokenNeeded,
            SignInError::Refused => Kind::NotSignedIn,
            SignInError::Store(cause) => return Self::fault(store_kind(cause), error),
            _ => return Self::fault(Kind::Internal, error),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<UsedUp> for Problem {
    fn from(error: UsedUp) -> Self {
        Self::new(Kind::UsedUp, error.to_string())
    }
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        let kind = match &error {
            FilesError::NotFound | FilesError::Removed(_) => Kind::NotFound,
            FilesError::InUse { .. } => Kind::FileInUse,
            FilesError::KeyReused => Kind::KeyReused,
            FilesError::OverQuota(over) => return (*over).into(),
            FilesError::Forbidden { .. } => Kind::NotPermitted,
            FilesError::Store(cause) => return Self::fault(store_kind(cause), error),
            _ => return Self::fault(Kind::Internal, error),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<OverQuota> for Problem {
    fn from(over: OverQuota) -> Self {
        let kind = match over {
            OverQuota::FileTooLarge { .. } => Kind::FileTooLarge,
            _ => Kind::OverQuota,
        };
        Self {
            over_quota: Some(over),
            ..Self::new(kind, over.to_string())
        }
    }
}

impl From<ArchivesError> for Problem {
    fn from(error: ArchivesError) -> Self {
        let kind = match &error {
            ArchivesError::Invalid(invalid) => return Self::at(Kind::Invalid, invalid),
            ArchivesError::NotFound => Kind::NotFound,
            ArchivesError::NotReady(_) => Kind::ArchiveNotReady,
            ArchivesError::Expired | ArchivesError::Deleted => Kind::Gone,
            ArchivesError::TooManyUnderWay { .. } => Kind::TooManyArchives,
            ArchivesError::KeyReused => Kind::KeyReused,
            ArchivesError::Forbidden { .. } => Kind::NotPermitted,
            ArchivesError::Busy | ArchivesError::NotSent(_) => {
                return Self::fault(Kind::Unavailable, error);
            }
            ArchivesError::Store(cause) => return Self::fault(store_kind(cause), error),
            _ => return Self::fault(Kind::Internal, error),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match &error {
            AccountError::Forbidden { .. } => Self::new(Kind::NotPermitted, error.to_string()),
            AccountError::Store(cause) => Self::fault(store_kind(cause), error),
            _ => Self::fault(Kind::Internal, error),
        }
    }
}
