//! The text of a note as an attribute: a string, or packed where a string would not fit the item.
//!
//! An item may take 400 KiB, and 100,000 characters may take 400,000 bytes of UTF-8. A longer text than
//! [`LONGEST_STRING`] is therefore stored as the numbers of its characters, three bytes each, highest byte first:
//! never more than 300,000 bytes, whatever the text, and always fewer than it took in UTF-8.

use aws_sdk_dynamodb::types::AttributeValue;
use notewarden_domain::{Content, note::MAX_CONTENT_CHARS};

use crate::attributes::{Unreadable, bytes, text};

/// The most bytes of UTF-8 that are stored as a string, and the most that a packed text takes.
pub(crate) const LONGEST_STRING: usize = BYTES_OF_ONE * MAX_CONTENT_CHARS;

/// The bytes of one packed character: the highest is U+10FFFF.
const BYTES_OF_ONE: usize = 3;

/// Why bytes are not packed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotPacked {
    #[error("{0} bytes are not a whole number of characters")]
    Length(usize),
    #[error("no character has the number {0:#x}")]
    Character(u32),
}

/// The attribute that holds `content`.
pub(super) fn write(content: &Content) -> AttributeValue {
    let content = content.as_str();
    if content.len() > LONGEST_STRING {
        bytes(pack(content))
    } else {
        text(content)
    }
}

/// The content in the attribute `name`.
pub(super) fn read(name: &'static str, value: AttributeValue) -> Result<Content, Unreadable> {
    let text = match value {
        AttributeValue::S(text) => text,
        AttributeValue::B(packed) => {
            unpack(packed.as_ref()).map_err(|cause| Unreadable::Packed(name, cause))?
        }
        _ => return Err(Unreadable::Type(name, "S or B")),
    };
    Content::try_from(text).map_err(|cause| Unreadable::Invalid(name, cause))
}

fn pack(text: &str) -> Vec<u8> {
    let mut packed = Vec::with_capacity(LONGEST_STRING);
    for character in text.chars() {
        let [_, high, middle, low] = u32::from(character).to_be_bytes();
        packed.extend([high, middle, low]);
    }
    packed
}

fn unpack(packed: &[u8]) -> Result<String, NotPacked> {
    let (characters, []) = packed.as_chunks::<BYTES_OF_ONE>() else {
        return Err(NotPacked::Length(packed.len()));
    };
    let character = |&[high, middle, low]: &[u8; BYTES_OF_ONE]| {
        let number = u32::from_be_bytes([0, high, middle, low]);
        char::from_u32(number).ok_or(NotPacked::Character(number))
    };
    characters.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn content(text: &str) -> Content {
        Content::try_from(text.to_owned()).unwrap()
    }

    proptest! {
        #[test]
        fn packed_text_is_read_back(text: String) {
            let packed = pack(&text);
            prop_assert_eq!(packed.len(), 3 * text.chars().count());
            prop_assert_eq!(unpack(&packed), Ok(text));
        }

        #[test]
        fn only_what_pack_writes_is_unpacked(packed: Vec<u8>) {
            if let Ok(text) = unpack(&packed) {
                prop_assert_eq!(pack(&text), packed);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn long_and_short_texts_are_read_back(characters in prop::collection::vec(any::<char>(), 1..5)) {
            for count in [1, MAX_CONTENT_CHARS] {
                let text: String = characters.iter().cycle().take(count).collect();
                let stored = write(&content(&text));
                prop_assert_eq!(stored.is_b(), text.len() > LONGEST_STRING);
                prop_assert!(read("content", stored).unwrap().as_str() == text);
            }
        }
    }

    #[test]
    fn a_text_is_packed_from_the_first_byte_over_the_bound() {
        let longest = "€".repeat(MAX_CONTENT_CHARS);
        assert_eq!(longest.len(), LONGEST_STRING);
        assert!(write(&content(&longest)).is_s());
        let longer = longest.replacen('€', "😀", 1);
        let AttributeValue::B(packed) = write(&content(&longer)) else {
            panic!("it is not packed")
        };
        assert_eq!(packed.as_ref().len(), LONGEST_STRING);
        assert_eq!(packed.as_ref()[..6], [0x01, 0xf6, 0x00, 0x00, 0x20, 0xac]);
    }

    #[test]
    fn what_is_not_packed_text_says_why() {
        assert_eq!(unpack(&[0, 0]), Err(NotPacked::Length(2)));
        assert_eq!(unpack(&[0, 0xd8, 0]), Err(NotPacked::Character(0xd800)));
        assert_eq!(unpack(&[0x11, 0, 0]), Err(NotPacked::Character(0x11_0000)));
        assert_eq!(unpack(&[0xff; 3]), Err(NotPacked::Character(0xff_ffff)));
    }
}
