//! What a signature says about the body.

use super::*;

#[test]
fn sig_14_the_payload_is_the_one_that_was_signed() {
    mismatched(&get_note().body(b"{}"), API);
    refused(&put_object().body(b"other"), S3, &Refusal::PayloadMismatch);
    refused(
        &put_object().without("x-amz-content-sha256"),
        S3,
        &Refusal::MissingContentSha256,
    );
    for garbage in [
        "",
        "abc",
        &"G".repeat(64),
        &"A".repeat(64),
        "unsigned-payload",
    ] {
        let wire = put_object().set("x-amz-content-sha256", garbage);
        malformed(&wire, S3, Malformation::ContentSha256);
    }
    for other in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        &crate::wire::sha256_hex(b"other"),
    ] {
        mismatched(&put_object().set("x-amz-content-sha256", other), S3);
    }
}

#[test]
fn sig_15_an_api_takes_no_unsigned_payload() {
    for payload in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    ] {
        let wire = Wire::new("POST", "/notes")
            .body(b"{}")
            .with("x-amz-content-sha256", payload)
            .signed(&Signer::new(API));
        refused(&wire, API, &Refusal::UnsignedPayload("execute-api"));
    }
    let wire = get_note();
    let outcome = Verifier::new(REGION).verify(
        &wire.request(),
        Body::Streamed,
        API,
        &long_lived,
        signed_at(),
    );
    assert_eq!(outcome.unwrap_err(), Refusal::MissingContentSha256);
}

#[test]
fn sig_16_unsigned_chunks_still_need_a_signed_head() {
    let chunked = Wire::new("PUT", KEY)
        .with("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        .with("x-amz-decoded-content-length", "4")
        .with("x-amz-trailer", "x-amz-checksum-crc32");
    refused(&chunked, S3, &Refusal::MissingAuthentication);

    let signed = chunked.clone().signed(&Signer::new(S3));
    assert_eq!(
        signed.verify(S3).unwrap().payload(),
        Payload::UnsignedChunks
    );
    let signature = signed.signature();
    mismatched(
        &signed
            .clone()
            .edit_authorization(&signature, &"0".repeat(64)),
        S3,
    );

    let mut in_query = chunked;
    in_query.query = format!("X-Amz-Credential={ACCESS_KEY}/20260102/us-east-1/s3/aws4_request");
    malformed(
        &in_query,
        S3,
        Malformation::MissingParameter("X-Amz-Algorithm"),
    );

    let presigned = Wire::new("PUT", KEY)
        .signed(&Signer::presigning(S3, minutes(1)))
        .with("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    assert!(matches!(
        presigned.verify(S3),
        Err(Refusal::UnsupportedPayload(_))
    ));
}
