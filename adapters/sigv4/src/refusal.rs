//! Why a request is not believed: the true reason, for the decision log and for the service's answer.

use std::time::{Duration, SystemTime};

/// The reason of a refusal.
///
/// Neither `Display` nor `Debug` shows a secret, a session token or the signature that would have been
/// right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No signature, neither in a header nor in the query.
    #[error("the request is not signed")]
    MissingAuthentication,
    /// Signed in more than one way.
    #[error("the request carries more than one authentication")]
    MultipleAuthentication,
    /// A presigned query for a service that takes signatures in the header only.
    #[error("`{0}` does not take presigned queries")]
    PresignedNotSupported(&'static str),
    /// Another algorithm or scheme; holds its name.
    #[error("the algorithm `{0}` is not supported")]
    UnsupportedAlgorithm(Box<str>),
    /// A part of the signature that cannot be read.
    #[error("malformed request: {0}")]
    Malformed(Malformation),
    /// No signed `x-amz-date`.
    #[error("the request has no `x-amz-date`")]
    MissingDate,
    /// Signed for another day, region or service.
    #[error("the credential's {part} is `{found}`, not `{expected}`")]
    WrongScope {
        /// Which part differs.
        part: ScopePart,
        /// What it must be here.
        expected: Box<str>,
        /// What the request says.
        found: Box<str>,
    },
    /// The request's date is more than 15 minutes away.
    #[error("the request's date is {} s off", off.as_secs())]
    Skewed {
        /// The request's date.
        date: SystemTime,
        /// How far away it is, in either direction.
        off: Duration,
    },
    /// A presigned query whose date lies more than 15 minutes ahead.
    #[error("the presigned request is not yet valid")]
    NotYetValid {
        /// The request's date.
        date: SystemTime,
    },
    /// A presigned query past its end.
    #[error("the presigned request has expired")]
    Expired {
        /// When it did.
        at: SystemTime,
    },
    /// `X-Amz-Expires` of more than seven days.
    #[error("a presigned request may last 604800 s at most, not {seconds}")]
    PresignedTooLong {
        /// What was asked for; the largest number if it was larger.
        seconds: u64,
    },
    /// Nobody has this access key.
    #[error("the access key `{0}` is unknown")]
    UnknownAccessKey(Box<str>),
    /// Temporary credentials used without their session token.
    #[error("the session token is missing")]
    MissingSessionToken,
    /// Another session's token, or a token with a long-lived key.
    #[error("the session token is not this access key's")]
    WrongSessionToken,
    /// The session is over.
    #[error("the session has expired")]
    ExpiredSessionToken,
    /// A header that has to be signed is not.
    #[error("the header `{0}` must be signed")]
    UnsignedHeader(Box<str>),
    /// A header is listed as signed but not there.
    #[error("the signed header `{0}` is not in the request")]
    MissingSignedHeader(Box<str>),
    /// A header that has one value only is there several times.
    #[error("the header `{0}` is there more than once")]
    DuplicateHeader(Box<str>),
    /// No `x-amz-content-sha256` where the service reads it.
    #[error("the header `x-amz-content-sha256` is missing")]
    MissingContentSha256,
    /// `UNSIGNED-PAYLOAD` or chunks for a service that signs the body itself.
    #[error("`{0}` needs a signed payload")]
    UnsignedPayload(&'static str),
    /// A way to sign the payload that is not served; holds its name.
    #[error("the payload `{0}` is not supported")]
    UnsupportedPayload(Box<str>),
    /// The body is not the one that `x-amz-content-sha256` declares.
    #[error("the body does not have the declared sha-256")]
    PayloadMismatch,
    /// The signature is not the one that this secret makes of this request.
    #[error("the signature does not match")]
    SignatureMismatch(Box<Mismatch>),
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformation {
    /// The `Authorization` header as a whole.
    #[error("the `Authorization` header has unknown, repeated or missing parts")]
    Authorization,
    /// The credential: not five parts, or no access key id.
    #[error("the credential is not `access key/date/region/service/aws4_request`")]
    Credential,
    /// The list of signed headers.
    #[error("the signed headers are not lower case, sorted and unique")]
    SignedHeaders,
    /// The signature.
    #[error("the signature is not 64 lower-case hexadecimal digits")]
    Signature,
    /// The date.
    #[error("the date is not of the form `YYYYMMDDTHHMMSSZ`")]
    Date,
    /// `X-Amz-Expires`.
    #[error("`X-Amz-Expires` is not a positive number of seconds")]
    Expires,
    /// A presigned query without this parameter.
    #[error("the query parameter `{0}` is missing")]
    MissingParameter(&'static str),
    /// An `X-Amz-*` query parameter that is there twice, or misspelt.
    #[error("the query parameter `{0}` is repeated or misspelt")]
    Parameter(Box<str>),
    /// `x-amz-content-sha256`.
    #[error("`x-amz-content-sha256` is neither a sha-256 nor a known keyword")]
    ContentSha256,
    /// A path with broken percent-encoding.
    #[error("the path is not percent-encoded correctly")]
    Path,
    /// The request target names another host than the `Host` header.
    #[error("the request target and the `Host` header differ")]
    Host,
}

/// A part of the credential scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopePart {
    /// The day, which must be that of `x-amz-date`.
    Date,
    /// The region.
    Region,
    /// The service's signing name.
    Service,
    /// `aws4_request`.
    Terminator,
}

impl std::fmt::Display for ScopePart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Date => "date",
            Self::Region => "region",
            Self::Service => "service",
            Self::Terminator => "terminator",
        })
    }
}

/// What a signature was checked against, so that the signer can be debugged. A session token in it, and whatever else
/// would let its reader in somewhere, is replaced by `[redacted]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The canonical request.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
}

impl Mismatch {
    /// Both texts as they may be shown.
    #[cold]
    pub(crate) fn shown(canonical_request: &[u8], string_to_sign: &[u8]) -> Self {
        let text = String::from_utf8_lossy(canonical_request);
        // However these are written, what is secret is known by its name: a header's, or a parameter's.
        let shown = text.split('\n').map(|line| match line.split_once(':') {
            Some((name, value)) if is_secret(name) && !value.trim().is_empty() => {
                format!("{name}:{REDACTED}")
            }
            _ => {
                let fields = line.split('&').map(|field| match field.split_once('=') {
                    Some((name, value)) if is_secret(name) && !value.is_empty() => {
                        format!("{name}={REDACTED}")
                    }
                    _ => field.to_owned(),
                });
                fields.collect::<Vec<_>>().join("&")
            }
        });
        Self {
            canonical_request: shown.collect::<Vec<_>>().join("\n"),
            string_to_sign: String::from_utf8_lossy(string_to_sign).into_owned(),
        }
    }
}

const REDACTED: &str = "[redacted]";

/// Whether the value of the header or parameter `name` is nothing to show.
fn is_secret(name: &str) -> bool {
    [
        "x-amz-security-token",
        "authorization",
        "cookie",
        "x-api-key",
    ]
    .iter()
    .any(|secret| name.eq_ignore_ascii_case(secret))
}
