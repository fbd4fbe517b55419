//! `notewarden_domain::archive`.

mod job;
mod layout;
mod names;
mod plan;
mod sparse;

use notewarden_domain::{
    Timestamp,
    archive::{Body, Checksum, Crc32, Entry, Writer, unique_names},
};

use self::sparse::Sparse;

/// 21 November 2026, 03:04:06 UTC.
const MODIFIED: Timestamp = Timestamp::from_millis(1_795_230_246_000);

fn crc(bytes: &[u8]) -> Crc32 {
    Crc32::new(crc32fast::hash(bytes))
}

/// The checksum of so many zero bytes, which need not exist.
fn crc_of_zeros(count: u64) -> Crc32 {
    // A checksum starts with all bits set, and ends with all of them turned over.
    Crc32::new(!Crc32::new(u32::MAX).followed_by(Crc32::EMPTY, count).get())
}

/// Entries of zero bytes with these sizes, named `0`, `1`, ….
fn zeros(sizes: impl IntoIterator<Item = u64>) -> Vec<Entry> {
    let sizes: Vec<u64> = sizes.into_iter().collect();
    let names: Vec<String> = (0..sizes.len()).map(|number| number.to_string()).collect();
    let names = unique_names(names.iter().map(String::as_str));
    let entry =
        |(name, size)| Entry::stored(name, MODIFIED, size, Checksum::Known(crc_of_zeros(size)));
    names.into_iter().zip(sizes).map(entry).collect()
}

/// The zip of entries of zero bytes.
fn zip_of_zeros(entries: &[Entry]) -> Sparse {
    let mut zip = Sparse::default();
    let mut writer = Writer::new();
    for entry in entries {
        let body = Body {
            crc: crc_of_zeros(entry.size()),
            length: entry.size(),
        };
        zip.push(writer.begin(entry, Some(body)).unwrap());
        zip.skip(entry.size());
        zip.push(writer.end(body).unwrap());
        assert_eq!(zip.length(), writer.offset());
    }
    zip.push(writer.finish().unwrap());
    zip
}
