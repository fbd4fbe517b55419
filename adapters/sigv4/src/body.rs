//! Bodies that arrive after their head was verified: nothing of them counts before their end.

mod checks;
mod checksum;
mod chunked;
mod error;
mod plain;
mod stream;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::HeaderMap;

use crate::{Payload, Request, Verified};

pub use checksum::ChecksumAlgorithm;
pub use chunked::ChunkedDecoder;
pub use error::BodyError;
pub use plain::PlainBody;
pub use stream::VerifiedBody;

/// Where the trailers of a body appear once they are verified.
pub type TrailerSlot = Arc<OnceLock<HeaderMap>>;

/// Follows the body of a verified request, frame by frame, without I/O of its own.
///
/// Data is handed on as it flows, whatever the size of a chunk, in memory bounded by the frames given.
/// **It may not be made visible before [`finish`](Self::finish) has succeeded.** So that a reader who
/// merely counts bytes cannot mistake the last of them for the end, the last piece is withheld until
/// everything is verified: signatures, lengths, hashes, checksums and trailers.
///
/// After an error every further call is an error.
pub struct BodyDecoder(Encoding);

enum Encoding {
    Plain(Box<PlainBody>),
    Chunked(Box<ChunkedDecoder>),
}

impl BodyDecoder {
    /// The decoder for the payload that `verified` declares, held against the checksums and lengths in
    /// the request's headers.
    pub fn new(verified: &Verified, request: &Request<'_>) -> Result<Self, BodyError> {
        Ok(Self(match verified.payload() {
            Payload::Sha256(_) | Payload::Unsigned => {
                Encoding::Plain(Box::new(PlainBody::new(verified, request)?))
            }
            Payload::SignedChunks { .. } | Payload::UnsignedChunks => {
                Encoding::Chunked(Box::new(ChunkedDecoder::new(verified, request)?))
            }
        }))
    }

    /// The length that the decoded body will have, where the request says so.
    pub fn decoded_length(&self) -> Option<u64> {
        match &self.0 {
            Encoding::Plain(body) => body.length(),
            Encoding::Chunked(body) => Some(body.decoded_length()),
        }
    }

    /// Where the trailers will be, if any come.
    pub fn trailers(&self) -> TrailerSlot {
        match &self.0 {
            Encoding::Plain(_) => TrailerSlot::default(),
            Encoding::Chunked(body) => body.trailers(),
        }
    }

    /// Takes from `input` until a piece can be handed on; `None` when `input` is used up.
    pub fn decode(&mut self, input: &mut Bytes) -> Result<Option<Bytes>, BodyError> {
        match &mut self.0 {
            Encoding::Plain(body) => body.decode(input),
            Encoding::Chunked(body) => body.decode(input),
        }
    }

    /// The body has ended: verifies it as a whole and hands on the last piece, if there is one.
    pub fn finish(&mut self) -> Result<Option<Bytes>, BodyError> {
        match &mut self.0 {
            Encoding::Plain(body) => body.finish(),
            Encoding::Chunked(body) => body.finish(),
        }
    }
}

/// The number in the header `name`; `None` if it is not there.
fn length(request: &Request<'_>, name: &'static str) -> Result<Option<u64>, BodyError> {
    let mut values = request.headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let digits = value
        .to_str()
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (digits.and_then(|text| text.parse().ok()), values.next()) {
        (Some(length), None) => Ok(Some(length)),
        _ => Err(BodyError::Length(name)),
    }
}

/// The length of a buffer as bodies count.
fn size(data: &[u8]) -> u64 {
    // No buffer is longer than 2^64 bytes.
    u64::try_from(data.len()).unwrap_or(u64::MAX)
}
