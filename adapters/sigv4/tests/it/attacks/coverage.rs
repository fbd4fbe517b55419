//! What is signed: headers, paths, queries and hosts.

use super::*;

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
    let wire =
        presigned_for(60).edit_query("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=range");
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
