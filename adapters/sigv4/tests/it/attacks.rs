//! Attacks on signatures, by the number they have in the catalogue.

use std::time::Duration;

use notewarden_sigv4::{
    Body, Form, Malformation, Payload, Refusal, Request, ScopePart, Service, Verifier,
};

use crate::wire::{
    ACCESS_KEY, REGION, SECRET, SESSION_TOKEN, Signer, Wire, long_lived, minutes, signed_at,
};

const API: Service = Service::EXECUTE_API;
const S3: Service = Service::S3;
const KEY: &str = "/bucket/private/us-east-1%3A7/photo.jpg";

fn get_note() -> Wire {
    Wire::new("GET", "/notes/1?limit=2&order=newest").signed(&Signer::new(API))
}

fn put_object() -> Wire {
    Wire::new("PUT", KEY).body(b"data").signed(&Signer::new(S3))
}

fn presigned(lasts: u64) -> Wire {
    Wire::new("GET", KEY).signed(&Signer::presigning(S3, Duration::from_secs(lasts)))
}

#[track_caller]
fn refused(wire: &Wire, service: Service, reason: &Refusal) {
    assert_eq!(wire.verify(service).unwrap_err(), *reason);
}

#[track_caller]
fn mismatched(wire: &Wire, service: Service) {
    match wire.verify(service) {
        Err(Refusal::SignatureMismatch(_)) => {}
        other => panic!("not a mismatch: {other:?}"),
    }
}

#[track_caller]
fn malformed(wire: &Wire, service: Service, what: Malformation) {
    refused(wire, service, &Refusal::Malformed(what));
}

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
        let wire = presigned(60).edit_query("AWS4-HMAC-SHA256", algorithm);
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
fn sig_08_an_unsigned_copy_source_is_refused() {
    let copy_source = ("x-amz-copy-source", "bucket/private/us-east-1:8/secret.txt");
    let unsigned = Refusal::UnsignedHeader("x-amz-copy-source".into());
    refused(
        &put_object().with(copy_source.0, copy_source.1),
        S3,
        &unsigned,
    );
    let presigned = Wire::new("PUT", KEY)
        .signed(&Signer::presigning(S3, minutes(1)))
        .with(copy_source.0, copy_source.1);
    refused(&presigned, S3, &unsigned);
    // Two of them would be signed as one value with a comma.
    let split = Wire::new("PUT", KEY)
        .with(copy_source.0, "bucket/a,bucket/b")
        .signed(&Signer::new(S3))
        .set(copy_source.0, "bucket/a")
        .with(copy_source.0, "bucket/b");
    refused(
        &split,
        S3,
        &Refusal::DuplicateHeader("x-amz-copy-source".into()),
    );
}

#[test]
fn sig_09_every_amz_header_is_signed() {
    for name in [
        "x-amz-meta-owner",
        "x-amz-tagging",
        "x-amz-acl",
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
        "x-amz-security-token",
        "x-amz-checksum-crc32",
        "x-amz-decoded-content-length",
    ] {
        let wire = put_object().with(name, "x");
        refused(&wire, S3, &Refusal::UnsignedHeader(name.into()));
        let signed = Wire::new("PUT", KEY)
            .with(name, "x")
            .signed(&Signer::new(S3));
        if name != "x-amz-security-token" {
            assert!(signed.verify(S3).is_ok(), "{name}");
        }
    }
    // `x-amz-content-sha256` is bound by its value even if its name is not signed.
    let wire = Wire::new("GET", "/").signed(&Signer::new(API));
    let empty = crate::wire::sha256_hex(b"");
    assert!(
        wire.with("x-amz-content-sha256", &empty)
            .verify(API)
            .is_ok()
    );
}

#[test]
fn sig_10_host_and_date_are_signed_and_the_list_is_canonical() {
    let list = "host;x-amz-date";
    for (other, reason) in [
        ("x-amz-date", Refusal::UnsignedHeader("host".into())),
        ("host", Refusal::UnsignedHeader("x-amz-date".into())),
        ("", Refusal::Malformed(Malformation::SignedHeaders)),
        (
            "host;host;x-amz-date",
            Refusal::Malformed(Malformation::SignedHeaders),
        ),
        (
            "x-amz-date;host",
            Refusal::Malformed(Malformation::SignedHeaders),
        ),
        (
            "Host;X-Amz-Date",
            Refusal::Malformed(Malformation::SignedHeaders),
        ),
    ] {
        let wire = get_note().edit_authorization(
            &format!("SignedHeaders={list}"),
            &format!("SignedHeaders={other}"),
        );
        refused(&wire, API, &reason);
    }
    let wire = presigned(60).edit_query("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=range");
    refused(&wire, S3, &Refusal::UnsignedHeader("host".into()));
}

#[test]
fn sig_11_signed_headers_are_there_once() {
    let wire = Wire::new("GET", "/notes")
        .with("x-custom", "a")
        .signed(&Signer::new(API));
    refused(
        &wire.clone().without("x-custom"),
        API,
        &Refusal::MissingSignedHeader("x-custom".into()),
    );
    mismatched(&wire.clone().with("x-custom", "b"), API);
    assert!(wire.clone().set("x-custom", "  a  ").verify(API).is_ok());

    refused(
        &wire.clone().with("host", "example.amazonaws.com"),
        API,
        &Refusal::DuplicateHeader("host".into()),
    );
    let authorization = wire.header("authorization");
    refused(
        &wire.clone().with("authorization", &authorization),
        API,
        &Refusal::DuplicateHeader("authorization".into()),
    );
    let list = Wire::new("GET", "/notes")
        .with("x-custom", "a   b,c")
        .signed(&Signer::new(API));
    assert!(
        list.clone()
            .set("x-custom", " a b")
            .with("x-custom", "c ")
            .verify(API)
            .is_ok()
    );
    mismatched(&list.set("x-custom", "c").with("x-custom", "a b"), API);
}

#[test]
fn sig_12_nothing_signed_can_change() {
    for service in [API, S3] {
        let signed = Wire::new("GET", "/a/b?limit=2&order=newest").signed(&Signer::new(service));
        let edit = |change: fn(&mut Wire)| {
            let mut wire = signed.clone();
            change(&mut wire);
            wire
        };
        mismatched(&edit(|wire| wire.method = "DELETE".into()), service);
        mismatched(&edit(|wire| wire.method = "get".into()), service);
        mismatched(&edit(|wire| wire.path = "/a/c".into()), service);
        mismatched(&edit(|wire| wire.path = "/a/B".into()), service);
        mismatched(&edit(|wire| wire.query.push_str("&cursor=1")), service);
        mismatched(&edit(|wire| wire.query.push_str("&limit=2")), service);
        mismatched(&edit(|wire| wire.query = "limit=2".into()), service);
        mismatched(
            &edit(|wire| wire.query = "Limit=2&order=newest".into()),
            service,
        );
        mismatched(
            &edit(|wire| wire.query = "limit=newest&order=2".into()),
            service,
        );
        mismatched(&signed.clone().set("host", "evil.example.com"), service);
        let reordered = edit(|wire| wire.query = "order=newest&limit=2".into());
        assert!(reordered.verify(service).is_ok());
    }
}

#[test]
fn sig_13_paths_mean_one_thing() {
    let sign = |service, path: &str| Wire::new("GET", path).signed(&Signer::new(service));
    let sent = |wire: &Wire, path: &str| Wire {
        path: path.into(),
        ..wire.clone()
    };

    // Amazon S3: the key as it is, whatever its encoding.
    for (signed, other) in [
        ("/b/a/../c", "/b/c"),
        ("/b//c", "/b/c"),
        ("/b/c/", "/b/c"),
        ("/b/%252e%252e/c", "/b/%2e%2e/c"),
        ("/b/a%2Bc", "/b/a%20c"),
        ("/b/a%00", "/b/a"),
    ] {
        let wire = sign(S3, signed);
        assert!(wire.verify(S3).is_ok(), "{signed}");
        mismatched(&sent(&wire, other), S3);
    }
    assert!(sent(&sign(S3, "/b/a%2Bc"), "/b/a+c").verify(S3).is_ok());
    let wire = sign(S3, "/b/%C3%A9");
    assert!(sent(&wire, "/b/é").verify(S3).is_ok());
    malformed(&sent(&wire, "/b/%C3%A"), S3, Malformation::Path);

    // Everybody else: what is encoded stays encoded, dots between slashes go.
    for (signed, other) in [
        ("/a%2Fb", "/a/b"),
        ("/%2e%2e/b", "/b"),
        ("/%252e", "/%2e"),
        ("/a/", "/a"),
        ("/a+b", "/a%20b"),
        ("/a%00", "/a"),
        ("/%C3%A9", "/é"),
    ] {
        let wire = sign(API, signed);
        assert!(wire.verify(API).is_ok(), "{signed}");
        mismatched(&sent(&wire, other), API);
    }
    assert!(sent(&sign(API, "/b"), "/a/../b").verify(API).is_ok());
    assert!(sent(&sign(API, "/a/b"), "//a/./b").verify(API).is_ok());
}

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

#[test]
fn sig_18_presigned_requests_are_held_to_their_word() {
    let hour = presigned(3600);
    assert_eq!(hour.verify(S3).unwrap().form(), Form::Presigned);
    let end = signed_at() + minutes(60);
    assert!(hour.verify_at(S3, end).is_ok());
    assert_eq!(
        hour.verify_at(S3, end + Duration::from_secs(1))
            .unwrap_err(),
        Refusal::Expired { at: end }
    );
    assert!(hour.verify_at(S3, signed_at() - minutes(15)).is_ok());
    assert_eq!(
        hour.verify_at(S3, signed_at() - minutes(16)).unwrap_err(),
        Refusal::NotYetValid { date: signed_at() }
    );

    let expires = |value: &str| {
        hour.clone()
            .edit_query("Expires=3600", &format!("Expires={value}"))
    };
    for value in ["0", "-1", "abc", "", "%2B5", "1e3"] {
        malformed(&expires(value), S3, Malformation::Expires);
    }
    for (value, seconds) in [
        ("604801", 604_801),
        ("18446744073709551615", u64::MAX),
        ("99999999999999999999999999", u64::MAX),
    ] {
        refused(&expires(value), S3, &Refusal::PresignedTooLong { seconds });
    }
    mismatched(&expires("3601"), S3);
    mismatched(
        &Wire {
            method: "PUT".into(),
            ..hour.clone()
        },
        S3,
    );
    mismatched(
        &Wire {
            path: "/bucket/other".into(),
            ..hour.clone()
        },
        S3,
    );

    let more = |pair: &str| Wire {
        query: format!("{}&{pair}", hour.query),
        ..hour.clone()
    };
    mismatched(&more("versionId=1"), S3);
    mismatched(&more("x-amz-acl=public-read"), S3);
    for repeated in [
        "X-Amz-Expires=604800",
        "x-amz-expires=604800",
        "X%2DAmz-Date=20260102T030405Z",
        "X-AMZ-SIGNATURE=0",
    ] {
        let outcome = more(repeated).verify(S3);
        let is_parameter = matches!(outcome, Err(Refusal::Malformed(Malformation::Parameter(_))));
        assert!(is_parameter, "{repeated}: {outcome:?}");
    }

    let signature = format!("&X-Amz-Signature={}", hour.signature());
    let unsigned = hour.clone().edit_query(&signature, "");
    malformed(
        &unsigned,
        S3,
        Malformation::MissingParameter("X-Amz-Signature"),
    );
    let both = hour
        .clone()
        .with("authorization", &put_object().header("authorization"));
    refused(&both, S3, &Refusal::MultipleAuthentication);

    let idp = Service::COGNITO_IDP;
    let wire = Wire::new("GET", "/").signed(&Signer::presigning(idp, minutes(1)));
    refused(&wire, idp, &Refusal::PresignedNotSupported("cognito-idp"));
}

#[test]
fn sig_18_and_19_a_presigned_request_does_not_outlive_its_session() {
    let signer = Signer::presigning(S3, minutes(7 * 24 * 60)).with_token();
    let wire = Wire::new("GET", KEY).signed(&signer);
    let session_end = signed_at() + minutes(60);
    assert!(wire.verify_session(S3, session_end - minutes(1)).is_ok());
    assert_eq!(
        wire.verify_session(S3, session_end).unwrap_err(),
        Refusal::ExpiredSessionToken
    );
}

#[test]
fn sig_19_a_session_needs_its_own_token_while_it_lasts() {
    let sign = |token: Option<&str>| {
        let mut signer = Signer::new(API);
        signer.token = token.map(Into::into);
        Wire::new("GET", "/notes").signed(&signer)
    };
    let at = |wire: &Wire, now| wire.verify_session(API, now);
    let wire = sign(Some(SESSION_TOKEN));
    assert!(at(&wire, signed_at()).is_ok());
    assert_eq!(
        at(&sign(None), signed_at()).unwrap_err(),
        Refusal::MissingSessionToken
    );
    for other in ["another", &SESSION_TOKEN[1..], &format!("{SESSION_TOKEN}=")] {
        let outcome = at(&sign(Some(other)), signed_at());
        assert_eq!(outcome.unwrap_err(), Refusal::WrongSessionToken);
    }
    refused(&wire, API, &Refusal::WrongSessionToken);

    let late = signed_at() + minutes(60);
    let mut signer = Signer::new(API).with_token();
    signer.at = late;
    let wire = Wire::new("GET", "/notes").signed(&signer);
    assert_eq!(at(&wire, late).unwrap_err(), Refusal::ExpiredSessionToken);
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
fn sig_21_the_target_and_the_host_header_agree() {
    let wire = get_note();
    let verify = |authority| {
        let request = Request {
            authority: Some(authority),
            ..wire.request()
        };
        Verifier::new(REGION).verify(
            &request,
            Body::Collected(b""),
            API,
            &long_lived,
            signed_at(),
        )
    };
    assert!(verify("example.amazonaws.com").is_ok());
    assert_eq!(
        verify("evil.example.com").unwrap_err(),
        Refusal::Malformed(Malformation::Host)
    );
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
