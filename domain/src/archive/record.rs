//! The records of a zip, byte for byte, as “APPNOTE.TXT – .ZIP File Format Specification” 6.3 has them.
//!
//! Fields that other writers fill from their surroundings are fixed here: the system is Unix, the permissions
//! are `-rw-r--r--`, and the flag for names in UTF-8 is always set.

use super::{
    Method,
    entry::{Body, Entry, ZIP64_FROM},
    stamp::{DosStamp, unix_seconds},
};

const LOCAL_HEADER: u32 = 0x0403_4B50;
const DESCRIPTOR: u32 = 0x0807_4B50;
const CENTRAL_HEADER: u32 = 0x0201_4B50;
const ZIP64_END: u32 = 0x0606_4B50;
const ZIP64_LOCATOR: u32 = 0x0706_4B50;
const END: u32 = 0x0605_4B50;

const FLAG_DESCRIPTOR: u16 = 1 << 3;
const FLAG_UTF8: u16 = 1 << 11;

const EXTRA_ZIP64: u16 = 0x0001;
/// Info-ZIP's extended timestamp: Unix time in UTC, where MS-DOS's fields have no time zone.
const EXTRA_TIMESTAMP: u16 = 0x5455;
const HAS_MODIFICATION_TIME: u8 = 1;

const VERSION_DEFLATE: u16 = 20;
const VERSION_ZIP64: u16 = 45;
const MADE_BY_UNIX: u16 = 3 << 8;
/// A regular file, `-rw-r--r--`, in the upper half of the external attributes.
const ATTRIBUTES: u32 = 0o100_644 << 16;

/// A buffer of little-endian fields.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn u8(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The length of `bytes` in 16 bits. Names and extra fields are far shorter.
    fn length_of(&mut self, bytes: &[u8]) -> &mut Self {
        self.u16(u16::try_from(bytes.len()).unwrap_or(u16::MAX))
    }
}

/// A value in a 32-bit field, or the mark that it is in the zip64 field.
fn short(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn version(needs_zip64: bool) -> u16 {
    if needs_zip64 {
        VERSION_ZIP64
    } else {
        VERSION_DEFLATE
    }
}

fn method(entry: &Entry) -> u16 {
    match entry.method() {
        Method::Stored => 0,
        Method::Deflated => 8,
    }
}

fn flags(entry: &Entry) -> u16 {
    if entry.has_descriptor() {
        FLAG_UTF8 | FLAG_DESCRIPTOR
    } else {
        FLAG_UTF8
    }
}

/// The zip64 field of these values (none if there are none), then the extended timestamp.
fn extra(entry: &Entry, long_values: &[u64]) -> Vec<u8> {
    let mut extra = Fields::default();
    if !long_values.is_empty() {
        let length = u16::try_from(long_values.len() * 8).unwrap_or(u16::MAX);
        extra.u16(EXTRA_ZIP64).u16(length);
        for value in long_values {
            extra.u64(*value);
        }
    }
    if let Some(seconds) = unix_seconds(entry.modified_at()) {
        extra.u16(EXTRA_TIMESTAMP).u16(5);
        extra
            .u8(HAS_MODIFICATION_TIME)
            .bytes(&seconds.to_le_bytes());
    }
    extra.0
}

/// The length of [`local_header`].
pub(super) fn local_header_length(entry: &Entry) -> u64 {
    let long_values = if entry.has_long_lengths() { 20 } else { 0 };
    let timestamp = unix_seconds(entry.modified_at()).map_or(0, |_| 9);
    30 + entry.name().as_str().len() as u64 + long_values + timestamp
}

/// The header before an entry's bytes; without a body, which a descriptor gives afterwards, its fields are zero.
pub(super) fn local_header(entry: &Entry, body: Option<Body>) -> Vec<u8> {
    let (crc, length, size) = match body {
        Some(body) => (body.crc.get(), body.length, entry.size()),
        None => (0, 0, 0),
    };
    let is_long = entry.has_long_lengths();
    let extra = if is_long {
        extra(entry, &[size, length])
    } else {
        extra(entry, &[])
    };
    let field = |value| if is_long { u32::MAX } else { short(value) };
    let name = entry.name().as_str().as_bytes();
    let stamp = DosStamp::of(entry.modified_at());
    let mut header = Fields::default();
    header
        .u32(LOCAL_HEADER)
        .u16(version(is_long))
        .u16(flags(entry))
        .u16(method(entry))
        .u16(stamp.time)
        .u16(stamp.date)
        .u32(crc)
        .u32(field(length))
        .u32(field(size))
        .length_of(name)
        .length_of(&extra)
        .bytes(name)
        .bytes(&extra);
    header.0
}

/// The length of [`descriptor`]: 0 where there is none.
pub(super) fn descriptor_length(entry: &Entry) -> u64 {
    match (entry.has_descriptor(), entry.has_long_lengths()) {
        (false, _) => 0,
        (true, false) => 16,
        (true, true) => 24,
    }
}

/// What follows an entry's bytes: its data descriptor, or nothing.
pub(super) fn descriptor(entry: &Entry, body: Body) -> Vec<u8> {
    let mut descriptor = Fields::default();
    if entry.has_descriptor() {
        descriptor.u32(DESCRIPTOR).u32(body.crc.get());
        if entry.has_long_lengths() {
            descriptor.u64(body.length).u64(entry.size());
        } else {
            descriptor.u32(short(body.length)).u32(short(entry.size()));
        }
    }
    descriptor.0
}

/// The entry's header in the central directory.
///
/// The sizes of a descriptor have as many bits as zip64 asks for here or in the local header; an entry whose
/// local header has long lengths therefore keeps its version.
pub(super) fn central_header(entry: &Entry, offset: u64, body: Body) -> Vec<u8> {
    let long_values: Vec<u64> = [entry.size(), body.length, offset]
        .into_iter()
        .filter(|value| *value >= ZIP64_FROM)
        .collect();
    let version = version(!long_values.is_empty() || entry.has_long_lengths());
    let extra = extra(entry, &long_values);
    let name = entry.name().as_str().as_bytes();
    let stamp = DosStamp::of(entry.modified_at());
    let mut header = Fields::default();
    header
        .u32(CENTRAL_HEADER)
        .u16(MADE_BY_UNIX | version)
        .u16(version)
        .u16(flags(entry))
        .u16(method(entry))
        .u16(stamp.time)
        .u16(stamp.date)
        .u32(body.crc.get())
        .u32(short(body.length))
        .u32(short(entry.size()))
        .length_of(name)
        .length_of(&extra)
        // No comment, on the first disk, a binary file.
        .u16(0)
        .u16(0)
        .u16(0)
        .u32(ATTRIBUTES)
        .u32(short(offset))
        .bytes(name)
        .bytes(&extra);
    header.0
}

/// The length of [`central_header`].
pub(super) fn central_header_length(entry: &Entry, offset: u64, length: u64) -> u64 {
    let long = [entry.size(), length, offset]
        .iter()
        .filter(|value| **value >= ZIP64_FROM)
        .count() as u64;
    let zip64 = if long == 0 { 0 } else { 4 + 8 * long };
    let timestamp = unix_seconds(entry.modified_at()).map_or(0, |_| 9);
    46 + entry.name().as_str().len() as u64 + zip64 + timestamp
}

/// Does the end of a zip with so many entries and such a directory need the zip64 records?
fn end_needs_zip64(entries: u64, offset: u64, length: u64) -> bool {
    entries >= 0xFFFF || offset >= ZIP64_FROM || length >= ZIP64_FROM
}

/// The records after a directory of `entries` headers that starts at `offset` and is `length` bytes long.
pub(super) fn end(entries: u64, offset: u64, length: u64) -> Vec<u8> {
    let mut end = Fields::default();
    if end_needs_zip64(entries, offset, length) {
        end.u32(ZIP64_END)
            // Of what follows in this record.
            .u64(44)
            .u16(MADE_BY_UNIX | VERSION_ZIP64)
            .u16(VERSION_ZIP64)
            .u32(0)
            .u32(0)
            .u64(entries)
            .u64(entries)
            .u64(length)
            .u64(offset)
            .u32(ZIP64_LOCATOR)
            .u32(0)
            .u64(offset.saturating_add(length))
            .u32(1);
    }
    let count = u16::try_from(entries).unwrap_or(u16::MAX);
    end.u32(END)
        .u16(0)
        .u16(0)
        .u16(count)
        .u16(count)
        .u32(short(length))
        .u32(short(offset))
        .u16(0);
    end.0
}

/// The length of [`end`].
pub(super) fn end_length(entries: u64, offset: u64, length: u64) -> u64 {
    if end_needs_zip64(entries, offset, length) {
        22 + 56 + 20
    } else {
        22
    }
}
