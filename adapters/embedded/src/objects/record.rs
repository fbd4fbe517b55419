//! What is stored of an object, and how it is written.
//!
//! A value is a version byte, the [`ObjectHead`] and then the [`ObjectLayout`], so that a listing decodes
//! heads alone.

use std::collections::BTreeMap;

use notewarden_domain::{StoreError, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::UploadId;
use crate::{blobs::BlobId, checksums::Checksum};

const VERSION: u8 = 1;

/// What a listing shows of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectHead {
    /// Its length in bytes.
    pub size: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// When it was stored.
    pub modified_at: Timestamp,
    /// Its checksum, unless no byte-wise one is known (of some copies of parts).
    pub checksum: Option<Checksum>,
    /// Its CRC-32, where known: what zip archives need of it.
    pub crc32: Option<u32>,
}

/// The rest of an object. What the client said comes first, and is read without what is behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectLayout {
    /// What the client said about it.
    pub attributes: Attributes,
    /// Its bytes, in order.
    pub(crate) extents: Vec<Extent>,
    /// The parts it was uploaded in; empty if it was uploaded whole.
    pub parts: Vec<PartSummary>,
    /// The upload that made it.
    pub(crate) upload: Option<UploadId>,
}

/// An object, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What a listing shows.
    pub head: ObjectHead,
    /// The rest.
    pub layout: ObjectLayout,
}

/// The headers that are kept with an object and given back when it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Expires`: an HTTP date.
    pub expires: Option<String>,
    /// `x-amz-website-redirect-location`.
    pub website_redirect_location: Option<String>,
    /// `x-amz-meta-*`, without the prefix.
    pub metadata: BTreeMap<String, String>,
}

/// A part of a finished upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartSummary {
    /// Its number, from 1.
    pub number: u16,
    /// Its length in bytes.
    pub size: u64,
    /// Its checksum.
    pub checksum: Option<Checksum>,
}

/// A range of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    pub(crate) blob: BlobId,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// The extents of the bytes `start..end` of what `extents` hold.
pub(crate) fn slice(extents: &[Extent], start: u64, end: u64) -> Vec<Extent> {
    let mut at = 0;
    let mut found = Vec::new();
    for extent in extents {
        let from = start.clamp(at, at + extent.length) - at;
        let to = end.clamp(at, at + extent.length) - at;
        if from < to {
            found.push(Extent {
                blob: extent.blob,
                offset: extent.offset + from,
                length: to - from,
            });
        }
        at += extent.length;
    }
    found
}

impl Object {
    pub(crate) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        encode(&(&self.head, &self.layout))
    }

    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Result<Self, StoreError> {
        let (head, layout) = decode(value, || name(key))?;
        Ok(Self { head, layout })
    }
}

impl ObjectHead {
    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Result<Self, StoreError> {
        let bytes = versioned(value, &|| name(key))?;
        postcard::take_from_bytes(bytes)
            .map(|(head, _)| head)
            .map_err(|error| StoreError::corrupt(name(key), error))
    }
}

/// What a listing shows of an object, and what the client said about it.
pub(crate) fn describe(key: &[u8], value: &[u8]) -> Result<(ObjectHead, Attributes), StoreError> {
    let bytes = versioned(value, &|| name(key))?;
    postcard::take_from_bytes(bytes)
        .map(|(described, _)| described)
        .map_err(|error| StoreError::corrupt(name(key), error))
}

fn name(key: &[u8]) -> String {
    format!("object `{}`", String::from_utf8_lossy(key))
}

/// Writes a stored value.
pub(crate) fn encode(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(value, vec![VERSION]).map_err(StoreError::unavailable)
}

/// Reads a stored value; `what` names it should it be corrupt.
pub(crate) fn decode<T: DeserializeOwned>(
    value: &[u8],
    what: impl Fn() -> String,
) -> Result<T, StoreError> {
    let bytes = versioned(value, &what)?;
    postcard::from_bytes(bytes).map_err(|error| StoreError::corrupt(what(), error))
}

fn versioned<'a>(value: &'a [u8], what: &impl Fn() -> String) -> Result<&'a [u8], StoreError> {
    match value {
        [VERSION, bytes @ ..] => Ok(bytes),
        _ => Err(StoreError::corrupt(what(), "unknown version")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heads_are_read_without_their_layout() {
        let head = ObjectHead {
            size: 3,
            etag: "e".to_owned(),
            modified_at: Timestamp::from_millis(5),
            checksum: None,
            crc32: Some(7),
        };
        let layout = ObjectLayout::default();
        let object = Object { head, layout };
        let value = object.encode().unwrap();
        assert_eq!(ObjectHead::decode(b"k", &value).unwrap(), object.head);
        assert_eq!(Object::decode(b"k", &value).unwrap(), object);
    }

    #[test]
    fn what_the_client_said_is_read_without_the_extents() {
        let head = ObjectHead {
            size: 1,
            etag: String::new(),
            modified_at: Timestamp::from_millis(0),
            checksum: None,
            crc32: None,
        };
        let extent = Extent {
            blob: BlobId(1),
            offset: 0,
            length: 1,
        };
        let layout = ObjectLayout {
            attributes: Attributes {
                content_type: Some("text/plain".to_owned()),
                ..Attributes::default()
            },
            extents: vec![extent; 3],
            ..ObjectLayout::default()
        };
        let object = Object { head, layout };
        let described = describe(b"k", &object.encode().unwrap()).unwrap();
        assert_eq!(described, (object.head, object.layout.attributes));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for value in [&[][..], &[9], &[VERSION, 1]] {
            let error = Object::decode(b"my/key", value).unwrap_err();
            assert!(error.to_string().contains("object `my/key`"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn slices_hold_the_same_bytes(lengths in prop::collection::vec(0_u64..40, 0..6), start in 0_u64..200, span in 0_u64..200) {
            let extents: Vec<_> = lengths
                .iter()
                .enumerate()
                .map(|(blob, length)| Extent { blob: BlobId(blob as u128), offset: 3, length: *length })
                .collect();
            let bytes = |extents: &[Extent]| -> Vec<(u128, u64)> {
                extents.iter().flat_map(|e| (0..e.length).map(|at| (e.blob.0, e.offset + at))).collect()
            };
            let whole = bytes(&extents);
            let end = (start + span).min(whole.len() as u64);
            let expected = whole.get(start as usize..end as usize).unwrap_or_default();
            prop_assert_eq!(bytes(&slice(&extents, start, end)), expected);
        }
    }
}
