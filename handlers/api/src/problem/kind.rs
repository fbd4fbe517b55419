//! The kinds of problems: their URNs are stable, clients may tell problems apart by them.

use http::StatusCode;

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The request is not of the right form.
    Malformed,
    /// Nobody has signed in to the identity that the request is made with.
    NotSignedIn,
    /// The token is of somebody who is not known here yet: their ID token would tell.
    IdTokenNeeded,
    /// The credentials do not reach this far.
    NotPermitted,
    /// There is nothing here that is the caller's.
    NotFound,
    /// Notes still name the file.
    FileInUse,
    /// There is no zip to download, or none yet.
    ArchiveNotReady,
    /// What was there is not there any more.
    Gone,
    /// `If-Match` or `If-None-Match` excludes the change.
    PreconditionFailed,
    /// The body is too long.
    TooLarge,
    /// The file would be too long.
    FileTooLarge,
    /// The body is not JSON by its own account.
    UnsupportedMediaType,
    /// A value breaks a rule.
    Invalid,
    /// The idempotency key belongs to another request.
    KeyReused,
    /// The caller has as many archives under way as are allowed.
    TooManyArchives,
    /// There are as many as there may be.
    TooMany,
    /// The API key has made as many requests as it may for the moment.
    UsedUp,
    /// Something broke here.
    Internal,
    /// Something is out of reach or overloaded; the request may be repeated.
    Unavailable,
    /// The caller would keep more than is allowed.
    OverQuota,
}

impl Kind {
    /// Every kind, by status.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 20] = [
        Self::Malformed,
        Self::NotSignedIn,
        Self::IdTokenNeeded,
        Self::NotPermitted,
        Self::NotFound,
        Self::FileInUse,
        Self::ArchiveNotReady,
        Self::Gone,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::FileTooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::KeyReused,
        Self::TooManyArchives,
        Self::TooMany,
        Self::UsedUp,
        Self::Internal,
        Self::Unavailable,
        Self::OverQuota,
    ];

    /// The status.
    pub(crate) const fn status(self) -> StatusCode {
        self.row().0
    }

    /// The `type`.
    pub(crate) const fn urn(self) -> &'static str {
        self.row().1
    }

    /// The `title`, the same for every problem of the kind.
    pub(crate) const fn title(self) -> &'static str {
        self.row().2
    }

    /// After how many seconds the same request may succeed, if that is to be expected.
    pub(crate) const fn retry_after(self) -> Option<&'static str> {
        match self {
            Self::Unavailable => Some("1"),
            Self::TooManyArchives => Some("5"),
            Self::UsedUp => Some("60"),
            _ => None,
        }
    }

    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "urn:notewarden:problem:malformed-request",
                "Malformed request",
            ),
            Self::NotSignedIn => (
                StatusCode::FORBIDDEN,
                "urn:notewarden:problem:not-signed-in",
                "Not signed in",
            ),
            Self::IdTokenNeeded => (
                StatusCode::FORBIDDEN,
                "urn:notewarden:problem:id-token-needed",
                "ID token needed once",
            ),
            Self::NotPermitted => (
                StatusCode::FORBIDDEN,
                "urn:notewarden:problem:not-permitted",
                "Not permitted",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "urn:notewarden:problem:not-found",
                "Not found",
            ),
            Self::FileInUse => (
                StatusCode::CONFLICT,
                "urn:notewarden:problem:file-in-use",
                "File in use",
            ),
            Self::ArchiveNotReady => (
                StatusCode::CONFLICT,
                "urn:notewarden:problem:archive-not-ready",
                "Archive not ready",
            ),
            Self::Gone => (StatusCode::GONE, "urn:notewarden:problem:gone", "Gone"),
            Self::PreconditionFailed => (
                StatusCode::PRECONDITION_FAILED,
                "urn:notewarden:problem:precondition-failed",
                "Precondition failed",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "urn:notewarden:problem:body-too-large",
                "Body too large",
            ),
            Self::FileTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "urn:notewarden:problem:file-too-large",
                "File too large",
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "urn:notewarden:problem:unsupported-media-type",
                "Unsupported media type",
            ),
            Self::Invalid => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "urn:notewarden:problem:invalid-value",
                "Invalid value",
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "urn:notewarden:problem:idempotency-key-reused",
                "Idempotency key reused",
            ),
            Self::TooManyArchives => (
                StatusCode::TOO_MANY_REQUESTS,
                "urn:notewarden:problem:too-many-archives",
                "Too many archives under way",
            ),
            Self::TooMany => (
                StatusCode::CONFLICT,
                "urn:notewarden:problem:too-many",
                "Too many",
            ),
            Self::UsedUp => (
                StatusCode::TOO_MANY_REQUESTS,
                "urn:notewarden:problem:too-many-requests",
                "Too many requests",
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "urn:notewarden:problem:internal",
                "Internal error",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "urn:notewarden:problem:unavailable",
                "Unavailable for the moment",
            ),
            Self::OverQuota => (
                StatusCode::INSUFFICIENT_STORAGE,
                "urn:notewarden:problem:quota-exceeded",
                "Quota exceeded",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_urn_of_its_own() {
        let mut urns: Vec<_> = Kind::ALL.map(Kind::urn).to_vec();
        urns.sort_unstable();
        urns.dedup();
        assert_eq!(urns.len(), Kind::ALL.len());
    }
}
