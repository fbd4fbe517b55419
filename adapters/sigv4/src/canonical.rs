//! The canonical request: one text that signer and verifier make of a request independently.

pub(crate) mod headers;
pub(crate) mod path;
pub(crate) mod query;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::{
    Malformation, Payload, Refusal, Request, Service, service::PathRule,
    signed_headers::SignedHeaders,
};

/// Everything but RFC 3986's unreserved characters is encoded.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same within a path, whose slashes stay.
pub(crate) const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Room for the canonical request of an ordinary API call.
const ORDINARY: usize = 1024;

/// Writes the canonical request.
pub(crate) fn request(
    request: &Request<'_>,
    signed_headers: &SignedHeaders<'_>,
    payload: Payload,
    service: Service,
) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::with_capacity(ORDINARY);
    out.extend_from_slice(request.method.as_bytes());
    out.push(b'\n');
    write_path(request.path, service, &mut out)?;
    out.push(b'\n');
    query::write(request.query, &mut out);
    out.push(b'\n');
    headers::write(request.headers, signed_headers, &mut out)?;
    out.push(b'\n');
    out.extend_from_slice(signed_headers.as_str().as_bytes());
    out.push(b'\n');
    payload.write(&mut out);
    Ok(out)
}

/// Appends the canonical URI of `path`, as `service` makes it.
pub(crate) fn write_path(path: &str, service: Service, out: &mut Vec<u8>) -> Result<(), Refusal> {
    match service.path {
        PathRule::Normalized => path::write_normalized(path, out),
        PathRule::Verbatim => {
            path::write_verbatim(path, out).ok_or(Refusal::Malformed(Malformation::Path))?;
        }
    }
    Ok(())
}

/// Appends `bytes` percent-encoded.
pub(crate) fn write_encoded(bytes: &[u8], reserved: &'static AsciiSet, out: &mut Vec<u8>) {
    for part in percent_encode(bytes, reserved) {
        out.extend_from_slice(part.as_bytes());
    }
}
