//! A request as it came over the wire, which is what a signature binds.

use http::HeaderMap;

/// The head of a request, borrowed: nothing in it is decoded or normalized.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method, in the case it was sent.
    pub method: &'a str,
    /// The path of the request line, percent-encoded as it was sent.
    pub path: &'a str,
    /// What follows `?`, percent-encoded as it was sent; empty if there is none.
    pub query: &'a str,
    /// The authority of an absolute-form request target, which must agree with `Host`.
    pub authority: Option<&'a str>,
    /// All headers, in order.
    pub headers: &'a HeaderMap,
}

impl<'a> From<&'a http::request::Parts> for Request<'a> {
    fn from(parts: &'a http::request::Parts) -> Self {
        Self {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            authority: parts.uri.authority().map(http::uri::Authority::as_str),
            headers: &parts.headers,
        }
    }
}

/// How much of the body the verifier can see.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// The whole body: its SHA-256 is verified together with the signature.
    Collected(&'a [u8]),
    /// Still to come: what `x-amz-content-sha256` declares is verified as signed, and the body must be
    /// held against it by a [`BodyDecoder`](crate::BodyDecoder).
    Streamed,
}
