//! The kinds of problems: their URNs are stable, clients may tell problems apart by them.

use http::StatusCode;

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The request is not of the right form.
    Malformed,
    /// Nobody has signed in to the identity that the request is made with.
    NotSignedIn,
    /// The credentials do not reach this far.
    NotPermitted,
    /// There is nothing here that is the caller's.
    NotFound,
    /// `If-Match` or `If-None-Match` excludes the change.
    PreconditionFailed,
    /// The body is too long.
    TooLarge,
    /// The body is not JSON by its own account.
    UnsupportedMediaType,
    /// A value breaks a rule.
    Invalid,
    /// The idempotency key belongs to another request.
    KeyReused,
    /// Something broke here.
    Internal,
    /// Something is out of reach or overloaded; the request may be repeated.
    Unavailable,
}

impl Kind {
    /// Every kind, by status.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 11] = [
        Self::Malformed,
        Self::NotSignedIn,
        Self::NotPermitted,
        Self::NotFound,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::KeyReused,
        Self::Internal,
        Self::Unavailable,
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
