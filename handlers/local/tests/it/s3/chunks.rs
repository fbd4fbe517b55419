//! Bodies in `aws-chunked` encoding, old and new SDKs' ways, right and wrong.

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Method, Request};
use sha2::{Digest, Sha256};

use super::path;
use crate::support::{Actor, Answer, Signing};

pub const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
pub const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
pub const UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// A `PutObject` in chunks whose head is signed, and what its chunks are signed with.
pub struct Upload {
    pub request: Request<Bytes>,
    key: Vec<u8>,
    date: String,
    previous: String,
}

impl Actor {
    /// The head of an upload in chunks.
    pub fn upload(
        &self,
        name: &str,
        payload: &str,
        length: usize,
        trailer: Option<&str>,
    ) -> Upload {
        let length = length.to_string();
        let mut headers = vec![
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", length.as_str()),
        ];
        headers.extend(trailer.map(|trailer| ("x-amz-trailer", trailer)));
        let mut request = self.request(
            Method::PUT,
            &path(&self.place, &self.key(name)),
            &headers,
            "",
        );
        let signing = Signing {
            payload: Some(payload.to_owned()),
            ..Signing::new(&self.keys, "s3")
        };
        signing.sign(&mut request);
        let key = generate_signing_key(&self.keys.secret, signing.at, "us-east-1", "s3");
        let authorization = request.headers()["authorization"].to_str().unwrap();
        let (_, previous) = authorization.split_once("Signature=").unwrap();
        Upload {
            previous: previous.to_owned(),
            date: request.headers()["x-amz-date"].to_str().unwrap().to_owned(),
            key: key.as_ref().to_vec(),
            request,
        }
    }

    /// Sends an upload with this body.
    pub async fn finish(&self, upload: Upload, body: impl Into<Bytes>) -> Answer {
        let mut request = upload.request;
        *request.body_mut() = body.into();
        self.place.send(request).await
    }
}

impl Upload {
    /// A chunk that is signed after the one before it.
    pub fn chunk(&mut self, data: &[u8]) -> Vec<u8> {
        let hash = |data: &[u8]| hex::encode(Sha256::digest(data));
        let signature = self.sign("-PAYLOAD", &[hash(b""), hash(data)]);
        let mut chunk = format!("{:x};chunk-signature={signature}\r\n", data.len()).into_bytes();
        chunk.extend_from_slice(data);
        // A trailer comes in place of the last line's end.
        chunk.extend_from_slice(b"\r\n");
        chunk
    }

    /// The last chunk with a signed trailer after it.
    pub fn end_with(&mut self, trailer: &str) -> Vec<u8> {
        let mut end = self.chunk(b"");
        end.truncate(end.len() - 2);
        let signature = self.sign(
            "-TRAILER",
            &[hex::encode(Sha256::digest(format!("{trailer}\n")))],
        );
        end.extend_from_slice(
            format!("{trailer}\r\nx-amz-trailer-signature:{signature}\r\n\r\n").as_bytes(),
        );
        end
    }

    fn sign(&mut self, suffix: &str, lines: &[String]) -> String {
        let day = &self.date[..8];
        let text = format!(
            "AWS4-HMAC-SHA256{suffix}\n{}\n{day}/us-east-1/s3/aws4_request\n{}\n{}",
            self.date,
            self.previous,
            lines.join("\n")
        );
        self.previous = calculate_signature(&self.key, text.as_bytes());
        self.previous.clone()
    }
}

/// A whole body in one unsigned chunk, with a trailer.
pub fn unsigned(data: &[u8], trailer: &str) -> Vec<u8> {
    let mut body = format!("{:x}\r\n", data.len()).into_bytes();
    body.extend_from_slice(data);
    body.extend_from_slice(format!("\r\n0\r\n{trailer}\r\n\r\n").as_bytes());
    body
}

/// `x-amz-checksum-crc32:…` of the data.
pub fn crc32_trailer(data: &[u8]) -> String {
    let sum = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, data);
    let sum = u32::try_from(sum).unwrap().to_be_bytes();
    format!("x-amz-checksum-crc32:{}", STANDARD.encode(sum))
}
