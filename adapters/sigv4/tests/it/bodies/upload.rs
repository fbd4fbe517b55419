//! Chunked uploads, made as the Amazon S3 API reference tells, independently of the code under test.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use notewarden_sigv4::{BodyError, Service};
use sha2::Sha256;

use super::decode;
use crate::wire::{REGION, SECRET, Signer, Wire, sha256_hex};

const SCOPE: &str = "20260102T030405Z\n20260102/us-east-1/s3/aws4_request";
pub const CRC32: &str = "x-amz-checksum-crc32";

/// How a client sends its body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Style {
    Signed,
    SignedTrailer,
    UnsignedTrailer,
}

pub const STYLES: [Style; 3] = [Style::Signed, Style::SignedTrailer, Style::UnsignedTrailer];

impl Style {
    fn has_trailer(self) -> bool {
        self != Self::Signed
    }

    pub fn payload(self) -> &'static str {
        match self {
            Self::Signed => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            Self::SignedTrailer => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            Self::UnsignedTrailer => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        }
    }
}

pub fn crc32(data: &[u8]) -> String {
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
pub struct Upload {
    pub wire: Wire,
    pub style: Style,
    /// Chunks with their signature, and the last one without data.
    pub chunks: Vec<(Vec<u8>, String)>,
    pub trailer: Vec<String>,
}

impl Upload {
    pub fn new(style: Style, chunks: &[&[u8]]) -> Self {
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
    pub fn seal(&mut self, line: &str) {
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

    pub fn encoded(&self) -> Vec<u8> {
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

    pub fn outcome(&self) -> Result<Vec<u8>, BodyError> {
        decode(&self.wire, &[&self.encoded()])
    }
}
