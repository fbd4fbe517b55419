//! Zips of both places, which differ in nothing but what names their owner's things and when these were stored.

use bytes::Bytes;

/// The zip without the times of its entries, by its central directory (APPNOTE, 4.3.7 and 4.3.12). No entry here has
/// long lengths, and each has Info-ZIP's extended timestamp for its last extra field.
pub fn without_times(zip: &Bytes) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let end = zip.len() - 22;
    assert_eq!(zip[end..end + 4], *b"PK\x05\x06", "a zip has an end");
    let mut central = number(&zip, end + 16, 4);
    for _ in 0..number(&zip, end + 10, 2) {
        assert_eq!(zip[central..central + 4], *b"PK\x01\x02");
        let name = number(&zip, central + 28, 2);
        let extra = number(&zip, central + 30, 2);
        let local = number(&zip, central + 42, 4);
        let local_extra = number(&zip, local + 28, 2);
        forget(&mut zip, central + 12, central + 46 + name + extra);
        forget(&mut zip, local + 10, local + 30 + name + local_extra);
        central += 46 + name + extra;
    }
    zip
}

/// Forgets MS-DOS's time and date at `stamp`, and the Unix time that the extra fields end with.
fn forget(zip: &mut [u8], stamp: usize, end: usize) {
    zip[stamp..stamp + 4].fill(0);
    assert_eq!(zip[end - 9..end - 4], *b"UT\x05\x00\x01");
    zip[end - 4..end].fill(0);
}

/// The names of the zip's entries, in their order.
pub fn names(zip: &Bytes) -> Vec<String> {
    let end = zip.len() - 22;
    let mut central = number(zip, end + 16, 4);
    let mut names = Vec::new();
    for _ in 0..number(zip, end + 10, 2) {
        let (name, extra) = (number(zip, central + 28, 2), number(zip, central + 30, 2));
        let bytes = zip[central + 46..central + 46 + name].to_vec();
        names.push(String::from_utf8(bytes).unwrap());
        central += 46 + name + extra;
    }
    names
}

fn number(zip: &[u8], at: usize, length: usize) -> usize {
    let bytes = zip[at..at + length].iter().rev();
    bytes.fold(0, |number, byte| (number << 8) | usize::from(*byte))
}
