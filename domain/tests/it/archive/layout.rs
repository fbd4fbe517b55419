//! What the layout says, read back with the `zip` crate.

use std::io::{Cursor, Read};

use notewarden_domain::{
    Timestamp,
    archive::{
        Body, Checksum, Crc32, Entry, EntryName, Layout, LayoutError, Method, Writer, unique_names,
    },
};
use proptest::prelude::*;
use zip::{CompressionMethod, ZipArchive};

use super::{MODIFIED, Sparse, crc, crc_of_zeros, zeros, zip_of_zeros};

const GIB: u64 = 1 << 30;
const SENTINEL: u64 = 0xFFFF_FFFF;

/// An entry and the bytes behind it.
#[derive(Clone, Debug)]
struct Case {
    entry: Entry,
    bytes: Vec<u8>,
}

impl Case {
    /// The entry's bytes as they are in the zip.
    fn packed(&self) -> Vec<u8> {
        match self.entry.method() {
            Method::Stored => self.bytes.clone(),
            Method::Deflated => deflate(&self.bytes),
        }
    }
}

/// Deflated data (RFC 1951) in blocks without compression.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    for block in bytes.chunks(1_000) {
        let length = u16::try_from(block.len()).unwrap();
        packed.push(0);
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    // A last block of the fixed code with nothing but its end.
    packed.extend([0b011, 0]);
    packed
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..200);
    let stamp = prop_oneof![0..4_200_000_000_000_u64, any::<u64>()];
    let case = ("\\PC{1,12}", bytes, stamp, 0..5_u8);
    proptest::collection::vec(case, 0..12).prop_map(|cases| {
        let names = unique_names(cases.iter().map(|(path, ..)| path.as_str()));
        let entry = |(name, (_, bytes, stamp, kind)): (EntryName, (String, Vec<u8>, u64, u8))| {
            let size = bytes.len() as u64;
            let stored = |checksum| {
                Entry::stored(name.clone(), Timestamp::from_millis(stamp), size, checksum)
            };
            let entry = match kind {
                0 => stored(Checksum::Known(crc(&bytes))),
                1 => stored(Checksum::BodyFirst),
                2 => stored(Checksum::Afterwards),
                _ => Entry::deflated(name.clone(), Timestamp::from_millis(stamp), size, kind == 3),
            };
            Case { entry, bytes }
        };
        names.into_iter().zip(cases).map(entry).collect()
    })
}

fn write(cases: &[Case]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut writer = Writer::new();
    for case in cases {
        let packed = case.packed();
        let body = Body {
            crc: crc(&case.bytes),
            length: packed.len() as u64,
        };
        zip.extend(writer.begin(&case.entry, Some(body)).unwrap());
        assert_eq!(writer.offset(), zip.len() as u64);
        zip.extend(packed);
        zip.extend(writer.end(body).unwrap());
        assert_eq!(writer.offset(), zip.len() as u64);
    }
    zip.extend(writer.finish().unwrap());
    zip
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_reader_finds_every_entry_whole(cases in cases()) {
        let bytes = write(&cases);
        let layout = Layout::of(cases.iter().map(|case| &case.entry));
        let is_stored = |case: &Case| case.entry.method() == Method::Stored;
        prop_assert!(layout.total().contains(bytes.len() as u64));
        prop_assert_eq!(layout.total().exact().is_some(), cases.iter().all(is_stored));

        let mut zip = ZipArchive::new(Cursor::new(&bytes)).unwrap();
        prop_assert_eq!(zip.len(), cases.len());
        prop_assert!(layout.directory().contains(zip.central_directory_start()));
        for (number, case) in cases.iter().enumerate() {
            let mut file = zip.by_index(number).unwrap();
            let name = file.name().unwrap().into_owned();
            prop_assert_eq!(&name, case.entry.name().as_str());
            let enclosed = file.enclosed_name().unwrap();
            prop_assert_eq!(enclosed.to_str(), Some(name.as_str()));
            prop_assert_eq!(file.size(), case.entry.size());
            prop_assert_eq!(file.crc32(), crc(&case.bytes).get());
            prop_assert_eq!(file.unix_mode(), Some(0o100_644));
            prop_assert_eq!(file.compression() == CompressionMethod::Stored, is_stored(case));
            prop_assert!(layout.start(number).unwrap().contains(file.header_start()));
            let mut content = Vec::new();
            // The reader compares the checksum.
            file.read_to_end(&mut content).unwrap();
            prop_assert_eq!(&content, &case.bytes);
        }
        // The same input gives the same bytes.
        prop_assert_eq!(write(&cases), bytes);
    }

    #[test]
    fn huge_entries_are_found_without_their_bytes(
        sizes in proptest::collection::vec(
            prop_oneof![
                0..1_000_u64,
                0..12 * GIB,
                SENTINEL - 2..=SENTINEL + 2,
                // So that the next header starts around the last short offset.
                SENTINEL - 80..=SENTINEL - 30,
            ],
            1..8,
        ),
    ) {
        let entries = zeros(sizes);
        let layout = Layout::of(&entries);
        let sparse = zip_of_zeros(&entries);
        prop_assert_eq!(layout.total().exact(), Some(sparse.length()));
        let mut zip = ZipArchive::new(sparse).unwrap();
        prop_assert_eq!(Some(zip.central_directory_start()), layout.directory().exact());
        for (number, entry) in entries.iter().enumerate() {
            let file = zip.by_index(number).unwrap();
            prop_assert_eq!(file.size(), entry.size());
            prop_assert_eq!(file.compressed_size(), entry.size());
            prop_assert_eq!(Some(file.header_start()), layout.start(number).unwrap().exact());
            prop_assert_eq!(file.crc32(), crc_of_zeros(entry.size()).get());
        }
    }
}

/// Does the zip end with the records of zip64?
fn has_zip64_end(zip: &Sparse) -> bool {
    let tail = zip.length().saturating_sub(22 + 20);
    let mut zip = zip.clone();
    let mut signature = [0; 4];
    std::io::Seek::seek(&mut zip, std::io::SeekFrom::Start(tail)).unwrap();
    zip.read_exact(&mut signature).unwrap();
    signature == *b"PK\x06\x07"
}

#[test]
fn zip64_starts_exactly_where_a_field_is_full() {
    // The directory's offset: 39 bytes of header and a name of one byte before the data.
    let records = 30 + 1 + 9;
    for (size, expected) in [(SENTINEL - records - 1, false), (SENTINEL - records, true)] {
        let zip = zip_of_zeros(&zeros([size]));
        assert_eq!(has_zip64_end(&zip), expected, "{size}");
    }
    // The local header's lengths.
    let header_length = |size| Writer::new().begin(&zeros([size])[0], None).unwrap().len() as u64;
    assert_eq!(header_length(SENTINEL - 1), records);
    assert_eq!(header_length(SENTINEL), records + 20);
    // The number of entries.
    for (count, expected) in [(0xFFFE, false), (0xFFFF, true)] {
        let zip = zip_of_zeros(&zeros(std::iter::repeat_n(0, count)));
        assert_eq!(has_zip64_end(&zip), expected, "{count}");
        assert_eq!(ZipArchive::new(zip).unwrap().len(), count);
    }
}

#[test]
fn seventy_thousand_entries_and_five_gibibytes() {
    let sizes = (0..70_000).map(|number| if number == 35_000 { 5 * GIB } else { 3 });
    let entries = zeros(sizes);
    let sparse = zip_of_zeros(&entries);
    assert_eq!(Layout::of(&entries).total().exact(), Some(sparse.length()));
    let mut zip = ZipArchive::new(sparse).unwrap();
    assert_eq!(zip.len(), entries.len());
    for number in [0, 34_999, 35_000, 35_001, 69_999] {
        let mut file = zip.by_index(number).unwrap();
        assert_eq!(file.name().unwrap(), number.to_string());
        if number != 35_000 {
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            assert_eq!(content, [0; 3]);
        }
    }
}

#[test]
fn an_empty_archive_is_its_end_record() {
    assert_eq!(
        Writer::new().finish().unwrap(),
        [b"PK\x05\x06".as_slice(), &[0; 18]].concat()
    );
    assert_eq!(Layout::of([]).total().exact(), Some(22));
}

#[test]
fn the_bytes_stay_what_they_are() {
    let name = EntryName::safe("a/ä.txt");
    let entry = Entry::stored(name, MODIFIED, 2, Checksum::Known(crc(b"hi")));
    let mut writer = Writer::new();
    let body = entry.known_body().unwrap();
    let mut zip = writer.begin(&entry, None).unwrap();
    zip.extend(b"hi");
    zip.extend(writer.end(body).unwrap());
    zip.extend(writer.finish().unwrap());
    let hex: String = zip.iter().map(|byte| format!("{byte:02x}")).collect();
    let local = "504b0304 1400 0008 0000 8318 755d ac2a93d8 02000000 02000000 0800 0900";
    let central = "504b0102 1403 1400 0008 0000 8318 755d ac2a93d8 02000000 02000000 0800 0900";
    let name = "612fc3a42e747874";
    let timestamp = "5554 0500 01 260a016b";
    let attributes = "0000 0000 0000 0000a481 00000000";
    let end = "504b0506 0000 0000 0100 0100 3f000000 31000000 0000";
    let expected = [
        local, name, timestamp, "6869", central, attributes, name, timestamp, end,
    ];
    assert_eq!(hex, expected.concat().replace(' ', ""));
}

#[test]
fn what_changed_never_becomes_a_zip() {
    let name = || EntryName::safe("a");
    let known = Entry::stored(name(), MODIFIED, 2, Checksum::Known(crc(b"hi")));
    let late = Entry::stored(name(), MODIFIED, 2, Checksum::BodyFirst);
    let streamed = Entry::stored(name(), MODIFIED, 2, Checksum::Afterwards);
    let body = |crc, length| Body { crc, length };
    let changed = Err(LayoutError::Changed { name: name() });
    for (entry, at_begin, at_end) in [
        (&known, None, body(crc(b"ho"), 2)),
        (&known, None, body(crc(b"hi"), 3)),
        (&late, Some(body(crc(b"hi"), 2)), body(crc(b"ho"), 2)),
        (&streamed, None, body(crc(b"h"), 1)),
    ] {
        let mut writer = Writer::new();
        writer.begin(entry, at_begin).unwrap();
        assert_eq!(writer.end(at_end), changed);
    }
    let wrong = Some(body(Crc32::EMPTY, 2));
    assert_eq!(Writer::new().begin(&known, wrong), changed);
    let unknown = Err(LayoutError::BodyUnknown { name: name() });
    assert_eq!(Writer::new().begin(&late, None), unknown);

    let mut writer = Writer::new();
    assert_eq!(
        writer.end(body(Crc32::EMPTY, 0)),
        Err(LayoutError::OutOfOrder)
    );
    writer.begin(&known, None).unwrap();
    assert_eq!(writer.begin(&known, None), Err(LayoutError::OutOfOrder));
    assert_eq!(writer.finish(), Err(LayoutError::OutOfOrder));
}
