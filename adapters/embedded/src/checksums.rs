//! The checksums that S3 keeps with objects: how they are computed, combined and written.

use base64::{Engine, engine::general_purpose::STANDARD};
use crc_fast::CrcAlgorithm;
use notewarden_domain::archive::Crc32;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// An algorithm that a client may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChecksumAlgorithm {
    /// CRC-32 of ISO/HDLC, as in zip.
    Crc32,
    /// CRC-32C (Castagnoli).
    Crc32c,
    /// CRC-64/NVME: what S3 computes when the client chooses none.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl ChecksumAlgorithm {
    /// Whether checksums of parts combine into the checksum of the whole.
    pub fn combines(self) -> bool {
        self.crc().is_some()
    }

    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }
}

/// What a multipart upload's checksum covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChecksumKind {
    /// The bytes of the whole object.
    FullObject,
    /// The checksums of its parts.
    Composite,
}

/// A checksum of an object or part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// How it was computed.
    pub algorithm: ChecksumAlgorithm,
    digest: Box<[u8]>,
    /// Of a composite checksum: how many parts it covers.
    parts: Option<u16>,
}

impl Checksum {
    /// What it covers.
    pub fn kind(&self) -> ChecksumKind {
        if self.parts.is_some() {
            ChecksumKind::Composite
        } else {
            ChecksumKind::FullObject
        }
    }

    /// As S3 writes it: base64, followed by `-` and the number of parts when composite.
    pub fn text(&self) -> String {
        let digest = STANDARD.encode(&self.digest);
        match self.parts {
            Some(parts) => format!("{digest}-{parts}"),
            None => digest,
        }
    }

    /// The CRC-32 as a number, when this is one of the whole object.
    pub fn crc32(&self) -> Option<u32> {
        let whole = self.algorithm == ChecksumAlgorithm::Crc32 && self.parts.is_none();
        let digest = <[u8; 4]>::try_from(&*self.digest).ok()?;
        whole.then(|| u32::from_be_bytes(digest))
    }

    /// The checksum of the concatenation of `parts`, each with its length, when the algorithm allows it.
    ///
    /// `None` if there is none, they differ in algorithm, or the algorithm does not combine.
    pub fn combine<'a>(parts: impl IntoIterator<Item = (&'a Self, u64)>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let (first, _) = parts.next()?;
        let crc = first.algorithm.crc()?;
        let mut whole = first.as_crc()?;
        for (part, length) in parts {
            if part.algorithm != first.algorithm {
                return None;
            }
            whole = crc_fast::checksum_combine(crc, whole, part.as_crc()?, length);
        }
        Some(Self::of_crc(first.algorithm, whole))
    }

    /// The checksum over the checksums of `parts`.
    ///
    /// `None` if they differ in algorithm or are more than a checksum can name.
    pub fn compose<'a>(
        algorithm: ChecksumAlgorithm,
        parts: impl IntoIterator<Item = &'a Self>,
    ) -> Option<Self> {
        let mut hasher = Hasher::new(algorithm);
        let mut count = 0_u16;
        for part in parts {
            if part.algorithm != algorithm {
                return None;
            }
            hasher.update(&part.digest);
            count = count.checked_add(1)?;
        }
        Some(Self {
            parts: Some(count),
            ..hasher.finish()
        })
    }

    fn as_crc(&self) -> Option<u64> {
        if self.parts.is_some() {
            return None;
        }
        match *self.digest {
            [a, b, c, d] => Some(u64::from(u32::from_be_bytes([a, b, c, d]))),
            [a, b, c, d, e, f, g, h] => Some(u64::from_be_bytes([a, b, c, d, e, f, g, h])),
            _ => None,
        }
    }

    pub(crate) fn of_crc32(crc32: Crc32) -> Self {
        Self::of_crc(ChecksumAlgorithm::Crc32, u64::from(crc32.get()))
    }

    pub(crate) fn of_crc(algorithm: ChecksumAlgorithm, crc: u64) -> Self {
        let bytes = crc.to_be_bytes();
        let digest = match (algorithm, bytes) {
            (ChecksumAlgorithm::Crc64Nvme, _) => Box::from(bytes),
            (_, [_, _, _, _, rest @ ..]) => Box::from(rest),
        };
        Self {
            algorithm,
            digest,
            parts: None,
        }
    }
}

/// A checksum under way.
#[derive(Debug)]
pub struct Hasher {
    algorithm: ChecksumAlgorithm,
    state: State,
}

#[derive(Debug)]
enum State {
    Crc(crc_fast::Digest),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Hasher {
    /// The checksum of nothing yet.
    pub fn new(algorithm: ChecksumAlgorithm) -> Self {
        let state = match (algorithm, algorithm.crc()) {
            (_, Some(crc)) => State::Crc(crc_fast::Digest::new(crc)),
            (ChecksumAlgorithm::Sha1, _) => State::Sha1(Sha1::new()),
            _ => State::Sha256(Sha256::new()),
        };
        Self { algorithm, state }
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Crc(digest) => digest.update(bytes),
            State::Sha1(digest) => digest.update(bytes),
            State::Sha256(digest) => digest.update(bytes),
        }
    }

    /// The CRC-32 of the bytes taken in so far, if that is what is computed.
    pub(crate) fn crc32(&self) -> Option<Crc32> {
        match &self.state {
            State::Crc(digest) if self.algorithm == ChecksumAlgorithm::Crc32 => {
                u32::try_from(digest.finalize()).ok().map(Crc32::new)
            }
            _ => None,
        }
    }

    /// The checksum of all bytes taken in.
    pub fn finish(self) -> Checksum {
        let digest = match self.state {
            State::Crc(digest) => return Checksum::of_crc(self.algorithm, digest.finalize()),
            State::Sha1(digest) => Box::from(&*digest.finalize()),
            State::Sha256(digest) => Box::from(&*digest.finalize()),
        };
        Checksum {
            algorithm: self.algorithm,
            digest,
            parts: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [ChecksumAlgorithm; 5] = [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32c,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ];

    fn of(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> Checksum {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    #[test]
    fn known_values_are_written_as_s3_writes_them() {
        let texts = ALL.map(|algorithm| of(algorithm, b"123456789").text());
        assert_eq!(
            texts,
            [
                "y/Q5Jg==",
                "4waSgw==",
                "rosUhgp5mIg=",
                "98O8HYCOBHMq32eZZczDTKeuNEE=",
                "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
            ]
        );
        assert_eq!(
            of(ChecksumAlgorithm::Crc32, b"123456789").crc32(),
            Some(0xcbf4_3926)
        );
    }

    #[test]
    fn composites_name_their_parts() {
        let parts = [b"a", b"b"].map(|part| of(ChecksumAlgorithm::Sha256, part));
        let whole = Checksum::compose(ChecksumAlgorithm::Sha256, &parts).unwrap();
        assert_eq!(whole.kind(), ChecksumKind::Composite);
        assert!(whole.text().ends_with("=-2"), "{}", whole.text());
        assert!(Checksum::compose(ChecksumAlgorithm::Sha1, &parts).is_none());
    }

    proptest! {
        #[test]
        fn combined_parts_are_the_whole(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..6)) {
            for algorithm in ALL.into_iter().filter(|algorithm| algorithm.combines()) {
                let sums: Vec<_> = parts.iter().map(|part| (of(algorithm, part), part.len() as u64)).collect();
                let whole = Checksum::combine(sums.iter().map(|(sum, length)| (sum, *length)));
                prop_assert_eq!(whole, Some(of(algorithm, &parts.concat())));
            }
        }
    }
}
