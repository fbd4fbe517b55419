//! Bodies after their head: chunks, trailers, checksums, lengths, and what happens to lies.

mod chunked;
mod plain;
mod upload;

use bytes::Bytes;
use notewarden_sigv4::{Body, BodyDecoder, BodyError, Service, Verified, Verifier};

use crate::wire::{REGION, Wire, long_lived, signed_at};

fn verified(wire: &Wire) -> Verified {
    Verifier::new(REGION)
        .verify(
            &wire.request(),
            Body::Streamed,
            Service::S3,
            &long_lived,
            signed_at(),
        )
        .unwrap()
}

/// Reads a body to its end, as a store would. What it took is given back only if nothing was wrong, and
/// must not have been all of it before that was known.
fn decode(wire: &Wire, frames: &[&[u8]]) -> Result<Vec<u8>, BodyError> {
    let mut decoder = BodyDecoder::new(&verified(wire), &wire.request())?;
    let length = decoder.decoded_length();
    let mut data = Vec::new();
    for frame in frames {
        let mut frame = Bytes::copy_from_slice(frame);
        while let Some(piece) = decoder.decode(&mut frame)? {
            data.extend(piece);
        }
    }
    let seen = u64::try_from(data.len()).unwrap();
    assert!(
        length.is_none_or(|length| seen < length || length == 0),
        "too early"
    );
    data.extend(decoder.finish()?.unwrap_or_default());
    assert!(matches!(decoder.finish(), Err(BodyError::Refused)));
    Ok(data)
}
