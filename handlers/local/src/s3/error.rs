//! What a client is told of a refusal or failure, in S3's words. The true reason of a refused signature is in
//! the decision log.

use bytes::Bytes;
use http::{StatusCode, header, request::Parts};
use notewarden_domain::{StoreError, quota::OverQuota};
use notewarden_embedded::objects::ObjectError;
use notewarden_sigv4::{BodyError, Malformation, Refusal, ScopePart};
use s3s::{S3Error, S3ErrorCode, s3_error};

use super::body;

/// A code that `s3s` does not know.
pub fn custom(status: StatusCode, code: &'static str, message: &'static str) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(status);
    error
}

/// What S3 answers to a signature that is not believed.
pub fn of_refusal(refusal: &Refusal, parts: &Parts) -> S3Error {
    let malformed = |message: String| {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            S3Error::with_message(S3ErrorCode::AuthorizationHeaderMalformed, message)
        } else {
            S3Error::with_message(S3ErrorCode::AuthorizationQueryParametersError, message)
        }
    };
    match refusal {
        Refusal::MultipleAuthentication => s3_error!(
            InvalidArgument,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"
        ),
        Refusal::UnsupportedAlgorithm(_) => s3_error!(
            InvalidRequest,
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        ),
        Refusal::Malformed(Malformation::ContentSha256) | Refusal::UnsupportedPayload(_) => {
            s3_error!(
                InvalidArgument,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value."
            )
        }
        Refusal::Malformed(Malformation::Path) => {
            s3_error!(InvalidURI, "Couldn't parse the specified URI.")
        }
        Refusal::Malformed(Malformation::Host) | Refusal::DuplicateHeader(_) => {
            S3Error::with_message(S3ErrorCode::InvalidRequest, refusal.to_string())
        }
        Refusal::Malformed(what) => malformed(format!("The authorization is malformed; {what}")),
        Refusal::WrongScope {
            part: ScopePart::Region,
            expected,
            found,
        } => malformed(format!(
            "The authorization is malformed; the region '{found}' is wrong; expecting '{expected}'"
        )),
        Refusal::WrongScope { .. } => {
            malformed(format!("The authorization is malformed; {refusal}"))
        }
        Refusal::PresignedTooLong { .. } => s3_error!(
            AuthorizationQueryParametersError,
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
        ),
        Refusal::Skewed { .. } => s3_error!(
            RequestTimeTooSkewed,
            "The difference between the request time and the current time is too large."
        ),
        Refusal::NotYetValid { .. } => s3_error!(AccessDenied, "Request is not yet valid"),
        Refusal::Expired { .. } => s3_error!(AccessDenied, "Request has expired"),
        Refusal::MissingDate => {
            s3_error!(
                AccessDenied,
                "AWS authentication requires a valid Date or x-amz-date header"
            )
        }
        // S3 does not know the key of a session without its token.
        Refusal::UnknownAccessKey(_) | Refusal::MissingSessionToken => s3_error!(
            InvalidAccessKeyId,
            "The AWS Access Key Id you provided does not exist in our records."
        ),
        Refusal::WrongSessionToken => s3_error!(
            InvalidToken,
            "The provided token is malformed or otherwise invalid."
        ),
        Refusal::ExpiredSessionToken => s3_error!(ExpiredToken, "The provided token has expired."),
        Refusal::UnsignedHeader(_) => s3_error!(
            AccessDenied,
            "There were headers present in the request which were not signed"
        ),
        Refusal::MissingContentSha256 => {
            s3_error!(
                InvalidRequest,
                "Missing required header for this request: x-amz-content-sha256"
            )
        }
        Refusal::PayloadMismatch => payload_mismatch(),
        Refusal::SignatureMismatch(_) | Refusal::MissingSignedHeader(_) => signature_mismatch(),
        _ => s3_error!(AccessDenied, "Access Denied"),
    }
}

/// What S3 answers to a body that is not what was signed.
pub fn of_body(error: &BodyError) -> S3Error {
    match error {
        BodyError::Incomplete { .. } | BodyError::Transport(_) => s3_error!(
            IncompleteBody,
            "You did not provide the number of bytes specified by the Content-Length HTTP header"
        ),
        BodyError::Length(_) => {
            s3_error!(
                MissingContentLength,
                "You must provide the Content-Length HTTP header."
            )
        }
        BodyError::ChunkSignatureMismatch | BodyError::TrailerSignatureMismatch => {
            signature_mismatch()
        }
        BodyError::MalformedTrailer(_) => custom(
            StatusCode::BAD_REQUEST,
            "MalformedTrailerError",
            "The request contained trailing data that was not well-formed or did not conform to our published schema.",
        ),
        BodyError::PayloadMismatch => payload_mismatch(),
        BodyError::ChecksumMismatch(algorithm) => s3_error!(
            BadDigest,
            "The {} you specified did not match the calculated checksum.",
            algorithm.to_string().to_uppercase()
        ),
        BodyError::BadDigest => {
            s3_error!(
                BadDigest,
                "The Content-MD5 you specified did not match what we received."
            )
        }
        BodyError::InvalidDigest => {
            s3_error!(InvalidDigest, "The Content-MD5 you specified was invalid.")
        }
        other => S3Error::with_message(S3ErrorCode::InvalidRequest, other.to_string()),
    }
}

/// What S3 answers to what the store refused, or failed to do.
pub fn of_object(error: ObjectError) -> S3Error {
    match error {
        ObjectError::NoSuchKey => s3_error!(NoSuchKey, "The specified key does not exist."),
        ObjectError::NoSuchUpload => s3_error!(
            NoSuchUpload,
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
        ),
        ObjectError::PreconditionFailed => s3_error!(
            PreconditionFailed,
            "At least one of the pre-conditions you specified did not hold"
        ),
        ObjectError::NotModified => s3_error!(NotModified, "Not Modified"),
        ObjectError::InvalidPart { .. } => s3_error!(
            InvalidPart,
            "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
        ),
        ObjectError::InvalidPartOrder => s3_error!(
            InvalidPartOrder,
            "The list of parts was not in ascending order. Parts must be ordered by part number."
        ),
        ObjectError::PartTooSmall { .. } => {
            s3_error!(
                EntityTooSmall,
                "Your proposed upload is smaller than the minimum allowed size"
            )
        }
        ObjectError::InvalidRange => s3_error!(
            InvalidArgument,
            "Range specified is not valid for source object"
        ),
        ObjectError::Mismatch { what: "size" } => s3_error!(
            InvalidRequest,
            "The provided 'x-amz-mp-object-size' header does not match what was computed."
        ),
        ObjectError::Mismatch { .. } => {
            s3_error!(
                BadDigest,
                "The checksum you specified did not match the calculated checksum."
            )
        }
        ObjectError::OverQuota(over @ OverQuota::FileTooLarge { .. }) => {
            S3Error::with_message(S3ErrorCode::EntityTooLarge, over.to_string())
        }
        // As S3-compatible stores with quotas say it; no SDK tries a 403 again.
        ObjectError::OverQuota(over) => {
            let code = S3ErrorCode::Custom("QuotaExceeded".into());
            let mut error = S3Error::with_message(code, over.to_string());
            error.set_status_code(StatusCode::FORBIDDEN);
            error
        }
        ObjectError::Body(error) => body::of_stream(error.as_ref()),
        ObjectError::Store(error) => of_store(error),
        other => of_store(StoreError::unavailable(other)),
    }
}

/// What S3 answers when the store fails; the log has the cause.
#[expect(clippy::needless_pass_by_value, reason = "an argument of `map_err`")]
pub fn of_store(error: StoreError) -> S3Error {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    tracing::error!(%error, cause, "the object store failed");
    match error {
        StoreError::Unavailable { .. } | StoreError::Throttled => {
            s3_error!(ServiceUnavailable, "Service is unable to handle request.")
        }
        _ => s3_error!(
            InternalError,
            "We encountered an internal error. Please try again."
        ),
    }
}

fn signature_mismatch() -> S3Error {
    s3_error!(
        SignatureDoesNotMatch,
        "The request signature we calculated does not match the signature you provided. Check your key and signing method."
    )
}

fn payload_mismatch() -> S3Error {
    custom(
        StatusCode::BAD_REQUEST,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
}

/// Completes a document of `s3s`: an error names its request, and control characters, which XML would not
/// give back as they are, are written as references.
pub fn complete(document: &Bytes, request_id: &str, is_success: bool) -> Bytes {
    const END: &[u8] = b"</Error>";
    let mut out = Vec::with_capacity(document.len() + 128);
    let (body, end) = match document.strip_suffix(END) {
        Some(body) if !is_success => (body, END),
        _ => (&document[..], &[][..]),
    };
    for &byte in body {
        if byte < b' ' && byte != b'\n' && byte != b'\t' {
            out.extend_from_slice(format!("&#{byte};").as_bytes());
        } else {
            out.push(byte);
        }
    }
    if !end.is_empty() {
        out.extend_from_slice(
            format!("<RequestId>{request_id}</RequestId><HostId>{request_id}</HostId>").as_bytes(),
        );
    }
    out.extend_from_slice(end);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_their_request() {
        let document = Bytes::from_static(b"<Error><Code>X</Code></Error>");
        let text = complete(&document, "id", false);
        assert_eq!(
            text,
            "<Error><Code>X</Code><RequestId>id</RequestId><HostId>id</HostId></Error>"
        );
        assert_eq!(complete(&document, "id", true), document);
    }

    #[test]
    fn control_characters_survive_xml() {
        let document = Bytes::from_static(b"<Key>a\r\x01\n\tb</Key>");
        assert_eq!(
            complete(&document, "id", true),
            "<Key>a&#13;&#1;\n\tb</Key>"
        );
    }
}
