//! An entry of a zip: what is known of it before its bytes, and what they turn out to be.

use std::ops::Add;

use super::{Crc32, EntryName, Method};
use crate::Timestamp;

/// From here on a 32-bit field of zip says “see the zip64 field”.
pub(super) const ZIP64_FROM: u64 = 0xFFFF_FFFF;

/// When the checksum of an entry's bytes is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// It is known, from the object's record or its full-object checksum. Only of stored entries.
    Known(Crc32),
    /// The bytes come first and the header is written when they are known: they fit into memory, or they are
    /// copied, and S3's answers have their checksums.
    BodyFirst,
    /// The bytes are passed on as they are read, and a data descriptor follows them.
    Afterwards,
}

impl Checksum {
    /// Of a stored entry of `size` bytes that the worker reads: known, or else first if the worker takes so
    /// many bytes into memory (at most `buffer`), or else afterwards.
    pub const fn of_stored(known: Option<Crc32>, size: u64, buffer: u64) -> Self {
        match known {
            Some(crc) => Self::Known(crc),
            None if size <= buffer => Self::BodyFirst,
            None => Self::Afterwards,
        }
    }
}

/// The bytes of an entry as they are in the zip: deflated ones after deflating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// The checksum of the bytes as they were before deflating.
    pub crc: Crc32,
    /// How many bytes the entry takes in the zip.
    pub length: u64,
}

/// A number of bytes of which only bounds may be known beforehand: what deflating leaves is seen afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// At least so many.
    pub min: u64,
    /// At most so many.
    pub max: u64,
}

impl Extent {
    /// Exactly so many bytes.
    pub const fn exactly(bytes: u64) -> Self {
        Self {
            min: bytes,
            max: bytes,
        }
    }

    /// The number of bytes where it is known.
    pub const fn exact(self) -> Option<u64> {
        if self.min == self.max {
            Some(self.min)
        } else {
            None
        }
    }

    /// Is `bytes` within the bounds?
    pub const fn contains(self, bytes: u64) -> bool {
        self.min <= bytes && bytes <= self.max
    }
}

/// Beyond 2⁶⁴ a sum stays at the largest number; limits are far below.
impl Add for Extent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            max: self.max.saturating_add(other.max),
        }
    }
}

/// What is known of an entry beforehand. Its records follow from this and from its [`Body`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    name: EntryName,
    modified_at: Timestamp,
    size: u64,
    method: Method,
    checksum: Checksum,
}

impl Entry {
    /// A stored entry of `size` bytes.
    pub fn stored(name: EntryName, modified_at: Timestamp, size: u64, checksum: Checksum) -> Self {
        Self {
            name,
            modified_at,
            size,
            method: Method::Stored,
            checksum,
        }
    }

    /// An entry of `size` bytes that is deflated: as a whole in memory before its header is written if
    /// `body_first`, and else on the way.
    pub fn deflated(name: EntryName, modified_at: Timestamp, size: u64, body_first: bool) -> Self {
        Self {
            name,
            modified_at,
            size,
            method: Method::Deflated,
            checksum: if body_first {
                Checksum::BodyFirst
            } else {
                Checksum::Afterwards
            },
        }
    }

    /// The entry when its bytes are known before its header is written, as those of a copied object are.
    #[must_use]
    pub(super) fn with_body_first(mut self) -> Self {
        if self.checksum == Checksum::Afterwards {
            self.checksum = Checksum::BodyFirst;
        }
        self
    }

    /// Its name.
    pub fn name(&self) -> &EntryName {
        &self.name
    }

    /// When its object was modified.
    pub fn modified_at(&self) -> Timestamp {
        self.modified_at
    }

    /// Its length in bytes before deflating.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How its bytes are kept.
    pub fn method(&self) -> Method {
        self.method
    }

    /// When its checksum is there.
    pub fn checksum(&self) -> Checksum {
        self.checksum
    }

    /// What is known of its body beforehand: all of it, if it is stored and its checksum is known.
    pub fn known_body(&self) -> Option<Body> {
        match (self.method, self.checksum) {
            (Method::Stored, Checksum::Known(crc)) => Some(Body {
                crc,
                length: self.size,
            }),
            _ => None,
        }
    }

    /// How many bytes its body takes in the zip.
    ///
    /// Deflated data is at most an eighth and 64 bytes longer than it was: no compressor in use makes it
    /// longer, not even those that write each byte with the fixed code of up to nine bits.
    pub fn body_extent(&self) -> Extent {
        match self.method {
            Method::Stored => Extent::exactly(self.size),
            Method::Deflated => Extent {
                min: 0,
                max: self.size.saturating_add(self.size / 8 + 64),
            },
        }
    }

    /// Does a data descriptor follow its bytes?
    pub fn has_descriptor(&self) -> bool {
        self.checksum == Checksum::Afterwards
    }

    /// Do its local header and its descriptor have fields of 64 bits for the lengths? Exactly if one may need it.
    pub(super) fn has_long_lengths(&self) -> bool {
        self.size.max(self.body_extent().max) >= ZIP64_FROM
    }
}
