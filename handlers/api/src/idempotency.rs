//! The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header).

use http::{HeaderMap, HeaderName, Method};
use notewarden_domain::idempotency::{IdempotencyKey, Once, RequestHash};
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What the header binds this request to, if it is there: the method, the path and the body's bytes.
pub(crate) fn once(
    headers: &HeaderMap,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<Option<Once>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        let rule = "must be given once";
        return Err(Problem::malformed("Idempotency-Key", rule));
    }
    let key = String::from_utf8_lossy(value.as_bytes()).parse::<IdempotencyKey>();
    let key = key.map_err(|invalid| Problem::at(Kind::Malformed, &invalid))?;
    let digest = Sha256::new()
        .chain_update(method.as_str())
        .chain_update(" ")
        .chain_update(path)
        .chain_update("\n")
        .chain_update(body)
        .finalize();
    let request = RequestHash(digest.into());
    Ok(Some(Once { key, request }))
}
