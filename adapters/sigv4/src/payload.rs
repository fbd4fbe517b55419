//! What the signature says about the body.

use http::HeaderValue;
use sha2::{Digest, Sha256};

use crate::{
    Body, Form, Malformation, Refusal, Request, Service, claim::Claim, service::PayloadRule,
    signed_headers::AMZ_CONTENT_SHA256,
};

pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const SIGNED_CHUNKS: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_CHUNKS_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_CHUNKS_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How the body is bound to the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// By its SHA-256.
    Sha256([u8; 32]),
    /// Not at all: `UNSIGNED-PAYLOAD`.
    Unsigned,
    /// Chunk by chunk in `aws-chunked` encoding, each chunk signed after the one before it:
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, with a signed trailer if it ends in `-TRAILER`.
    SignedChunks {
        /// Whether a trailer follows the last chunk.
        trailer: bool,
    },
    /// In `aws-chunked` encoding with unsigned chunks, and a trailer with a checksum:
    /// `STREAMING-UNSIGNED-PAYLOAD-TRAILER`.
    UnsignedChunks,
}

/// SHA-256 of nothing.
const EMPTY_SHA256: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// The SHA-256 of `body`.
pub(crate) fn sha256(body: &[u8]) -> [u8; 32] {
    if body.is_empty() {
        EMPTY_SHA256
    } else {
        Sha256::digest(body).into()
    }
}

impl Payload {
    /// Reads what the request declares, and settles what the service makes of it.
    pub(crate) fn settle(
        request: &Request<'_>,
        claim: &Claim<'_>,
        body: Body<'_>,
        service: Service,
    ) -> Result<Self, Refusal> {
        let declared = declared(request, claim)?;
        match service.payload {
            PayloadRule::Declared => match (declared, claim.form) {
                (None, Form::Header) => Err(Refusal::MissingContentSha256),
                (None, Form::Presigned) => Ok(Self::Unsigned),
                (Some(Self::SignedChunks { .. } | Self::UnsignedChunks), Form::Presigned) => {
                    Err(Refusal::UnsupportedPayload("presigned chunks".into()))
                }
                (Some(declared), _) => Ok(declared),
            },
            PayloadRule::Hashed => match (declared, body) {
                (Some(Self::Sha256(_)) | None, Body::Collected(body)) => {
                    let hash = Self::Sha256(sha256(body));
                    match declared {
                        Some(declared) if declared != hash => Err(Refusal::PayloadMismatch),
                        _ => Ok(hash),
                    }
                }
                (Some(hash @ Self::Sha256(_)), Body::Streamed) => Ok(hash),
                (None, Body::Streamed) => Err(Refusal::MissingContentSha256),
                (Some(_), _) => Err(Refusal::UnsignedPayload(service.name())),
            },
        }
    }

    /// A body that was collected must have the hash that was signed.
    pub(crate) fn check(self, body: Body<'_>) -> Result<(), Refusal> {
        match (self, body) {
            // Both are known to the client: nothing is given away by the time this takes.
            (Self::Sha256(hash), Body::Collected(body)) if hash != sha256(body) => {
                Err(Refusal::PayloadMismatch)
            }
            _ => Ok(()),
        }
    }

    /// Appends the last line of the canonical request.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Sha256(hash) => crate::hexadecimal::write(&hash, out),
            Self::Unsigned => out.extend_from_slice(UNSIGNED.as_bytes()),
            Self::SignedChunks { trailer: false } => {
                out.extend_from_slice(SIGNED_CHUNKS.as_bytes());
            }
            Self::SignedChunks { trailer: true } => {
                out.extend_from_slice(SIGNED_CHUNKS_TRAILER.as_bytes());
            }
            Self::UnsignedChunks => out.extend_from_slice(UNSIGNED_CHUNKS_TRAILER.as_bytes()),
        }
    }

    fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let unreadable = Refusal::Malformed(Malformation::ContentSha256);
        let text = std::str::from_utf8(text).map_err(|_| unreadable.clone())?;
        match text {
            UNSIGNED => Ok(Self::Unsigned),
            SIGNED_CHUNKS => Ok(Self::SignedChunks { trailer: false }),
            SIGNED_CHUNKS_TRAILER => Ok(Self::SignedChunks { trailer: true }),
            UNSIGNED_CHUNKS_TRAILER => Ok(Self::UnsignedChunks),
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"
            | "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER" => {
                Err(Refusal::UnsupportedPayload(text.into()))
            }
            _ => crate::hexadecimal::read(text.as_bytes())
                .map(Self::Sha256)
                .ok_or(unreadable),
        }
    }
}

/// `X-Amz-Content-Sha256` of the query or `x-amz-content-sha256` of the headers, which must not differ.
fn declared(request: &Request<'_>, claim: &Claim<'_>) -> Result<Option<Payload>, Refusal> {
    let header = request
        .headers
        .get(&AMZ_CONTENT_SHA256)
        .map(HeaderValue::as_bytes);
    let query = claim.content_sha256.as_deref().map(str::as_bytes);
    match (query, header) {
        (Some(query), Some(header)) if query != header => {
            Err(Refusal::Malformed(Malformation::ContentSha256))
        }
        (query, header) => query.or(header).map(Payload::parse).transpose(),
    }
}
