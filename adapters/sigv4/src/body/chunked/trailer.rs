//! The trailer: the checksum that `x-amz-trailer` announces, and its signature.

use http::{HeaderMap, HeaderValue, header::HeaderName};

use super::{BodyError, TrailerSlot};
use crate::{Request, body::ChecksumAlgorithm, hexadecimal};

const TRAILER: &str = "x-amz-trailer";
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// A trailer that is announced, then read.
pub(super) struct Trailer {
    declared: Option<ChecksumAlgorithm>,
    is_signed: bool,
    value: Option<HeaderValue>,
    /// As it is signed: `name:value\n`.
    canonical: Vec<u8>,
    signature: Option<[u8; 32]>,
    slot: TrailerSlot,
}

impl Trailer {
    /// What the request announces: exactly one checksum if its payload has a trailer, else nothing.
    pub(super) fn declared(
        request: &Request<'_>,
        has_trailer: bool,
        is_signed: bool,
    ) -> Result<Self, BodyError> {
        let mut names = request
            .headers
            .get_all(TRAILER)
            .iter()
            .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
            .map(<[u8]>::trim_ascii);
        let declared = match (has_trailer, names.next(), names.next()) {
            (false, None, _) => None,
            (false, Some(_), _) => {
                return Err(BodyError::MalformedTrailer("none is part of the payload"));
            }
            (true, None, _) => {
                return Err(BodyError::MalformedTrailer("`x-amz-trailer` is missing"));
            }
            (true, Some(_), Some(_)) => return Err(BodyError::MultipleChecksums),
            (true, Some(name), None) => {
                let name = String::from_utf8_lossy(name);
                let algorithm = ChecksumAlgorithm::of_header(&name).ok_or_else(|| {
                    BodyError::UnsupportedChecksum(name.chars().take(64).collect())
                })?;
                Some(algorithm)
            }
        };
        Ok(Self {
            declared,
            is_signed: is_signed && has_trailer,
            value: None,
            canonical: Vec::new(),
            signature: None,
            slot: TrailerSlot::default(),
        })
    }

    /// The checksum that is announced.
    pub(super) fn checksum(&self) -> Option<ChecksumAlgorithm> {
        self.declared
    }

    pub(super) fn slot(&self) -> TrailerSlot {
        TrailerSlot::clone(&self.slot)
    }

    /// Reads one line: the announced checksum first, then its signature.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<(), BodyError> {
        let at = line
            .iter()
            .position(|&byte| byte == b':')
            .ok_or(BodyError::MalformedTrailer("a line has no colon"))?;
        let (name, value) = line.split_at(at);
        let name = name.trim_ascii().to_ascii_lowercase();
        let value = value.get(1..).unwrap_or_default().trim_ascii();

        if self.signature.is_some() {
            return Err(BodyError::MalformedTrailer("a line follows its signature"));
        }
        if self.is_signed && name == TRAILER_SIGNATURE.as_bytes() {
            self.signature = Some(
                hexadecimal::read(value)
                    .ok_or(BodyError::MalformedTrailer("its signature cannot be read"))?,
            );
            return Ok(());
        }
        let is_announced = self
            .declared
            .is_some_and(|algorithm| algorithm.header().as_bytes() == name);
        if !is_announced || self.value.is_some() {
            return Err(BodyError::MalformedTrailer("a line was not announced"));
        }
        for part in [&name, &b":"[..], value, b"\n"] {
            self.canonical.extend_from_slice(part);
        }
        self.value = Some(
            HeaderValue::from_bytes(value)
                .map_err(|_| BodyError::MalformedTrailer("its value cannot be read"))?,
        );
        Ok(())
    }

    /// What the signature covers.
    pub(super) fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// The signature, which must have come if the payload says so; `None` if it says otherwise.
    pub(super) fn signature(&self) -> Result<Option<[u8; 32]>, BodyError> {
        match (self.is_signed, self.signature) {
            (true, None) => Err(BodyError::MalformedTrailer("it is not signed")),
            (_, signature) => Ok(signature),
        }
    }

    /// The announced checksum, which must have come.
    pub(super) fn announced(&self) -> Result<Option<(ChecksumAlgorithm, &[u8])>, BodyError> {
        match (self.declared, &self.value) {
            (None, _) => Ok(None),
            (Some(algorithm), Some(value)) => Ok(Some((algorithm, value.as_bytes()))),
            (Some(_), None) => Err(BodyError::MalformedTrailer("the announced line is missing")),
        }
    }

    /// All is verified: lets others see it.
    pub(super) fn publish(&mut self) {
        let mut trailers = HeaderMap::new();
        if let (Some(algorithm), Some(value)) = (self.declared, self.value.take()) {
            trailers.insert(HeaderName::from_static(algorithm.header()), value);
        }
        // Published once: the decoder ends only once.
        let _ = self.slot.set(trailers);
    }
}
