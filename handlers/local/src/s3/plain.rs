//! A verified request with its authentication taken off: what `s3s` gets to see.
//!
//! Settled here, because `s3s` leaves them open: forms (never a way in), repeated headers and parameters (two
//! readers could read two values), headers that a presigned query carries, ranges that S3 ignores, bodies
//! without a length.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use notewarden_embedded::checksums::ChecksumAlgorithm;
use notewarden_sigv4::{Form, Verified};
use s3s::{HttpRequest, S3Result, dto::Range, s3_error};

use super::{body::Verifying, document, query::Query, target::Target};

/// The authentication, and how the body was sent.
const TAKEN_OFF: [&str; 9] = [
    "authorization",
    "expect",
    "transfer-encoding",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-security-token",
    "x-amz-trailer",
    "content-length",
];

/// The largest object that one request may store.
const MAX_PUT_BYTES: u64 = 5 << 30;

/// A request without authentication.
pub struct PlainRequest {
    method: Method,
    target: String,
    headers: HeaderMap,
    streams: bool,
    facts: Facts,
}

/// What the operations want to know of the request beside its typed input.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The query, without authentication.
    pub query: Query,
    /// Where the signature was.
    pub form: Form,
    /// The checksum that the client computes.
    pub checksum: Option<ChecksumAlgorithm>,
    /// Whether the body came with a digest.
    pub has_digest: bool,
}

impl PlainRequest {
    /// Takes the authentication off.
    ///
    /// # Errors
    /// The request is ambiguous, or in a form that is not served.
    pub fn new(parts: &Parts, target: &Target, verified: &Verified) -> S3Result<Self> {
        let mut query = Query::parse(parts.uri.query().unwrap_or_default())?;
        let mut headers = parts.headers.clone();
        refuse_repeated(&headers)?;
        let form = verified.form();
        if form == Form::Presigned {
            hoist(&mut query, &mut headers)?;
        }
        let is_form = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.as_bytes()
                .to_ascii_lowercase()
                .starts_with(b"multipart/form-data")
        });
        if parts.method == Method::POST && is_form {
            return Err(s3_error!(
                NotImplemented,
                "Browser form uploads are not supported"
            ));
        }
        let checksum = checksum(&headers)?;
        let has_digest = checksum.is_some() || headers.contains_key("content-md5");
        for name in TAKEN_OFF {
            headers.remove(name);
        }
        drop_chunked_encoding(&mut headers)?;
        let range = headers
            .get(header::RANGE)
            .and_then(|range| range.to_str().ok());
        if range.is_none_or(|range| Range::parse(range).is_err()) {
            headers.remove(header::RANGE);
        }
        let stores = |name: &str| matches!(name, "partNumber" | "uploadId" | "x-id");
        let streams = parts.method == Method::PUT && target.is_object && query.names().all(stores);
        Ok(Self {
            method: parts.method.clone(),
            target: format!("{}?{}", target.path, query.encode()),
            headers,
            streams,
            facts: Facts {
                query,
                form,
                checksum,
                has_digest,
            },
        })
    }

    /// What the operations want to know of it.
    pub fn into_facts(self) -> Facts {
        self.facts
    }

    /// The request with its body: an object's flows, any other is read and verified now.
    ///
    /// # Errors
    /// The body has no length, is too large, or is not what was signed.
    pub async fn with_body(&self, body: Verifying) -> S3Result<HttpRequest> {
        let mut length = match (body.length, &self.method) {
            (Some(length), _) => length,
            (None, &Method::PUT | &Method::POST) => {
                return Err(s3_error!(
                    MissingContentLength,
                    "You must provide the Content-Length HTTP header."
                ));
            }
            (None, _) => 0,
        };
        if length > MAX_PUT_BYTES {
            return Err(s3_error!(
                EntityTooLarge,
                "Your proposed upload exceeds the maximum allowed size"
            ));
        }
        let body = if self.streams {
            body.stream()
        } else {
            let document = document::prepare(&body.document().await?)?;
            length = document.len() as u64;
            document.into()
        };
        let invalid = |error| s3_error!(error, InvalidURI, "Couldn't parse the specified URI.");
        let mut request = http::Request::builder()
            .method(&self.method)
            .uri(&self.target)
            .body(body)
            .map_err(invalid)?;
        *request.headers_mut() = self.headers.clone();
        request
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        Ok(request)
    }
}

/// A header of S3's own is there once: `s3s` and the policies must not read two values. The one that is a
/// list is none of the policies' business.
fn refuse_repeated(headers: &HeaderMap) -> S3Result<()> {
    const LIST: &str = "x-amz-object-attributes";
    for name in headers.keys() {
        let text = name.as_str();
        let is_ours = text.starts_with("x-amz-") || text.starts_with("if-") || text == "range";
        if is_ours && text != LIST && headers.get_all(name).iter().count() > 1 {
            return Err(s3_error!(InvalidRequest, "The header {name} is repeated"));
        }
    }
    Ok(())
}

/// Takes the authentication out of a presigned query, and makes headers of the `x-amz-*` parameters that
/// presigners put there.
fn hoist(query: &mut Query, headers: &mut HeaderMap) -> S3Result<()> {
    const AUTHENTICATION: [&str; 7] = [
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    ];
    for (name, value) in query.take(|name| name.to_ascii_lowercase().starts_with("x-amz-")) {
        let name = name.to_ascii_lowercase();
        if AUTHENTICATION.contains(&name.as_str()) || name == "x-amz-content-sha256" {
            continue;
        }
        let invalid = || s3_error!(InvalidArgument, "The query parameter {name} is not valid");
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid())?;
        if headers.contains_key(&header) {
            return Err(s3_error!(
                InvalidRequest,
                "The header {name} is repeated in the query"
            ));
        }
        headers.insert(header, value);
    }
    Ok(())
}

/// `aws-chunked` is gone once the body is decoded; what remains of `Content-Encoding` is the object's.
fn drop_chunked_encoding(headers: &mut HeaderMap) -> S3Result<()> {
    let Some(encoding) = headers.remove(header::CONTENT_ENCODING) else {
        return Ok(());
    };
    let invalid = || s3_error!(InvalidArgument, "The header content-encoding is not valid");
    let text = encoding.to_str().map_err(|_| invalid())?;
    let left: Vec<_> = text
        .split(',')
        .map(str::trim)
        .filter(|encoding| !encoding.is_empty() && !encoding.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    if !left.is_empty() {
        let value = HeaderValue::from_str(&left.join(",")).map_err(|_| invalid())?;
        headers.insert(header::CONTENT_ENCODING, value);
    }
    Ok(())
}

/// The checksum that the client computes: of its header, its trailer, or as its SDK says.
fn checksum(headers: &HeaderMap) -> S3Result<Option<ChecksumAlgorithm>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(trailer) = text("x-amz-trailer") {
        let name = trailer
            .trim()
            .strip_prefix("x-amz-checksum-")
            .unwrap_or(trailer);
        return algorithm(name).map(Some);
    }
    for name in headers.keys() {
        if let Some(name) = name.as_str().strip_prefix("x-amz-checksum-")
            && !matches!(name, "algorithm" | "mode" | "type")
        {
            return algorithm(name).map(Some);
        }
    }
    text("x-amz-sdk-checksum-algorithm")
        .map(algorithm)
        .transpose()
}

fn algorithm(name: &str) -> S3Result<ChecksumAlgorithm> {
    match name.to_ascii_lowercase().as_str() {
        "crc32" => Ok(ChecksumAlgorithm::Crc32),
        "crc32c" => Ok(ChecksumAlgorithm::Crc32c),
        "crc64nvme" => Ok(ChecksumAlgorithm::Crc64Nvme),
        "sha1" => Ok(ChecksumAlgorithm::Sha1),
        "sha256" => Ok(ChecksumAlgorithm::Sha256),
        _ => Err(s3_error!(
            InvalidRequest,
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
        )),
    }
}
