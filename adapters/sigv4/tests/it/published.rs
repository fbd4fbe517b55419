//! The examples that the Amazon S3 API reference publishes: requests, chunks and a trailer.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use notewarden_sigv4::{
    Body, BodyDecoder, BodyError, Credentials, Refusal, Service, Verified, Verifier,
};
use serde::Deserialize;

use crate::wire::{Wire, encode};

/// 2013-05-24T00:00:00Z, when all of the examples were signed.
const NOW: Duration = Duration::from_secs(1_369_353_600);

#[derive(Deserialize)]
struct Example {
    name: String,
    kind: String,
    access_key: String,
    secret_key: String,
    region: String,
    timestamp: String,
    method: String,
    canonical_uri: String,
    canonical_query: String,
    headers: Vec<(String, String)>,
    canonical_request: String,
    string_to_sign: String,
    signature: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    chunks: Vec<Chunk>,
    trailer: Option<Trailer>,
}

#[derive(Deserialize)]
struct Chunk {
    len: usize,
    fill: String,
    signature: String,
}

#[derive(Deserialize)]
struct Trailer {
    headers: String,
    signature: String,
}

fn examples() -> Vec<Example> {
    let examples: Vec<Example> =
        serde_json::from_str(include_str!("../data/s3-published-vectors.json")).unwrap();
    assert_eq!(examples.len(), 7);
    examples
}

impl Example {
    fn wire(&self, signature: &str) -> Wire {
        let mut wire = Wire::new(&self.method, &self.canonical_uri).body(self.body.as_bytes());
        wire.query = self.canonical_query.clone();
        for (name, value) in &self.headers {
            wire = wire.set(name, value);
        }
        if self.kind == "query" {
            wire.query.push_str("&X-Amz-Signature=");
            wire.query.push_str(signature);
            return wire;
        }
        let (day, _) = self.timestamp.split_once('T').unwrap();
        let mut signed: Vec<_> = self
            .headers
            .iter()
            .map(|(name, _)| name.to_lowercase())
            .collect();
        signed.sort();
        wire.with(
            "authorization",
            &format!(
                "AWS4-HMAC-SHA256 Credential={}/{day}/{}/s3/aws4_request,\
                 SignedHeaders={},Signature={signature}",
                self.access_key,
                self.region,
                signed.join(";"),
            ),
        )
    }

    fn verify(&self, wire: &Wire) -> Result<Verified, Refusal> {
        let keys = |id: &str| {
            assert_eq!(id, self.access_key);
            let keys = Credentials::new(id, self.secret_key.as_str());
            Some(Arc::new(keys))
        };
        let body = match self.kind.as_str() {
            "header" => Body::Collected(self.body.as_bytes()),
            _ => Body::Streamed,
        };
        let now = SystemTime::UNIX_EPOCH + NOW;
        Verifier::new(self.region.as_str()).verify(&wire.request(), body, Service::S3, &keys, now)
    }

    /// The body of a chunked example as it goes over the wire.
    fn encoded(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in &self.chunks {
            out.extend(format!("{:x};chunk-signature={}\r\n", chunk.len, chunk.signature).bytes());
            if chunk.len > 0 {
                out.extend(chunk.fill.repeat(chunk.len).bytes());
                out.extend(b"\r\n");
            }
        }
        if let Some(trailer) = &self.trailer {
            let line = trailer.headers.trim_end();
            let signature = &trailer.signature;
            out.extend(format!("{line}\r\nx-amz-trailer-signature:{signature}\r\n").bytes());
        }
        out.extend(b"\r\n");
        out
    }
}

#[test]
fn published_signatures_verify() {
    for example in examples() {
        let verified = example.verify(&example.wire(&example.signature));
        assert!(verified.is_ok(), "{}: {verified:?}", example.name);
    }
}

#[test]
fn published_canonical_requests_are_ours() {
    for example in examples() {
        match example.verify(&example.wire(&"0".repeat(64))) {
            Err(Refusal::SignatureMismatch(mismatch)) => {
                assert_eq!(mismatch.canonical_request, example.canonical_request);
                assert_eq!(mismatch.string_to_sign, example.string_to_sign);
            }
            other => panic!("{}: not a mismatch: {other:?}", example.name),
        }
    }
}

/// The path of the example with `$` may be sent in either way.
#[test]
fn published_signatures_do_not_depend_on_how_a_key_is_encoded() {
    let example = examples().into_iter().nth(1).unwrap();
    let mut wire = example.wire(&example.signature);
    for path in [
        "/test$file.text",
        "/test%24file.text",
        "/%74est%24file.text",
    ] {
        wire.path = path.into();
        assert!(example.verify(&wire).is_ok(), "{path}");
    }
    wire.path = encode("/test$file.text");
    assert!(example.verify(&wire).is_ok(), "an encoded slash");
}

#[test]
fn published_chunks_verify_whatever_the_frames() {
    for example in examples()
        .iter()
        .filter(|it| it.kind.starts_with("chunked"))
    {
        let wire = example.wire(&example.signature);
        let verified = example.verify(&wire).unwrap();
        let encoded = example.encoded();
        for frame in [1, 7, 8192, 65_536, encoded.len()] {
            let mut decoder = BodyDecoder::new(&verified, &wire.request()).unwrap();
            let mut decoded = Vec::new();
            for frame in encoded.chunks(frame) {
                let mut frame = Bytes::copy_from_slice(frame);
                while let Some(piece) = decoder.decode(&mut frame).unwrap() {
                    decoded.extend(piece);
                }
            }
            assert!(decoded.len() < 66_560, "the last piece came too early");
            decoded.extend(decoder.finish().unwrap().unwrap());
            assert_eq!(decoded, vec![b'a'; 66_560]);
        }
    }
}

#[test]
fn published_chunks_fail_with_any_other_byte() {
    for example in examples()
        .iter()
        .filter(|it| it.kind.starts_with("chunked"))
    {
        let wire = example.wire(&example.signature);
        let verified = example.verify(&wire).unwrap();
        let encoded = example.encoded();
        // Every byte that is not data, and some that are.
        let positions = (0..encoded.len()).filter(|&at| encoded[at] != b'a' || at % 5_000 == 0);
        for at in positions {
            let mut tampered = encoded.clone();
            tampered[at] ^= 0x01;
            let outcome = decode(&verified, &wire, &tampered);
            assert!(outcome.is_err(), "byte {at} of {}", example.name);
        }
    }
}

fn decode(verified: &Verified, wire: &Wire, encoded: &[u8]) -> Result<(), BodyError> {
    let mut decoder = BodyDecoder::new(verified, &wire.request())?;
    let mut input = Bytes::copy_from_slice(encoded);
    while decoder.decode(&mut input)?.is_some() {}
    decoder.finish().map(drop)
}
