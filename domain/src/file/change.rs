//! Changes of objects in people's folders, as an object store tells of them afterwards.

use std::{cmp::Ordering, str::FromStr};

use super::ObjectKey;
use crate::{IdentityId, Invalid, quota::OverQuota};

/// What S3 numbers the changes of an object with: digits of hexadecimal, which come in different lengths and are
/// compared as if the shorter had zeros behind it (“Event message structure”: `sequencer`). Those of two objects have
/// nothing to do with each other.
#[derive(Clone, Debug)]
pub struct Sequencer(Box<str>);

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
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (1..=64).contains(&text.len()) {
            Ok(Self(text.to_ascii_uppercase().into()))
        } else {
            Err(Invalid::new(
                "sequencer",
                "must be 1 to 64 digits of hexadecimal",
            ))
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

/// That an object in somebody's folder was stored, replaced or removed.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// Whose folder it is.
    pub owner: IdentityId,
    /// The object.
    pub key: ObjectKey,
    /// Its place among the changes of the same object.
    pub sequencer: Sequencer,
}

/// What became of a change that an index was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The index knows it now.
    Now,
    /// The index knew it, or a later change of the same object.
    Before,
    /// With it there would be too much, as far as the index knows: it is as it was.
    TooMuch(OverQuota),
    /// The index knows the object as one that is too much and is to be removed.
    Refused(OverQuota),
}

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
