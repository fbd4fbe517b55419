//! Notes as items: there and back, their size, and what is said of those that cannot be read.

use std::error::Error;

use notewarden_domain::{Content, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::attributes::bytes;

const ID_OF_ONE: NoteId = NoteId::new(Uuid::from_u128(1));

/// The most that DynamoDB takes as one item.
const LARGEST_ITEM: usize = 400 * 1_024;

fn owner() -> IdentityId {
    IdentityId::new("eighteen-chars-rgn", Uuid::from_u128(7)).unwrap()
}

fn note(
    content: String,
    names: Vec<FileName>,
    [created_at, updated_at, version]: [u64; 3],
) -> Note {
    Note {
        owner: owner(),
        id: ID_OF_ONE,
        content: Content::try_from(content).unwrap(),
        attachments: Attachments::try_from(names).unwrap(),
        created_at: Timestamp::from_millis(created_at),
        updated_at: Timestamp::from_millis(updated_at),
        version: Version::new(version),
    }
}

prop_compose! {
    fn notes()(
        content in any::<String>(),
        names in prop::collection::vec("[a-zä😀./ ]{1,40}", 0..16),
        numbers: [u64; 3],
    ) -> Note {
        let names = names.iter().filter_map(|name| name.parse().ok());
        note(content, names.collect(), numbers)
    }
}

/// “Amazon DynamoDB item sizes and formats”, and of its bounds the upper ones.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + size(value)).sum::<usize>(),
        other => panic!("no attribute is {other:?}"),
    }
}

fn item_size(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + size(value))
        .sum()
}

proptest! {
    #[test]
    fn what_is_stored_is_what_is_read(note in notes()) {
        prop_assert_eq!(&decode(&note.owner, note.id, encode(&note)).unwrap(), &note);
        prop_assert_eq!(&decode_found(&note.owner, encode(&note)).unwrap(), &note);
        let state = decode_state(&note.owner, note.id, encode(&note)).unwrap();
        prop_assert_eq!((state.version, state.attachments), (note.version, note.attachments));
    }
}

#[test]
fn the_longest_note_fits_an_item() {
    let names: Vec<FileName> = (0..16)
        .map(|i| format!("{i:0>960}").parse().unwrap())
        .collect();
    for longest in ["x", "ä", "€", "😀", "\u{10ffff}"] {
        let note = note(longest.repeat(100_000), names.clone(), [u64::MAX; 3]);
        let size = item_size(&encode(&note));
        assert!(size < 316_000, "{size} bytes with {longest:?}");
        assert!(size < LARGEST_ITEM);
    }
}

#[test]
fn a_note_takes_little_more_than_its_text() {
    let empty = note(
        String::new(),
        Vec::new(),
        [1_795_262_400_000, 1_795_262_400_000, 1],
    );
    assert_eq!(item_size(&encode(&empty)), 167);
}

/// Why the item of a good note is not read once `attribute` is `value`, or is not there.
fn cause(attribute: &str, value: Option<AttributeValue>) -> String {
    let mut item = encode(&note("text".to_owned(), Vec::new(), [1; 3]));
    match value {
        Some(value) => item.insert(attribute.to_owned(), value),
        None => item.remove(attribute),
    };
    let error = decode(&owner(), ID_OF_ONE, item).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("stored note `{ID_OF_ONE}` of `{}` is corrupt", owner())
    );
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes.join(": ")
}

#[test]
fn what_cannot_be_read_says_why() {
    for (attribute, value, expected) in [
        ("version", None, "it has no attribute `version`"),
        ("content", None, "it has no attribute `content`"),
        (
            "version",
            Some(text("1")),
            "its attribute `version` is not of type N",
        ),
        (
            "content",
            Some(number(1)),
            "its attribute `content` is not of type S or B",
        ),
        (
            "attachments",
            Some(text("a")),
            "its attribute `attachments` is not of type L",
        ),
        (
            "attachments",
            Some(AttributeValue::L(vec![number(1)])),
            "its attribute `attachments` is not of type L of S",
        ),
        (
            "attachments",
            Some(AttributeValue::L(vec![text("..")])),
            "its attribute `attachments` breaks a rule: `name` must not start or end with `/` nor contain `//`, \
             `.` or `..` as a segment",
        ),
        (
            "createdAt",
            Some(AttributeValue::N("-1".to_owned())),
            "its attribute `createdAt` is not a whole number from 0 to 2^64 - 1",
        ),
        (
            "updatedAt",
            Some(AttributeValue::N("1.5".to_owned())),
            "its attribute `updatedAt` is not a whole number from 0 to 2^64 - 1",
        ),
        (
            "content",
            Some(bytes([0])),
            "its attribute `content` is not packed text: 1 bytes are not a whole number of characters",
        ),
        (
            "content",
            Some(text("x".repeat(100_001))),
            "its attribute `content` breaks a rule: `content` must be at most 100,000 characters",
        ),
    ] {
        assert_eq!(cause(attribute, value), expected);
    }
}

#[test]
fn a_key_that_is_no_note_id_is_named_with_its_owner() {
    let stray = item([(ID, text("0193"))]);
    let error = decode_found(&owner(), stray).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("stored key of a note of `{}` is corrupt", owner())
    );
}
