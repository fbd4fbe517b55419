//! What a verification costs with its signing key at hand, beside what the reference signer needs to
//! make the same signature.
#![expect(clippy::print_stdout, reason = "the figures are the purpose")]
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign},
    sign::v4,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use notewarden_sigv4::{Body, Credentials, Request, Service, Verifier};

const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION: &str = "us-east-1";
const PATH: &str = "/notes/01936f5e-3b7a-7c60-9d2e-5a4b3c2d1e0f";
const ROUNDS: u32 = 20;
const CALLS: u32 = 20_000;

fn main() {
    println!("nanoseconds a call, the best of {ROUNDS} rounds of {CALLS}");
    measure("long-lived key", None);
    measure("session, token of 1 KiB", Some("T".repeat(1024)));
}

fn measure(title: &str, token: Option<String>) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045);
    let identity =
        aws_credential_types::Credentials::from_keys(ACCESS_KEY, SECRET, token.clone()).into();
    let parameters: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name("execute-api")
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let headers = [("host", "127.0.0.1:8787"), ("accept", "application/json")];
    let reference = || {
        let request = SignableRequest::new(
            "GET",
            format!("http://127.0.0.1:8787{PATH}"),
            headers.into_iter(),
            SignableBody::Bytes(b""),
        )
        .unwrap();
        sign(request, &parameters).unwrap()
    };

    let (instructions, _) = reference().into_parts();
    let mut signed = HeaderMap::new();
    for (name, value) in headers.into_iter().chain(instructions.headers()) {
        signed.insert(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let mut credentials = Credentials::new(ACCESS_KEY, SECRET);
    if let Some(token) = token {
        credentials = credentials.with_session(token, now + Duration::from_secs(3600));
    }
    let credentials = Arc::new(credentials);
    let keys = |_: &str| Some(Arc::clone(&credentials));
    let verifier = Verifier::new(REGION);
    let request = Request {
        method: "GET",
        path: PATH,
        query: "",
        authority: None,
        headers: &signed,
    };
    let verify = || {
        verifier
            .verify(
                &request,
                Body::Collected(b""),
                Service::EXECUTE_API,
                &keys,
                now,
            )
            .unwrap()
    };

    let (verification, signing) = (best(verify), best(reference));
    println!(
        "{title}: verify {verification:.0}, aws-sigv4 signs {signing:.0}, ratio {:.2}",
        verification / signing
    );
}

/// The fastest round, in nanoseconds a call.
fn best<T>(call: impl Fn() -> T) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CALLS {
                black_box(call());
            }
            start.elapsed()
        })
        .min()
        .unwrap()
        .as_secs_f64()
        * 1e9
        / f64::from(CALLS)
}
