//! The order of one object's changes.

use std::{cmp::Ordering, str::FromStr};

/// What S3 numbers the changes of an object with: digits of hexadecimal, which come in different lengths and are
/// compared as if the shorter had zeros behind it (“Event message structure”: `sequencer`). Those of two objects have
/// nothing to do with each other.
#[derive(Clone, Debug)]
pub struct Sequencer(Box<str>);

/// A text is no sequencer.
#[derive(Debug, thiserror::Error)]
#[error("a sequencer must be 1 to 64 digits of hexadecimal")]
pub struct MalformedSequencer;

impl Sequencer {
    /// The digits, in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without the zeros at the end, which say nothing.
    fn significant(&self) -> &str {
        self.0.trim_end_matches('0')
    }
}

impl FromStr for Sequencer {
    type Err = MalformedSequencer;

    fn from_str(text: &str) -> Result<Self, MalformedSequencer> {
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (1..=64).contains(&text.len()) {
            Ok(Self(text.to_ascii_uppercase().into()))
        } else {
            Err(MalformedSequencer)
        }
    }
}

impl Ord for Sequencer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.significant().cmp(other.significant())
    }
}

impl PartialOrd for Sequencer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sequencer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Sequencer {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_texts_with_zeros_behind_the_shorter(
            one in "[0-9A-Fa-f]{1,20}", other in "[0-9A-Fa-f]{1,20}",
        ) {
            let padded = |text: &str| format!("{:0<20}", text.to_ascii_uppercase());
            let [one_read, other_read] =
                [&one, &other].map(|text| text.parse::<Sequencer>().unwrap());
            prop_assert_eq!(one_read.cmp(&other_read), padded(&one).cmp(&padded(&other)));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in ["", "0x1", "g", " 1", &"1".repeat(65)] {
            assert!(bad.parse::<Sequencer>().is_err(), "`{bad}` was taken");
        }
    }
}
