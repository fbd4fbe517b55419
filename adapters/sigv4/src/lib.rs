//! Verification of AWS Signature Version 4, pure and without I/O; and a [`Signer`] for our own requests.
//!
//! A [`Verifier`] takes the head of a request as it came over the wire and says who signed it
//! ([`Verified`]) or why it is not believed ([`Refusal`]). It is closed by default: there is no
//! anonymous fallback, no optional check and no way to switch one off.
//!
//! Two forms are read: the `Authorization` header and the presigned query. The request's path, query
//! and headers are bound as the AWS documentation (“Create a signed AWS API request” and
//! “Authenticating Requests: AWS Signature Version 4” of Amazon S3) describes, and every `x-amz-*`
//! header that is present must be signed, `x-amz-content-sha256` excepted: its value is the last line
//! of the canonical request anyway.
//!
//! A body is bound in one of two ways. Where it was read before ([`Body::Collected`]) its SHA-256 is
//! part of the verification. Where it is still to come ([`Body::Streamed`], Amazon S3) a
//! [`BodyDecoder`] follows it: plain or `aws-chunked`, with chunk signatures, trailers and checksums.
//!
//! ```
//! # use std::{sync::Arc, time::{Duration, SystemTime}};
//! # use notewarden_sigv4::{Body, Credentials, Refusal, Request, Service, Verifier};
//! let credentials = Arc::new(Credentials::new("AKIDEXAMPLE", "secret"));
//! let keys = |id: &str| (id == credentials.access_key_id()).then(|| Arc::clone(&credentials));
//! let verifier = Verifier::new("us-east-1");
//!
//! let (head, body) = http::Request::get("/notes").body("").unwrap().into_parts();
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045);
//! let outcome = verifier.verify(
//!     &Request::from(&head),
//!     Body::Collected(body.as_bytes()),
//!     Service::EXECUTE_API,
//!     &keys,
//!     now,
//! );
//! assert_eq!(outcome.unwrap_err(), Refusal::MissingAuthentication);
//! ```
//!
//! Where a signature does not match, [`Evidence`] of the request tells later which [`Mistake`] gives the client's.
//!
//! **Authorize the bytes that are served.** The signature of services other than S3 covers the
//! *normalized* path, so `/a/../b` verifies with a signature made for `/b`. Whoever routes and
//! authorizes must use the same path, the one in the request line, and must not resolve dot segments
//! or doubled slashes in one place only.

mod authorization;
mod body;
mod canonical;
mod claim;
mod credentials;
mod date;
mod diagnosis;
mod fields;
mod hexadecimal;
mod payload;
mod presigned;
mod refusal;
mod request;
mod scope;
mod service;
mod signed_headers;
mod signer;
mod signing_key;
mod verified;
mod verifier;

pub use body::{
    BodyDecoder, BodyError, ChecksumAlgorithm, ChunkedDecoder, PlainBody, TrailerSlot, VerifiedBody,
};
pub use credentials::{Credentials, KeySource};
pub use diagnosis::{Diagnosis, Evidence, Mistake};
pub use payload::Payload;
pub use refusal::{Malformation, Mismatch, Refusal, ScopePart};
pub use request::{Body, Request};
pub use service::Service;
pub use signer::Signer;
pub use verified::{Form, Verified};
pub use verifier::Verifier;
