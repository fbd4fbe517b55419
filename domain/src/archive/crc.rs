//! CRC-32 as zip and S3 have it, and the checksum of a whole from those of its parts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The polynomial of ISO 3309, its coefficients from x³¹ at the lowest bit to 1 at the highest.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// The polynomials 1 and x⁸ in the same order.
const ONE: u32 = 1 << 31;
const ONE_BYTE: u32 = 1 << 23;

/// A CRC-32 (ISO 3309) over a stretch of bytes: what a zip entry and S3's `ChecksumCRC32` hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Crc32(u32);

impl Crc32 {
    /// The checksum of no bytes.
    pub const EMPTY: Self = Self(0);

    /// The checksum with this value.
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The value.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The checksum of these bytes followed by `next_bytes` others, whose checksum is `next`.
    ///
    /// It takes time in proportion to the number of binary digits of `next_bytes`, so the parts of an upload
    /// are combined from S3's answers without their bytes.
    #[must_use]
    pub const fn followed_by(self, next: Self, next_bytes: u64) -> Self {
        Self(multiply(self.0, power_of_byte(next_bytes)) ^ next.0)
    }
}

/// Eight hexadecimal digits.
impl fmt::Display for Crc32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl FromStr for Crc32 {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_hexadecimal = text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
        u32::from_str_radix(text, 16)
            .ok()
            .filter(|_| is_hexadecimal)
            .map(Self)
            .ok_or_else(|| Invalid::new("crc32", "must be eight hexadecimal digits"))
    }
}

/// The product of two polynomials modulo [`POLYNOMIAL`].
const fn multiply(a: u32, b: u32) -> u32 {
    let mut multiple = b;
    let mut product = 0;
    let mut bit = ONE;
    while bit != 0 {
        if a & bit != 0 {
            product ^= multiple;
        }
        bit >>= 1;
        multiple = if multiple & 1 == 0 {
            multiple >> 1
        } else {
            (multiple >> 1) ^ POLYNOMIAL
        };
    }
    product
}

/// x⁸ to the power of `bytes`: what appending so many bytes multiplies a checksum with.
const fn power_of_byte(bytes: u64) -> u32 {
    let mut square = ONE_BYTE;
    let mut power = ONE;
    let mut left = bytes;
    while left > 0 {
        if left & 1 == 1 {
            power = multiply(power, square);
        }
        square = multiply(square, square);
        left >>= 1;
    }
    power
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_combine_to_the_whole(bytes: Vec<u8>, cut: proptest::sample::Index) {
            let (left, right) = bytes.split_at(cut.index(bytes.len() + 1));
            let of = |bytes: &[u8]| Crc32::new(crc32fast::hash(bytes));
            prop_assert_eq!(of(left).followed_by(of(right), right.len() as u64), of(&bytes));
        }

        #[test]
        fn lengths_beyond_memory_combine(a: u32, b: u32, length: u64) {
            let mut reference = crc32fast::Hasher::new_with_initial_len(a, 7);
            reference.combine(&crc32fast::Hasher::new_with_initial_len(b, length));
            prop_assert_eq!(Crc32::new(a).followed_by(Crc32::new(b), length).get(), reference.finalize());
        }

        #[test]
        fn the_text_is_read_back(value: u32) {
            prop_assert_eq!(Crc32::new(value).to_string().parse(), Ok(Crc32::new(value)));
        }
    }

    #[test]
    fn only_eight_digits_are_a_checksum() {
        for bad in ["", "0", "+1234567", "123456789", "0x123456", "g2345678"] {
            assert!(bad.parse::<Crc32>().is_err(), "{bad:?} was taken");
        }
    }
}
