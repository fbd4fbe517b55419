//! Nothing that arrives makes the verifier panic, and no noise is believed.

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use notewarden_sigv4::{Body, BodyDecoder, Service, Verifier};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::wire::{REGION, Signer, Wire, long_lived, signed_at};

const SERVICES: [Service; 3] = [Service::S3, Service::EXECUTE_API, Service::COGNITO_IDP];

/// Noise that looks like a signature here and there.
fn authorizations() -> impl Strategy<Value = Vec<u8>> {
    let word = select(vec![
        "AWS4-HMAC-SHA256",
        " ",
        ",",
        ", ",
        "=",
        ";",
        "/",
        "Credential=",
        "SignedHeaders=",
        "Signature=",
        "AKIAIOSFODNN7EXAMPLE",
        "20260102",
        "us-east-1",
        "s3",
        "aws4_request",
        "host",
        "x-amz-date",
        "0",
        "f",
        "\t",
        "é",
    ]);
    prop_oneof![
        vec(any::<u8>(), 0..120),
        vec(word, 0..24).prop_map(|words| words.concat().into_bytes()),
    ]
}

fn queries() -> impl Strategy<Value = String> {
    let word = select(vec![
        "&",
        "=",
        "%",
        "+",
        "%2",
        "%zz",
        "%00",
        "%FF",
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "x-amz-",
        "AWS4-HMAC-SHA256",
        "20260102T030405Z",
        "60",
        "host",
        "é",
    ]);
    vec(word, 0..30).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_noise_is_believed(
        method in "[A-Z]{0,5}",
        path in "[/.%a-fé ]{0,20}",
        query in queries(),
        authorization in option::of(authorizations()),
        date in option::of(vec(any::<u8>(), 0..20)),
        hash in option::of("[A-Z0-9a-f-]{0,64}"),
        service in select(&SERVICES[..]),
    ) {
        let mut wire = Wire::new(&method, &path);
        wire.query = query;
        let headers = [
            ("authorization", authorization),
            ("x-amz-date", date),
            ("x-amz-content-sha256", hash.map(String::into_bytes)),
        ];
        for (name, value) in headers {
            if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(&value).ok()) {
                wire.headers.insert(HeaderName::from_static(name), value);
            }
        }
        for body in [Body::Streamed, Body::Collected(b"{}")] {
            let outcome = Verifier::new(REGION)
                .verify(&wire.request(), body, service, &long_lived, signed_at());
            prop_assert!(outcome.is_err());
        }
    }

    #[test]
    fn no_noise_is_a_body(
        payload in select(vec![
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        ]),
        words in vec(select(vec![
            "\r\n", "\r", "\n", "0", "1", "a", "F", ";", "chunk-signature=", ":", "=",
            "x-amz-checksum-sha256", "x-amz-trailer-signature", "0000000000000000",
        ]), 0..40),
    ) {
        let mut wire = Wire::new("PUT", "/bucket/key")
            .with("x-amz-content-sha256", payload)
            .with("x-amz-decoded-content-length", "10");
        if payload.ends_with("TRAILER") {
            wire = wire.with("x-amz-trailer", "x-amz-checksum-sha256");
        }
        let wire = wire.signed(&Signer::new(Service::S3));
        let verified = Verifier::new(REGION)
            .verify(&wire.request(), Body::Streamed, Service::S3, &long_lived, signed_at())
            .unwrap();
        let mut decoder = BodyDecoder::new(&verified, &wire.request()).unwrap();
        let mut input = Bytes::from(words.concat());
        while let Ok(Some(_)) = decoder.decode(&mut input) {}
        prop_assert!(decoder.finish().is_err());
    }
}
