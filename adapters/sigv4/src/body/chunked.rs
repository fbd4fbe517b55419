//! `aws-chunked`: a body in chunks, signed one after the other or not at all, and then a trailer
//! (“Signature calculations for the Authorization header: transferring payload in multiple chunks” of
//! the Amazon S3 API reference).

mod line;
mod trailer;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use self::{line::Line, trailer::Trailer};
use super::{BodyError, TrailerSlot, checks::Checks};
use crate::{Payload, Request, Verified, hexadecimal, payload::sha256, verified::ScopedKey};

const DECODED_LENGTH: &str = "x-amz-decoded-content-length";
const CHUNK_SIGNATURE: &[u8] = b"chunk-signature=";
/// The digits of the largest chunk size.
const SIZE_DIGITS: usize = 16;

/// Decodes a chunked body, verifying chunks, trailer, lengths and checksums.
/// See [`BodyDecoder`](super::BodyDecoder) for when data counts.
pub struct ChunkedDecoder {
    state: State,
    line: Line,
    signed: Option<SignedChunks>,
    trailer: Trailer,
    checks: Checks,
    declared: u64,
    received: u64,
    held: Option<Bytes>,
}

/// What comes next.
enum State {
    /// `10000;chunk-signature=…`.
    Head,
    /// This many bytes of the chunk.
    Data(u64),
    /// The line break after a chunk's data.
    DataEnd,
    /// A line of the trailer, or the empty line that ends it.
    Trailer,
    /// Nothing: all is verified.
    Done,
    /// Nothing: the body was refused, or its last piece handed on.
    Refused,
}

/// The chain of signatures.
struct SignedChunks {
    key: ScopedKey,
    /// The signature of the chunk before, at first of the request.
    previous: [u8; 32],
    /// What the current chunk says its signature is.
    claimed: [u8; 32],
    hash: Sha256,
}

impl SignedChunks {
    /// The current chunk is complete: its signature must follow from the one before.
    fn verify(&mut self) -> Result<(), BodyError> {
        let hash = std::mem::take(&mut self.hash).finalize().into();
        let string_to_sign = self
            .key
            .string_to_sign("-PAYLOAD", &[self.previous, sha256(b""), hash]);
        self.check(&string_to_sign, self.claimed)
            .ok_or(BodyError::ChunkSignatureMismatch)
    }

    /// The trailer must be signed after the last chunk.
    fn verify_trailer(&mut self, trailer: &[u8], claimed: [u8; 32]) -> Result<(), BodyError> {
        let string_to_sign = self
            .key
            .string_to_sign("-TRAILER", &[self.previous, sha256(trailer)]);
        self.check(&string_to_sign, claimed)
            .ok_or(BodyError::TrailerSignatureMismatch)
    }

    fn check(&mut self, string_to_sign: &[u8], claimed: [u8; 32]) -> Option<()> {
        let matches = self.key.sign(string_to_sign).ct_eq(&claimed);
        self.previous = claimed;
        bool::from(matches).then_some(())
    }
}

impl ChunkedDecoder {
    /// A decoder for the chunks that `verified` declares.
    pub fn new(verified: &Verified, request: &Request<'_>) -> Result<Self, BodyError> {
        let (is_signed, has_trailer) = match verified.payload() {
            Payload::SignedChunks { trailer } => (true, trailer),
            Payload::UnsignedChunks => (false, true),
            Payload::Sha256(_) | Payload::Unsigned => {
                return Err(BodyError::MalformedChunk("the body is not chunked"));
            }
        };
        let mut checks = Checks::of(request, verified.form())?;
        let trailer = Trailer::declared(request, has_trailer, is_signed)?;
        if let Some(algorithm) = trailer.checksum() {
            checks.follow(algorithm)?;
        }
        Ok(Self {
            state: State::Head,
            line: Line::default(),
            signed: is_signed.then(|| SignedChunks {
                key: verified.key.clone(),
                previous: verified.signature,
                claimed: [0; 32],
                hash: Sha256::new(),
            }),
            trailer,
            checks,
            declared: super::length(request, DECODED_LENGTH)?
                .ok_or(BodyError::Length(DECODED_LENGTH))?,
            received: 0,
            held: None,
        })
    }

    /// `x-amz-decoded-content-length`.
    pub fn decoded_length(&self) -> u64 {
        self.declared
    }

    /// Where the trailers will be, without their signature.
    pub fn trailers(&self) -> TrailerSlot {
        self.trailer.slot()
    }

    /// Takes from `input` until a piece can be handed on; `None` when `input` is used up.
    pub fn decode(&mut self, input: &mut Bytes) -> Result<Option<Bytes>, BodyError> {
        while !input.is_empty() {
            match self.step(input) {
                Ok(None) => {}
                Ok(piece) => return Ok(piece),
                Err(error) => {
                    self.state = State::Refused;
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    /// The body must be complete: hands on its last piece.
    pub fn finish(&mut self) -> Result<Option<Bytes>, BodyError> {
        match std::mem::replace(&mut self.state, State::Refused) {
            State::Done => Ok(self.held.take()),
            State::Refused => Err(BodyError::Refused),
            _ => Err(self.incomplete()),
        }
    }

    /// Takes at least one byte.
    fn step(&mut self, input: &mut Bytes) -> Result<Option<Bytes>, BodyError> {
        match self.state {
            State::Data(left) => {
                let size = super::size(input).min(left);
                let data = input.split_to(usize::try_from(size).unwrap_or(input.len()));
                self.state = match left - size {
                    0 => State::DataEnd,
                    left => State::Data(left),
                };
                self.received += size;
                if let Some(signed) = &mut self.signed {
                    signed.hash.update(&data);
                }
                self.checks.update(&data);
                return Ok(self.held.replace(data));
            }
            State::Head => {
                if let Some(line) = self.line.take(input)? {
                    self.head(&line)?;
                }
            }
            State::DataEnd => {
                if let Some(line) = self.line.take(input)? {
                    if !line.is_empty() {
                        return Err(BodyError::MalformedChunk(
                            "its data is longer than its size",
                        ));
                    }
                    self.state = State::Head;
                    if let Some(signed) = &mut self.signed {
                        signed.verify()?;
                    }
                }
            }
            State::Trailer => {
                if let Some(line) = self.line.take(input)? {
                    if line.is_empty() {
                        self.end()?;
                        self.state = State::Done;
                    } else {
                        self.trailer.read(&line)?;
                    }
                }
            }
            State::Done => {
                return Err(BodyError::MalformedChunk("data follows the last chunk"));
            }
            State::Refused => return Err(BodyError::Refused),
        }
        Ok(None)
    }

    /// Reads the line before a chunk's data.
    fn head(&mut self, line: &[u8]) -> Result<(), BodyError> {
        let (size, extension) = match line.iter().position(|&byte| byte == b';') {
            Some(at) => line
                .split_at_checked(at)
                .map(|(size, rest)| (size, rest.get(1..)))
                .unwrap_or((line, None)),
            None => (line, None),
        };
        let size = size_of(size)?;
        match (&mut self.signed, extension) {
            (Some(signed), Some(extension)) => {
                signed.claimed = extension
                    .strip_prefix(CHUNK_SIGNATURE)
                    .and_then(hexadecimal::read)
                    .ok_or(BodyError::MalformedChunk("its signature cannot be read"))?;
            }
            (None, None) => {}
            (Some(_), None) => return Err(BodyError::MalformedChunk("it is not signed")),
            (None, Some(_)) => return Err(BodyError::MalformedChunk("it has an extension")),
        }
        if size > self.declared - self.received {
            return Err(BodyError::TooLong {
                declared: self.declared,
            });
        }
        if size > 0 {
            self.state = State::Data(size);
            return Ok(());
        }
        if let Some(signed) = &mut self.signed {
            signed.verify()?;
        }
        if self.received < self.declared {
            return Err(self.incomplete());
        }
        self.state = State::Trailer;
        Ok(())
    }

    /// Everything has come: holds it against all that was said about it.
    fn end(&mut self) -> Result<(), BodyError> {
        let announced = self.trailer.announced()?;
        if let Some(signed) = &mut self.signed
            && let Some(claimed) = self.trailer.signature()?
        {
            signed.verify_trailer(self.trailer.canonical(), claimed)?;
        }
        if let Some((algorithm, value)) = announced {
            self.checks.expect(algorithm, value)?;
        }
        self.checks.finish()?;
        self.trailer.publish();
        Ok(())
    }

    fn incomplete(&self) -> BodyError {
        BodyError::Incomplete {
            declared: self.declared,
            received: self.received,
        }
    }
}

/// A chunk's size: 1 to 16 hexadecimal digits.
fn size_of(digits: &[u8]) -> Result<u64, BodyError> {
    let malformed = BodyError::MalformedChunk("its size cannot be read");
    if digits.is_empty() || digits.len() > SIZE_DIGITS {
        return Err(malformed);
    }
    digits.iter().try_fold(0_u64, |size, &digit| {
        let digit = char::from(digit).to_digit(16).ok_or(malformed.clone())?;
        // At most 16 digits: nothing is shifted out.
        Ok((size << 4) | u64::from(digit))
    })
}
