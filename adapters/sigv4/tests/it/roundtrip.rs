//! What the reference signer signs is accepted, and nothing else is.

use std::time::Duration;

use notewarden_sigv4::{Form, Payload, Refusal, Service};
use proptest::{collection::vec, prelude::*, sample::select, string::string_regex};

use crate::wire::{Signer, Wire, encode, signed_at};

const SERVICES: [Service; 5] = [
    Service::S3,
    Service::EXECUTE_API,
    Service::STS,
    Service::COGNITO_IDP,
    Service::APPSYNC,
];

/// A request that any client could send: path segments, query and headers of every kind of text.
fn wires() -> impl Strategy<Value = Wire> {
    let segment = string_regex("[a-zA-Z0-9 :+@$&=,~%_é-]{1,12}").unwrap();
    let pair = (
        string_regex("[a-zA-Z][a-zA-Z0-9 /_.é-]{0,8}").unwrap(),
        string_regex("[ -~é]{0,12}").unwrap(),
    );
    let header = (
        string_regex("(x-amz-meta|x-custom)-[a-z0-9]{1,6}").unwrap(),
        string_regex("[!-~]([ -~]{0,20}[!-~])?").unwrap(),
    );
    (
        select(vec!["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]),
        vec(segment, 0..5),
        vec(pair, 0..5),
        vec(header, 0..4),
        vec(any::<u8>(), 0..64),
    )
        .prop_map(|(method, segments, pairs, headers, body)| {
            let path: String = segments
                .iter()
                .map(|it| format!("/{}", encode(it)))
                .collect();
            let query: Vec<_> = pairs
                .iter()
                .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
                .collect();
            let path = if path.is_empty() { "/" } else { &path };
            let wire = Wire::new(method, &format!("{path}?{}", query.join("&"))).body(&body);
            headers
                .iter()
                .fold(wire, |wire, (name, value)| wire.set(name, value))
        })
}

/// One change of one byte: its place, as a share of the whole, and the new byte's distance.
fn flips() -> impl Strategy<Value = (prop::sample::Index, u8)> {
    (any::<prop::sample::Index>(), 1_u8..=255)
}

fn flip(text: &str, (at, by): (prop::sample::Index, u8), allowed: &[u8]) -> Option<String> {
    let places: Vec<_> = (0..text.len())
        .filter(|&at| allowed.contains(&text.as_bytes()[at]))
        .collect();
    if places.is_empty() {
        return None;
    }
    let place = places[at.index(places.len())];
    let mut bytes = text.as_bytes().to_vec();
    let old = allowed.iter().position(|&byte| byte == bytes[place])?;
    let step = 1 + usize::from(by) % (allowed.len() - 1);
    bytes[place] = allowed[(old + step) % allowed.len()];
    String::from_utf8(bytes).ok()
}

/// Characters that stand for themselves everywhere.
const PLAIN: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~-";

/// `text` with one plain character replaced, outside of percent-encodings: `%2f` and `%2F` are the same.
fn flip_plain(text: &str, change: (prop::sample::Index, u8)) -> Option<String> {
    let hidden = text.contains('%');
    (!hidden).then(|| flip(text, change, PLAIN)).flatten()
}

fn refused(wire: &Wire, service: Service) -> bool {
    wire.verify(service).is_err()
}

proptest! {
    #[test]
    fn header_signatures_of_the_reference_verify(wire in wires(), service in select(&SERVICES)) {
        let wire = wire.signed(&Signer::new(service));
        let verified = wire.verify(service);
        prop_assert!(verified.is_ok(), "{verified:?}");
        let verified = verified.unwrap();
        prop_assert_eq!(verified.form(), Form::Header);
        prop_assert!(matches!(verified.payload(), Payload::Sha256(_)));
    }

    #[test]
    fn session_signatures_of_the_reference_verify(wire in wires(), service in select(&SERVICES)) {
        let wire = wire.signed(&Signer::new(service).with_token());
        prop_assert!(wire.verify_session(service, signed_at()).is_ok());
        prop_assert_eq!(wire.verify(service).unwrap_err(), Refusal::WrongSessionToken);
    }

    #[test]
    fn what_we_sign_ourselves_verifies(wire in wires(), service in select(&SERVICES)) {
        let ours = wire.clone().signed_by_us(service, None);
        let verified = ours.verify(service);
        prop_assert!(verified.is_ok(), "{verified:?}");
        let reference = wire.set("x-amz-content-sha256", &ours.header("x-amz-content-sha256"));
        let reference = reference.signed(&Signer::new(service));
        prop_assert_eq!(reference.header("authorization"), ours.header("authorization"));
    }

    #[test]
    fn what_we_sign_in_a_session_verifies(wire in wires(), service in select(&SERVICES)) {
        let ours = wire.signed_by_us(service, Some(signed_at() + Duration::from_secs(60)));
        prop_assert!(ours.verify_session(service, signed_at()).is_ok());
    }

    #[test]
    fn presigned_queries_of_the_reference_verify(
        wire in wires(),
        service in select(&[Service::S3, Service::EXECUTE_API, Service::STS][..]),
        lasts in 1_u64..=604_800,
    ) {
        let wire = wire.signed(&Signer::presigning(service, Duration::from_secs(lasts)));
        let verified = wire.verify(service);
        prop_assert!(verified.is_ok(), "{verified:?}");
        prop_assert_eq!(verified.unwrap().form(), Form::Presigned);
    }

    #[test]
    fn what_we_presign_is_what_the_reference_presigns(
        wire in wires(), lasts in 1_u64..=604_800, in_session: bool,
    ) {
        let lifetime = Duration::from_secs(lasts);
        let ends = in_session.then(|| signed_at() + Duration::from_secs(60));
        let ours = wire.clone().presigned_by_us(Service::S3, ends, lifetime).unwrap();
        let verified = match ends {
            Some(_) => ours.verify_session(Service::S3, signed_at()),
            None => ours.verify(Service::S3),
        };
        prop_assert!(verified.is_ok(), "{verified:?}");
        prop_assert_eq!(verified.unwrap().form(), Form::Presigned);
        let reference = Signer::presigning(Service::S3, lifetime);
        let reference = if in_session { reference.with_token() } else { reference };
        let signature = |wire: &Wire| {
            let (_, signature) = wire.query.rsplit_once("X-Amz-Signature=").unwrap();
            signature.chars().take(64).collect::<String>()
        };
        prop_assert_eq!(signature(&wire.signed(&reference)), signature(&ours));
    }

    #[test]
    fn a_changed_authorization_is_refused(
        wire in wires(), service in select(&SERVICES), change in flips(),
    ) {
        let mut wire = wire.signed(&Signer::new(service));
        let mut value = wire.header("authorization").into_bytes();
        let at = change.0.index(value.len());
        value[at] = value[at].wrapping_add(change.1);
        if let Ok(value) = http::HeaderValue::from_bytes(&value) {
            wire.headers.insert("authorization", value);
            prop_assert!(refused(&wire, service));
        }
    }

    #[test]
    fn a_changed_header_is_refused(
        wire in wires(), service in select(&SERVICES), which in any::<prop::sample::Index>(), change in flips(),
    ) {
        let mut wire = wire.signed(&Signer::new(service));
        let names: Vec<_> = wire.headers.keys().filter(|name| *name != "authorization").cloned().collect();
        let name = &names[which.index(names.len())];
        let value = wire.header(name.as_str());
        if let Some(value) = flip(&value, change, PLAIN) {
            wire = wire.set(name.as_str(), &value);
            prop_assert!(refused(&wire, service), "{name}");
        }
    }

    #[test]
    fn a_changed_target_is_refused(
        wire in wires(), service in select(&SERVICES), change in flips(),
    ) {
        let wire = wire.signed(&Signer::new(service));
        if let Some(path) = flip_plain(&wire.path, change) {
            let wire = Wire { path, ..wire.clone() };
            prop_assert!(refused(&wire, service));
        }
        if let Some(query) = flip_plain(&wire.query, change) {
            let wire = Wire { query, ..wire.clone() };
            prop_assert!(refused(&wire, service));
        }
        if let Some(method) = flip(&wire.method, change, PLAIN) {
            let wire = Wire { method, ..wire };
            prop_assert!(refused(&wire, service));
        }
    }

    #[test]
    fn a_changed_presigned_query_is_refused(
        wire in wires(), service in select(&[Service::S3, Service::EXECUTE_API][..]), change in flips(),
    ) {
        let wire = wire.signed(&Signer::presigning(service, Duration::from_secs(900)));
        let (query, signature) = wire.query.split_at(wire.query.find("X-Amz-Signature").unwrap());
        // The digits of an escape may change case and mean the same: compare what is meant.
        if let Some(changed) = flip(query, change, PLAIN)
            && !changed.eq_ignore_ascii_case(query)
        {
            let wire = Wire { query: format!("{changed}{signature}"), ..wire.clone() };
            prop_assert!(refused(&wire, service), "{changed}");
        }
    }

    #[test]
    fn a_changed_body_is_refused(
        wire in wires(), service in select(&SERVICES), at in any::<prop::sample::Index>(), by in 1_u8..=255,
    ) {
        let mut wire = wire.signed(&Signer::new(service));
        if !wire.body.is_empty() {
            let at = at.index(wire.body.len());
            wire.body[at] = wire.body[at].wrapping_add(by);
            prop_assert!(refused(&wire, service));
        }
        wire.body.push(by);
        prop_assert!(refused(&wire, service));
    }

    #[test]
    fn a_signature_is_for_one_service(wire in wires(), made in select(&SERVICES), used in select(&SERVICES)) {
        prop_assume!(made != used);
        let wire = wire.signed(&Signer::new(made));
        let is_wrong_scope = matches!(wire.verify(used), Err(Refusal::WrongScope { .. }));
        prop_assert!(is_wrong_scope);
    }
}

#[test]
fn what_no_verifier_would_take_is_not_presigned() {
    let minute = Duration::from_secs(60);
    let presign = |service, lifetime| {
        Wire::new("GET", "/bucket/key").presigned_by_us(service, None, lifetime)
    };
    assert!(presign(Service::S3, minute).is_ok());
    for lifetime in [
        Duration::ZERO,
        Duration::from_millis(999),
        Duration::from_secs(604_801),
    ] {
        assert!(presign(Service::S3, lifetime).is_err(), "{lifetime:?}");
    }
    assert_eq!(
        presign(Service::IAM, minute).unwrap_err(),
        Refusal::PresignedNotSupported("iam")
    );
    assert_eq!(
        presign(Service::STS, minute).unwrap_err(),
        Refusal::UnsignedPayload("sts")
    );
    let nameless = Wire::new("GET", "/bucket/key")
        .with("x-custom", "1")
        .without("host");
    assert_eq!(
        nameless
            .presigned_by_us(Service::S3, None, minute)
            .unwrap_err(),
        Refusal::UnsignedHeader("host".into())
    );
}
