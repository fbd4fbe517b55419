//! The canonical headers: name and trimmed value, one line each.

use http::HeaderMap;

use crate::{Refusal, signed_headers::SignedHeaders};

/// Appends a line for every signed header.
pub(crate) fn write(
    headers: &HeaderMap,
    signed: &SignedHeaders<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    for name in signed.names() {
        let mut values = headers.get_all(name).iter();
        let first = values
            .next()
            .ok_or_else(|| Refusal::MissingSignedHeader(name.into()))?;
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        write_value(first.as_bytes(), out);
        for value in values {
            out.push(b',');
            write_value(value.as_bytes(), out);
        }
        out.push(b'\n');
    }
    Ok(())
}

/// Appends a value with the spaces around it removed and those within it reduced to one each.
fn write_value(value: &[u8], out: &mut Vec<u8>) {
    let value = value.trim_ascii();
    // The search for one byte is fast, and most values have no space at all.
    if !value.contains(&b' ') || !value.windows(2).any(|pair| pair == b"  ") {
        return out.extend_from_slice(value);
    }
    let mut previous = 0;
    for &byte in value {
        if byte != b' ' || previous != b' ' {
            out.push(byte);
        }
        previous = byte;
    }
}
