//! Who signs: keys, secrets, scopes, algorithms and clocks.

use super::*;

#[test]
fn sig_01_no_unknown_or_wrong_authentication() {
    refused(
        &Wire::new("GET", "/notes"),
        API,
        &Refusal::MissingAuthentication,
    );

    let mut unknown = Signer::new(API);
    unknown.access_key = "AKIDOFNOBODY".into();
    let wire = Wire::new("GET", "/notes").signed(&unknown);
    refused(
        &wire,
        API,
        &Refusal::UnknownAccessKey("AKIDOFNOBODY".into()),
    );

    let mut wrong = Signer::new(API);
    wrong.secret = SECRET.to_lowercase();
    mismatched(&Wire::new("GET", "/notes").signed(&wrong), API);

    let wire = get_note();
    assert!(wire.verify(API).is_ok());
    let signature = wire.signature();
    for (other, readable) in [
        (String::new(), false),
        (signature[..63].to_owned(), false),
        (format!("{signature}0"), false),
        (signature.to_uppercase(), false),
        (signature.replace('0', "1").replace('a', "b"), true),
        ("0".repeat(64), true),
    ] {
        let wire = wire.clone().edit_authorization(&signature, &other);
        if readable {
            mismatched(&wire, API);
        } else {
            malformed(&wire, API, Malformation::Signature);
        }
    }
}

#[test]
fn sig_02_the_empty_secret_signs_nothing() {
    for access_key in [ACCESS_KEY, "AKIDOFNOBODY"] {
        let mut signer = Signer::new(API);
        signer.access_key = access_key.into();
        signer.secret = String::new();
        assert!(
            Wire::new("GET", "/notes")
                .signed(&signer)
                .verify(API)
                .is_err()
        );
    }
}

#[test]
fn sig_03_the_scope_is_ours_and_of_the_day() {
    let wrong = |part, expected: &str, found: &str| Refusal::WrongScope {
        part,
        expected: expected.into(),
        found: found.into(),
    };
    let mut elsewhere = Signer::new(API);
    elsewhere.region = "eu-west-1".into();
    let wire = Wire::new("GET", "/notes").signed(&elsewhere);
    refused(&wire, API, &wrong(ScopePart::Region, REGION, "eu-west-1"));

    let wire = Wire::new("GET", "/notes").signed(&Signer::new(Service::STS));
    refused(&wire, API, &wrong(ScopePart::Service, "execute-api", "sts"));

    let wire = get_note().edit_authorization("aws4_request", "aws4_Request");
    refused(
        &wire,
        API,
        &wrong(ScopePart::Terminator, "aws4_request", "aws4_Request"),
    );

    let wire = get_note().edit_authorization("20260102", "20260101");
    refused(&wire, API, &wrong(ScopePart::Date, "20260102", "20260101"));
}

#[test]
fn sig_04_a_credential_has_five_parts() {
    for credential in [
        "AK/ID/20260102/us-east-1/execute-api/aws4_request",
        "AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/aws4_request",
        "/20260102/us-east-1/execute-api/aws4_request",
        "AKIA IOS/20260102/us-east-1/execute-api/aws4_request",
        "",
    ] {
        let ours = format!("{ACCESS_KEY}/20260102/us-east-1/execute-api/aws4_request");
        let wire = get_note().edit_authorization(&ours, credential);
        malformed(&wire, API, Malformation::Credential);
    }
}

#[test]
fn sig_05_there_is_one_algorithm() {
    for algorithm in [
        "AWS4-HMAC-SHA1",
        "none",
        "AWS4-ECDSA-P256-SHA256",
        "Bearer",
        "AWS",
    ] {
        let wire = get_note().edit_authorization("AWS4-HMAC-SHA256", algorithm);
        refused(&wire, API, &Refusal::UnsupportedAlgorithm(algorithm.into()));
        let wire = presigned_for(60).edit_query("AWS4-HMAC-SHA256", algorithm);
        refused(&wire, S3, &Refusal::UnsupportedAlgorithm(algorithm.into()));
    }
    let version_2 = Wire::new("GET", "/b/k?AWSAccessKeyId=AK&Signature=x&Expires=1");
    assert!(matches!(
        version_2.verify(S3),
        Err(Refusal::UnsupportedAlgorithm(_))
    ));
    let wire = put_object().set(
        "x-amz-content-sha256",
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
    );
    assert!(matches!(
        wire.verify(S3),
        Err(Refusal::UnsupportedPayload(_))
    ));
}

#[test]
fn sig_06_clocks_are_fifteen_minutes_apart_at_most() {
    let wire = get_note();
    let second = Duration::from_secs(1);
    let limit = minutes(15);
    for now in [signed_at() - limit, signed_at() + limit] {
        assert!(wire.verify_at(API, now).is_ok());
    }
    for off in [
        limit + second,
        minutes(16),
        minutes(24 * 60),
        minutes(73 * 365 * 24 * 60),
    ] {
        for now in [signed_at() - off.min(minutes(525_600)), signed_at() + off] {
            let outcome = wire.verify_at(API, now);
            assert!(
                matches!(outcome, Err(Refusal::Skewed { .. })),
                "{outcome:?}"
            );
        }
    }

    malformed(
        &get_note().set("x-amz-date", "2026-01-02T03:04:05Z"),
        API,
        Malformation::Date,
    );
    refused(
        &get_note().without("x-amz-date"),
        API,
        &Refusal::MissingDate,
    );
    let date_only = get_note()
        .without("x-amz-date")
        .with("date", "Fri, 02 Jan 2026 03:04:05 GMT");
    refused(&date_only, API, &Refusal::MissingDate);
    let twice = get_note().with("x-amz-date", "20260102T030405Z");
    refused(&twice, API, &Refusal::DuplicateHeader("x-amz-date".into()));
}

#[test]
fn sig_20_half_a_signature_is_not_an_anonymous_request() {
    for value in ["", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a", "x"] {
        let outcome = Wire::new("GET", "/")
            .with("authorization", value)
            .verify(S3);
        assert_ne!(
            outcome.unwrap_err(),
            Refusal::MissingAuthentication,
            "{value}"
        );
    }
    for query in [
        "X-Amz-Signature",
        "x-amz-credential=a",
        "X-Amz-Algorithm=none",
    ] {
        let outcome = Wire::new("GET", &format!("/?{query}")).verify(S3);
        assert_ne!(
            outcome.unwrap_err(),
            Refusal::MissingAuthentication,
            "{query}"
        );
    }
}

#[test]
fn sig_22_refusals_tell_no_secrets() {
    let wire = Wire::new("GET", "/notes").signed(&Signer::new(API).with_token());
    let right = wire.signature();
    let wire = wire.edit_authorization(&right, &"0".repeat(64));
    let refusal = wire.verify_session(API, signed_at()).unwrap_err();
    let presigned = Wire::new("GET", KEY).signed(&Signer::presigning(S3, minutes(1)).with_token());
    let also_right = presigned.signature();
    let presigned = presigned.edit_query(&also_right, &"0".repeat(64));
    let presigned_refusal = presigned.verify_session(S3, signed_at()).unwrap_err();
    let credentials = crate::wire::session(ACCESS_KEY).unwrap();
    for text in [
        format!("{refusal} {refusal:?}"),
        format!("{presigned_refusal} {presigned_refusal:?}"),
        format!("{credentials:?}"),
    ] {
        for secret in [
            SECRET,
            SESSION_TOKEN,
            &crate::wire::encode(SESSION_TOKEN),
            &right,
            &also_right,
        ] {
            assert!(!text.contains(secret), "`{secret}` in {text}");
        }
    }
}
