//! Chunks and trailers, and every lie about them.

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use notewarden_sigv4::{BodyDecoder, BodyError, ChecksumAlgorithm, Service, VerifiedBody};
use proptest::{collection::vec, prelude::*};

use super::{
    decode,
    upload::{CRC32, STYLES, Style, Upload, crc32},
    verified,
};
use crate::wire::{Signer, Wire};

#[test]
fn chunks_of_every_style_are_decoded() {
    for style in STYLES {
        for chunks in [
            &[][..],
            &[&b"a"[..]],
            &[&b"\r\n0\r\n\r\n"[..], b"\n"],
            &[&[7; 70_000][..], &[8; 65_536], &[9; 1]],
        ] {
            let data = Upload::new(style, chunks).outcome().unwrap();
            assert_eq!(data, chunks.concat(), "{style:?}");
        }
    }
}

#[test]
fn trailers_can_be_read_once_they_are_verified() {
    let upload = Upload::new(Style::UnsignedTrailer, &[b"data"]);
    let mut decoder = BodyDecoder::new(&verified(&upload.wire), &upload.wire.request()).unwrap();
    let trailers = decoder.trailers();
    let encoded = Bytes::from(upload.encoded());
    while decoder
        .decode(&mut encoded.slice(..encoded.len() - 2))
        .unwrap()
        .is_some()
    {}
    assert!(trailers.get().is_none());
    let _ = decoder
        .decode(&mut encoded.slice(encoded.len() - 2..))
        .unwrap();
    assert_eq!(trailers.get().unwrap()[CRC32], crc32(b"data"));
}

/// Every lie that a chunked body can tell.
#[test]
fn sig_17_no_lie_about_chunks_gets_to_the_end() {
    let chunks = [&b"first"[..], b"second"];
    for style in STYLES {
        let lie = |tell: &dyn Fn(&mut Upload)| {
            let mut upload = Upload::new(style, &chunks);
            tell(&mut upload);
            upload.outcome().unwrap_err()
        };
        let is_signed = style != Style::UnsignedTrailer;

        let changed = lie(&|upload| upload.chunks[1].0[0] ^= 1);
        if is_signed {
            assert!(matches!(changed, BodyError::ChunkSignatureMismatch));
            for signature in ["0".repeat(64), String::new(), "x".repeat(64)] {
                let bad = lie(&|upload| upload.chunks[0].1 = signature.clone());
                assert!(matches!(
                    bad,
                    BodyError::ChunkSignatureMismatch | BodyError::MalformedChunk(_)
                ));
            }
            let last = lie(&|upload| upload.chunks[2].1 = "0".repeat(64));
            assert!(matches!(last, BodyError::ChunkSignatureMismatch));
            let swapped = lie(&|upload| upload.chunks.swap(0, 1));
            assert!(matches!(swapped, BodyError::ChunkSignatureMismatch));
        } else {
            let crc = ChecksumAlgorithm::Crc32;
            assert!(matches!(changed, BodyError::ChecksumMismatch(it) if it == crc));
        }

        let no_last = lie(&|upload| drop(upload.chunks.pop()));
        assert!(!matches!(no_last, BodyError::Refused), "{no_last:?}");
        let fewer = lie(&|upload| drop(upload.chunks.remove(1)));
        assert!(
            matches!(
                fewer,
                BodyError::Incomplete { .. } | BodyError::ChunkSignatureMismatch
            ),
            "{fewer:?}"
        );
        let more = lie(&|upload| upload.chunks.insert(1, (b"more".to_vec(), "0".repeat(64))));
        assert!(
            matches!(
                more,
                BodyError::TooLong { .. } | BodyError::ChunkSignatureMismatch
            ),
            "{more:?}"
        );
    }
}

#[test]
fn sig_17_a_body_that_ends_anywhere_else_is_incomplete() {
    for style in STYLES {
        let upload = Upload::new(style, &[b"first", b"second"]);
        let encoded = upload.encoded();
        for end in 0..encoded.len() {
            let outcome = decode(&upload.wire, &[&encoded[..end]]);
            assert!(
                matches!(outcome, Err(BodyError::Incomplete { .. })),
                "{style:?} ended at {end}: {outcome:?}"
            );
        }
        let outcome = decode(&upload.wire, &[&encoded, b"more"]);
        assert!(
            matches!(outcome, Err(BodyError::MalformedChunk(_))),
            "{outcome:?}"
        );
    }
}

#[test]
fn sig_17_lengths_are_kept_to() {
    let data = b"0123456789";
    for (declared, is_shorter) in [("9", false), ("11", true)] {
        let mut upload = Upload::new(Style::UnsignedTrailer, &[data]);
        upload.wire = Wire::new("PUT", "/bucket/key")
            .with("x-amz-content-sha256", Style::UnsignedTrailer.payload())
            .with("x-amz-decoded-content-length", declared)
            .with("x-amz-trailer", CRC32)
            .signed(&Signer::new(Service::S3));
        match upload.outcome().unwrap_err() {
            BodyError::Incomplete { .. } => assert!(is_shorter),
            BodyError::TooLong { .. } => assert!(!is_shorter),
            other => panic!("{other:?}"),
        }
    }
    for head in [
        "FFFFFFFFFFFFFFFF\r\n",
        "10000000000000000\r\n",
        "-1\r\n",
        "\r\n",
        " a\r\n",
        "0x1\r\n",
        "a\n",
        "a;name=value\r\n",
        &"0".repeat(600),
    ] {
        let wire = Upload::new(Style::UnsignedTrailer, &[data]).wire;
        let outcome = decode(&wire, &[head.as_bytes(), data, b"\r\n0\r\n\r\n"]);
        assert!(
            matches!(
                outcome,
                Err(BodyError::TooLong { .. } | BodyError::MalformedChunk(_))
            ),
            "{head}: {outcome:?}"
        );
    }
    for length in ["", "-1", "1e3", "18446744073709551616"] {
        let wire = Wire::new("PUT", "/bucket/key")
            .with("x-amz-content-sha256", Style::Signed.payload())
            .with("x-amz-decoded-content-length", length)
            .signed(&Signer::new(Service::S3));
        let outcome = decode(&wire, &[]);
        assert!(matches!(outcome, Err(BodyError::Length(_))), "{length}");
    }
}

#[test]
fn sig_17_trailers_are_announced_right_and_signed() {
    for style in [Style::SignedTrailer, Style::UnsignedTrailer] {
        let outcome = |trailer: &[String]| {
            let mut upload = Upload::new(style, &[b"data"]);
            upload.trailer = trailer.to_vec();
            upload.outcome().unwrap_err()
        };
        let right = Upload::new(style, &[b"data"]).trailer;
        let wrong = {
            let mut upload = Upload::new(style, &[b"data"]);
            upload.seal(&format!("{CRC32}:{}", crc32(b"other")));
            upload.outcome().unwrap_err()
        };
        assert!(matches!(wrong, BodyError::ChecksumMismatch(_)), "{wrong:?}");
        for value in ["", "AAAA", "not base64", "AAAAAAAAAAA="] {
            let mut upload = Upload::new(style, &[b"data"]);
            upload.seal(&format!("{CRC32}:{value}"));
            let outcome = upload.outcome().unwrap_err();
            assert!(
                matches!(outcome, BodyError::InvalidChecksum(_)),
                "{outcome:?}"
            );
        }

        let malformed = |trailer: &[String]| {
            let outcome = outcome(trailer);
            assert!(
                matches!(outcome, BodyError::MalformedTrailer(_)),
                "{outcome:?}"
            );
        };
        malformed(&[]);
        malformed(&[right[0].clone(), right[0].clone()]);
        malformed(&[format!("x-amz-checksum-sha1:{}", crc32(b"data"))]);
        malformed(&["x-amz-meta-owner:eve".to_owned()]);
        malformed(&["no colon".to_owned()]);
        if style == Style::SignedTrailer {
            malformed(&right[..1]);
            malformed(&right[1..]);
            malformed(&[right[1].clone(), right[0].clone()]);
            let forged = format!("x-amz-trailer-signature:{}", "0".repeat(64));
            let outcome = outcome(&[right[0].clone(), forged]);
            assert!(matches!(outcome, BodyError::TrailerSignatureMismatch));
        } else {
            malformed(&[
                right[0].clone(),
                format!("x-amz-trailer-signature:{}", "0".repeat(64)),
            ]);
        }
    }
}

#[test]
fn a_trailer_has_one_known_checksum() {
    let outcome = |trailer: Option<&str>, payload: Style| {
        let mut wire = Wire::new("PUT", "/bucket/key")
            .with("x-amz-content-sha256", payload.payload())
            .with("x-amz-decoded-content-length", "0");
        if let Some(trailer) = trailer {
            wire = wire.with("x-amz-trailer", trailer);
        }
        decode(&wire.signed(&Signer::new(Service::S3)), &[]).unwrap_err()
    };
    let unsigned = Style::UnsignedTrailer;
    assert!(matches!(
        outcome(None, unsigned),
        BodyError::MalformedTrailer(_)
    ));
    assert!(matches!(
        outcome(Some(CRC32), Style::Signed),
        BodyError::MalformedTrailer(_)
    ));
    assert!(matches!(
        outcome(Some("x-amz-checksum-crc32,x-amz-checksum-sha1"), unsigned),
        BodyError::MultipleChecksums
    ));
    assert!(matches!(
        outcome(Some("x-amz-meta-owner"), unsigned),
        BodyError::UnsupportedChecksum(_)
    ));
}

#[test]
fn streams_end_with_an_error_or_not_at_all() {
    let upload = Upload::new(Style::SignedTrailer, &[b"first", b"second"]);
    let encoded = Bytes::from(upload.encoded());
    let body = |frames: Vec<Result<Bytes, &'static str>>| {
        let decoder = BodyDecoder::new(&verified(&upload.wire), &upload.wire.request()).unwrap();
        VerifiedBody::new(decoder, stream::iter(frames))
    };
    let whole = body(vec![Ok(encoded.slice(..40)), Ok(encoded.slice(40..))]);
    assert_eq!(whole.decoded_length(), Some(11));
    let trailers = whole.trailers();
    let pieces: Vec<Bytes> = whole.try_collect().now_or_never().unwrap().unwrap();
    assert_eq!(pieces.concat(), b"firstsecond");
    assert!(trailers.get().is_some());

    let broken = body(vec![Ok(encoded.slice(..40)), Err("connection reset")]);
    let items = broken.collect::<Vec<_>>().now_or_never().unwrap();
    assert!(matches!(items.last(), Some(Err(BodyError::Transport(_)))));
    let short = body(vec![Ok(encoded.slice(..encoded.len() - 1))]);
    let items = short.collect::<Vec<_>>().now_or_never().unwrap();
    assert!(matches!(
        items.last(),
        Some(Err(BodyError::Incomplete { .. }))
    ));
}

proptest! {
    #[test]
    fn chunks_are_decoded_whatever_the_frames(
        chunks in vec(vec(any::<u8>(), 1..200), 0..6),
        style in prop::sample::select(&STYLES[..]),
        sizes in vec(1_usize..90, 1..20),
    ) {
        let parts: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        let upload = Upload::new(style, &parts);
        let encoded = upload.encoded();
        let mut rest = encoded.as_slice();
        let mut frames = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (frame, after) = rest.split_at(rest.len().min(*size));
            frames.push(frame);
            rest = after;
        }
        prop_assert_eq!(decode(&upload.wire, &frames).unwrap(), chunks.concat());
    }

    #[test]
    fn no_byte_of_a_chunked_body_can_change(
        chunks in vec(vec(any::<u8>(), 1..50), 1..4),
        style in prop::sample::select(&STYLES[..]),
        at in any::<prop::sample::Index>(),
        by in 1_u8..=255,
    ) {
        let parts: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        let upload = Upload::new(style, &parts);
        let mut encoded = upload.encoded();
        let at = at.index(encoded.len());
        let before = encoded[at];
        encoded[at] = before.wrapping_add(by);
        // Sizes and names may be written in either case.
        prop_assume!(!encoded[at].eq_ignore_ascii_case(&before));
        prop_assert!(decode(&upload.wire, &[&encoded]).is_err());
    }
}
