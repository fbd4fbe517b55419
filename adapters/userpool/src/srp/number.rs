//! How Cognito writes numbers: hexadecimal on the wire, and in hashes the shortest bytes of a number that
//! is never negative.

/// Not a hexadecimal number of the length that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number of the group")]
pub struct InvalidNumber;

/// Reads a hexadecimal number of any number of digits into `N` bytes, unless it needs more.
pub(super) fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], InvalidNumber> {
    // Leading zeros are taken, but not without end.
    if text.is_empty() || text.len() > 2 * N + 2 {
        return Err(InvalidNumber);
    }
    let digits = text.trim_start_matches('0');
    let even = format!("{digits:0>width$}", width = 2 * N);
    let mut bytes = [0; N];
    hex::decode_to_slice(even, &mut bytes).map_err(|_| InvalidNumber)?;
    Ok(bytes)
}

/// The shortest big-endian bytes of a number, after a zero if their first bit is set.
pub(super) fn padded(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let is_negative = digits.first().is_none_or(|&first| first >= 0x80);
    let mut padded = Vec::with_capacity(digits.len() + 1);
    if is_negative {
        padded.push(0);
    }
    padded.extend_from_slice(digits);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_padded_as_signed_ones() {
        assert_eq!(padded(&[0x7f]), [0x7f]);
        assert_eq!(padded(&[0x80]), [0, 0x80]);
        assert_eq!(padded(&[0, 0, 0x7f, 1]), [0x7f, 1]);
        assert_eq!(padded(&[0, 0xff, 1]), [0, 0xff, 1]);
        assert_eq!(padded(&[0, 0]), [0]);
    }

    #[test]
    fn hexadecimal_of_any_length_is_read() {
        assert_eq!(from_hex::<2>("1"), Ok([0, 1]));
        assert_eq!(from_hex::<2>("AbC"), Ok([0x0a, 0xbc]));
        assert_eq!(from_hex::<2>("00ffff"), Ok([0xff, 0xff]));
        for bad in ["", "g", "-1", "0x1", "10000", "0000001", " 1", "1 "] {
            assert_eq!(from_hex::<2>(bad), Err(InvalidNumber), "{bad:?}");
        }
    }
}
