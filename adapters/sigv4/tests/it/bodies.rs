//! Bodies after their head: chunks, trailers, checksums, lengths, and what happens to lies.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use hmac::{Hmac, KeyInit, Mac};
use notewarden_sigv4::{
    Body, BodyDecoder, BodyError, ChecksumAlgorithm, Service, Verified, VerifiedBody, Verifier,
};
use proptest::{collection::vec, prelude::*};
use sha2::{Digest, Sha256};

use crate::wire::{REGION, SECRET, Signer, Wire, long_lived, sha256_hex, signed_at};

const SCOPE: &str = "20260102T030405Z\n20260102/us-east-1/s3/aws4_request";
const CRC32: &str = "x-amz-checksum-crc32";

/// How a client sends its body.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    Signed,
    SignedTrailer,
    UnsignedTrailer,
}

const STYLES: [Style; 3] = [Style::Signed, Style::SignedTrailer, Style::UnsignedTrailer];

impl Style {
    fn has_trailer(self) -> bool {
        self != Self::Signed
    }

    fn payload(self) -> &'static str {
        match self {
            Self::Signed => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            Self::SignedTrailer => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            Self::UnsignedTrailer => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        }
    }
}

fn crc32(data: &[u8]) -> String {
    let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, data);
    STANDARD.encode(u32::try_from(crc).unwrap().to_be_bytes())
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Signs as the Amazon S3 API reference tells, independently of the code under test.
fn sign(string_to_sign: &str) -> String {
    let key = ["20260102", REGION, "s3", "aws4_request"]
        .into_iter()
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| {
            hmac(&key, part)
        });
    hex::encode(hmac(&key, string_to_sign))
}

/// An upload whose head is signed and whose body can be lied about.
struct Upload {
    wire: Wire,
    style: Style,
    /// Chunks with their signature, and the last one without data.
    chunks: Vec<(Vec<u8>, String)>,
    trailer: Vec<String>,
}

impl Upload {
    fn new(style: Style, chunks: &[&[u8]]) -> Self {
        let data = chunks.concat();
        let mut wire = Wire::new("PUT", "/bucket/key")
            .with("x-amz-content-sha256", style.payload())
            .with("x-amz-decoded-content-length", &data.len().to_string());
        if style.has_trailer() {
            wire = wire.with("x-amz-trailer", CRC32);
        }
        let wire = wire.signed(&Signer::new(Service::S3));
        let mut upload = Self {
            wire,
            style,
            chunks: Vec::new(),
            trailer: Vec::new(),
        };
        for chunk in chunks.iter().copied().chain([&b""[..]]) {
            upload.push(chunk);
        }
        if style.has_trailer() {
            upload.seal(&format!("{CRC32}:{}", crc32(&data)));
        }
        upload
    }

    fn previous(&self) -> String {
        match self.chunks.last() {
            Some((_, signature)) => signature.clone(),
            None => self.wire.signature(),
        }
    }

    fn push(&mut self, data: &[u8]) {
        let signature = sign(&format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{SCOPE}\n{}\n{}\n{}",
            self.previous(),
            sha256_hex(b""),
            sha256_hex(data),
        ));
        self.chunks.push((data.to_vec(), signature));
    }

    /// Ends with this trailer, rightly signed where it has to be.
    fn seal(&mut self, line: &str) {
        self.trailer = vec![line.to_owned()];
        if self.style == Style::SignedTrailer {
            let hash = sha256_hex(format!("{line}\n").as_bytes());
            let previous = self.previous();
            let signature = sign(&format!(
                "AWS4-HMAC-SHA256-TRAILER\n{SCOPE}\n{previous}\n{hash}"
            ));
            self.trailer
                .push(format!("x-amz-trailer-signature:{signature}"));
        }
    }

    fn encoded(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (data, signature) in &self.chunks {
            let head = match self.style {
                Style::UnsignedTrailer => format!("{:X}\r\n", data.len()),
                _ => format!("{:x};chunk-signature={signature}\r\n", data.len()),
            };
            out.extend(head.bytes());
            out.extend(data);
            if !data.is_empty() {
                out.extend(b"\r\n");
            }
        }
        for line in &self.trailer {
            out.extend(format!("{line}\r\n").bytes());
        }
        out.extend(b"\r\n");
        out
    }

    fn outcome(&self) -> Result<Vec<u8>, BodyError> {
        decode(&self.wire, &[&self.encoded()])
    }
}

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

fn plain(headers: &[(&str, &str)], signed: &[u8]) -> Wire {
    headers
        .iter()
        .fold(Wire::new("PUT", "/bucket/key"), |wire, (name, value)| {
            wire.with(name, value)
        })
        .body(signed)
        .signed(&Signer::new(Service::S3))
}

#[test]
fn plain_bodies_are_held_against_everything_that_is_said_of_them() {
    let data = b"Welcome to Amazon S3.";
    let sha256 = STANDARD.encode(Sha256::digest(data));
    let md5 = STANDARD.encode(md5::Md5::digest(data));
    let right = [
        ("content-length", "21"),
        ("content-md5", &md5),
        (CRC32, &crc32(data)),
        ("x-amz-checksum-sha256", &sha256),
    ];
    for header in &right {
        let wire = plain(&[*header], data);
        assert_eq!(
            decode(&wire, &[&data[..9], &data[9..]]).unwrap(),
            data,
            "{header:?}"
        );
    }
    assert!(matches!(
        decode(&plain(&right, data), &[data]),
        Err(BodyError::MultipleChecksums)
    ));

    let other = b"Welcome to Amazon S4.";
    assert!(matches!(
        decode(&plain(&[], data), &[other]),
        Err(BodyError::PayloadMismatch)
    ));
    let unsigned = |header: (&str, &str)| {
        let payload = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        decode(&plain(&[payload, header], b""), &[other])
    };
    assert!(matches!(unsigned(right[1]), Err(BodyError::BadDigest)));
    assert!(matches!(
        unsigned(right[2]),
        Err(BodyError::ChecksumMismatch(_))
    ));
    assert!(matches!(
        unsigned(right[3]),
        Err(BodyError::ChecksumMismatch(_))
    ));
    assert!(matches!(
        unsigned(("content-length", "20")),
        Err(BodyError::TooLong { .. })
    ));
    assert!(matches!(
        unsigned(("content-length", "22")),
        Err(BodyError::Incomplete { .. })
    ));
    assert!(matches!(
        unsigned(("content-md5", "AAAA")),
        Err(BodyError::InvalidDigest)
    ));
    assert!(matches!(
        unsigned((CRC32, "AAAA")),
        Err(BodyError::InvalidChecksum(_))
    ));
    assert!(matches!(
        unsigned(("x-amz-checksum-md2", "AAAA")),
        Err(BodyError::UnsupportedChecksum(_))
    ));
    assert_eq!(
        unsigned(("x-amz-checksum-type", "FULL_OBJECT")).unwrap(),
        other
    );
}

/// Presigners put a checksum into the query: Amazon S3 holds the body against it there too.
#[test]
fn a_presigned_checksum_counts() {
    let signer = Signer::presigning(Service::S3, crate::wire::minutes(1));
    let wire = Wire::new("PUT", "/bucket/key?x-amz-checksum-crc32=AAAAAA%3D%3D").signed(&signer);
    assert!(decode(&wire, &[]).is_ok());
    assert!(matches!(
        decode(&wire, &[b"data"]),
        Err(BodyError::ChecksumMismatch(ChecksumAlgorithm::Crc32))
    ));
}

/// The checksum of `CompleteMultipartUpload` is that of the object.
#[test]
fn a_completed_upload_is_not_its_own_body() {
    let body = b"<CompleteMultipartUpload/>";
    let wire = Wire::new("POST", "/bucket/key?uploadId=1")
        .with(CRC32, &crc32(b"the object"))
        .body(body)
        .signed(&Signer::new(Service::S3));
    assert_eq!(decode(&wire, &[body]).unwrap(), body);
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
