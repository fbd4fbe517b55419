//! A body that is sent as it is.

use bytes::Bytes;
use http::header;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{BodyError, checks::Checks};
use crate::{Payload, Request, Verified};

/// Holds a body against the SHA-256 that was signed, `content-length`, `content-md5` and
/// `x-amz-checksum-*`. See [`BodyDecoder`](super::BodyDecoder) for when data counts.
pub struct PlainBody {
    sha256: Option<(Sha256, [u8; 32])>,
    checks: Checks,
    length: Option<u64>,
    received: u64,
    held: Option<Bytes>,
    refused: bool,
}

impl PlainBody {
    /// Reads what the request says about its body.
    pub fn new(verified: &Verified, request: &Request<'_>) -> Result<Self, BodyError> {
        let sha256 = match verified.payload() {
            Payload::Sha256(expected) => Some((Sha256::new(), expected)),
            Payload::Unsigned => None,
            Payload::SignedChunks { .. } | Payload::UnsignedChunks => {
                return Err(BodyError::MalformedChunk("the body is chunked"));
            }
        };
        Ok(Self {
            sha256,
            checks: Checks::of(request, verified.form())?,
            length: super::length(request, header::CONTENT_LENGTH.as_str())?,
            received: 0,
            held: None,
            refused: false,
        })
    }

    /// `content-length`, if there is one.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Takes `input` and hands on the piece before it.
    pub fn decode(&mut self, input: &mut Bytes) -> Result<Option<Bytes>, BodyError> {
        if self.refused {
            return Err(BodyError::Refused);
        }
        if input.is_empty() {
            return Ok(None);
        }
        let data = std::mem::take(input);
        self.received = self.received.saturating_add(super::size(&data));
        if let Some(declared) = self.length
            && self.received > declared
        {
            self.refused = true;
            return Err(BodyError::TooLong { declared });
        }
        if let Some((hash, _)) = &mut self.sha256 {
            hash.update(&data);
        }
        self.checks.update(&data);
        Ok(self.held.replace(data))
    }

    /// Verifies the whole and hands on the last piece.
    pub fn finish(&mut self) -> Result<Option<Bytes>, BodyError> {
        if self.refused {
            return Err(BodyError::Refused);
        }
        // Whatever comes of it, there is no second end.
        self.refused = true;
        if let Some(declared) = self.length
            && self.received != declared
        {
            return Err(BodyError::Incomplete {
                declared,
                received: self.received,
            });
        }
        if let Some((hash, expected)) = self.sha256.take()
            && !bool::from(hash.finalize().as_slice().ct_eq(&expected))
        {
            return Err(BodyError::PayloadMismatch);
        }
        self.checks.finish()?;
        Ok(self.held.take())
    }
}
