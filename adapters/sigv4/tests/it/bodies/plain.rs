//! Bodies as they are, and what headers say about them.

use base64::{Engine, engine::general_purpose::STANDARD};
use notewarden_sigv4::{BodyError, ChecksumAlgorithm, Service};
use sha2::{Digest, Sha256};

use super::{
    decode,
    upload::{CRC32, crc32},
};
use crate::wire::{Signer, Wire};

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
