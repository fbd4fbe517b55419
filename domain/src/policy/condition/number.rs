//! Decimal numbers of any length, compared exactly.

use std::cmp::Ordering;

/// A number's sign and its digits, without leading and trailing zeros.
struct Decimal<'t> {
    negative: bool,
    integer: &'t str,
    fraction: &'t str,
}

impl<'t> Decimal<'t> {
    /// Reads `-12.50`; there is no exponent.
    fn parse(text: &'t str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (integer, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(integer) || !is_digits(fraction) {
            return None;
        }
        let integer = integer.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let is_zero = integer.is_empty() && fraction.is_empty();
        Some(Self {
            negative: negative && !is_zero,
            integer,
            fraction,
        })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let magnitudes = || {
            (self.integer.len(), self.integer, self.fraction).cmp(&(
                other.integer.len(),
                other.integer,
                other.fraction,
            ))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitudes(),
            (true, true) => magnitudes().reverse(),
        }
    }
}

pub(super) fn is_number(text: &str) -> bool {
    Decimal::parse(text).is_some()
}

/// How two numbers compare; `None` if one is none.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Decimal::parse(left)?.cmp(&Decimal::parse(right)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_text() {
        let ascending = [
            "-10",
            "-9.5",
            "-9",
            "-0.5",
            "0",
            "0.05",
            "0.5",
            "1",
            "9",
            "10",
            "10.5",
            "9007199254740993",
        ];
        for (i, left) in ascending.iter().enumerate() {
            for (j, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), Some(i.cmp(&j)), "{left} and {right}");
            }
        }
        for (left, right) in [("10", "010.00"), ("-0", "0"), ("+1", "1"), ("0.50", "0.5")] {
            assert_eq!(compare(left, right), Some(Ordering::Equal));
        }
        assert_eq!(
            compare("9007199254740993", "9007199254740992"),
            Some(Ordering::Greater)
        );
    }

    #[test]
    fn what_is_no_number_compares_with_nothing() {
        for bad in [
            "", "-", ".5", "5.", "1e3", "0x10", "1 ", "ten", "1.2.3", "٣",
        ] {
            assert_eq!(compare(bad, "1"), None, "{bad:?} was taken");
        }
    }
}
