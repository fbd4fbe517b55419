//! Hashes in lower-case hexadecimal, without branches on their digits.

/// What stands for a byte that is no digit.
const NO_DIGIT: u8 = 0xff;

/// The value of every byte as a lower-case digit.
#[expect(
    clippy::indexing_slicing,
    reason = "a byte is within 256 entries, and it is the compiler that looks"
)]
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    let mut digits: &[u8] = DIGITS;
    while let [digit, rest @ ..] = digits {
        values[*digit as usize] = value;
        value += 1;
        digits = rest;
    }
    values
};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A hash as text.
pub(crate) fn text(hash: &[u8; 32]) -> String {
    let mut digits = Vec::with_capacity(64);
    write(hash, &mut digits);
    // INVARIANT: digits are ASCII.
    String::from_utf8(digits).unwrap_or_default()
}

/// Appends a hash.
pub(crate) fn write(hash: &[u8; 32], out: &mut Vec<u8>) {
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
    let mut digits = [0; 64];
    let (pairs, _) = digits.as_chunks_mut();
    for (pair, byte) in pairs.iter_mut().zip(hash) {
        *pair = [digit(byte >> 4), digit(byte & 0xf)];
    }
    out.extend_from_slice(&digits);
}

/// Reads a hash of exactly 64 digits.
pub(crate) fn read(digits: &[u8]) -> Option<[u8; 32]> {
    let value = |digit: u8| VALUES.get(usize::from(digit)).copied().unwrap_or(NO_DIGIT);
    let digits: &[u8; 64] = digits.try_into().ok()?;
    let (pairs, _) = digits.as_chunks();
    let mut hash = [0; 32];
    let mut seen = 0;
    for (byte, &[high, low]) in hash.iter_mut().zip(pairs) {
        let (high, low) = (value(high), value(low));
        seen |= high | low;
        *byte = (high << 4) | (low & 0xf);
    }
    // A digit's value has four bits.
    (seen <= 0xf).then_some(hash)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_what_it_writes(hash: [u8; 32]) {
            let mut digits = Vec::new();
            write(&hash, &mut digits);
            let expected = hex::encode(hash).into_bytes();
            prop_assert_eq!(&digits, &expected);
            prop_assert_eq!(read(&digits), Some(hash));
        }

        #[test]
        fn reads_lower_case_only(mut digits in "[0-9a-f]{64}", at in 0..64_usize, other in "[^0-9a-f]") {
            prop_assert!(read(digits.as_bytes()).is_some());
            digits.replace_range(at..=at, &other);
            prop_assert_eq!(read(digits.as_bytes()), None);
            prop_assert_eq!(read(&[b'0'; 63]), None);
        }
    }
}
