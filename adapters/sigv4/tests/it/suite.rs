//! AWS's own Signature Version 4 test suite, as it ships inside the source of `aws-sigv4`.

use std::{
    fs,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use cargo_metadata::MetadataCommand;
use http::HeaderMap;
use notewarden_sigv4::{Body, Credentials, Refusal, Service, Verified, Verifier};
use serde::Deserialize;

use crate::wire::Wire;

const SUITE: Service = Service::named("service").with_presigned_queries();
/// 2015-08-30T12:36:00Z, when all of the suite was signed.
const NOW: Duration = Duration::from_secs(1_440_938_160);

#[derive(Deserialize)]
struct Context {
    credentials: Keys,
    normalize: bool,
    region: String,
    #[serde(default)]
    omit_session_token: bool,
}

#[derive(Deserialize)]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
}

/// One folder of the suite.
struct Case {
    name: String,
    folder: PathBuf,
    context: Context,
}

impl Case {
    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).expect(file)
    }

    fn verify(&self, wire: &Wire) -> Result<Verified, Refusal> {
        let keys = &self.context.credentials;
        let mut credentials =
            Credentials::new(keys.access_key_id.as_str(), keys.secret_access_key.as_str());
        if let Some(token) = keys
            .token
            .as_deref()
            .filter(|_| !self.context.omit_session_token)
        {
            credentials = credentials.with_session(token, SystemTime::UNIX_EPOCH + 2 * NOW);
        }
        let credentials = Arc::new(credentials);
        let service = if self.context.normalize {
            SUITE
        } else {
            SUITE.with_verbatim_path()
        };
        Verifier::new(self.context.region.as_str()).verify(
            &wire.request(),
            Body::Collected(&wire.body),
            service,
            &|_: &str| Some(Arc::clone(&credentials)),
            SystemTime::UNIX_EPOCH + NOW,
        )
    }

    /// What our canonical request is, which only a wrong signature shows.
    fn mismatch(&self, wire: &Wire) -> (String, String) {
        match self.verify(wire) {
            Err(Refusal::SignatureMismatch(mismatch)) => {
                (mismatch.canonical_request, mismatch.string_to_sign)
            }
            other => panic!("{}: not a mismatch: {other:?}", self.name),
        }
    }
}

fn suite() -> PathBuf {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .expect("cargo metadata");
    let signer = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "aws-sigv4")
        .expect("aws-sigv4 in the dependency graph");
    let folder = signer
        .manifest_path
        .with_file_name("aws-signing-test-suite")
        .join("v4");
    assert!(folder.is_dir(), "the suite is not in {folder}");
    folder.into()
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = fs::read_dir(suite())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("context.json").is_file())
        .map(|folder| Case {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            context: serde_json::from_str(
                &fs::read_to_string(folder.join("context.json")).unwrap(),
            )
            .unwrap(),
            folder,
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(cases.len(), 38, "requests in the suite");
    cases
}

/// Reads a request in the suite's notation: folded headers, spaces and raw UTF-8 in the target.
fn parse(text: &str) -> Wire {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let start = lines.next().unwrap();
    let (method, target) = start.split_once(' ').unwrap();
    let target = target.strip_suffix(" HTTP/1.1").unwrap_or(target);
    let mut wire = Wire::new(method, target).body(body.as_bytes());
    wire.headers = HeaderMap::new();
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        if line.starts_with(' ') {
            headers.last_mut().unwrap().1.push_str(line);
        } else {
            let (name, value) = line.split_once(':').unwrap();
            headers.push((name.into(), value.into()));
        }
    }
    headers
        .iter()
        .fold(wire, |wire, (name, value)| wire.with(name, value))
}

/// The case whose token is put in after signing, which is the attack that unsigned headers allow.
const TOKEN_AFTER_SIGNING: &str = "post-sts-header-after";

#[test]
fn header_signatures_verify() {
    for case in cases() {
        let mut wire = parse(&case.read("header-signed-request.txt"));
        if case.name == TOKEN_AFTER_SIGNING {
            assert_eq!(
                case.verify(&wire).unwrap_err(),
                Refusal::UnsignedHeader("x-amz-security-token".into())
            );
            wire = wire.without("x-amz-security-token");
        }
        let verified = case.verify(&wire);
        assert!(verified.is_ok(), "{}: {:?}", case.name, verified);
    }
}

#[test]
fn query_signatures_verify() {
    for case in cases() {
        let mut wire = parse(&case.read("query-signed-request.txt"));
        if case.name == TOKEN_AFTER_SIGNING {
            assert_eq!(case.verify(&wire).unwrap_err(), Refusal::WrongSessionToken);
            let token = wire
                .query
                .split('&')
                .find(|pair| pair.starts_with("X-Amz-Security-Token="))
                .unwrap()
                .to_owned();
            wire = wire.edit_query(&format!("{token}&"), "");
        }
        let verified = case.verify(&wire);
        assert!(verified.is_ok(), "{}: {:?}", case.name, verified);
    }
}

#[test]
fn canonical_requests_are_those_of_the_suite() {
    let another_signature = format!("{:064}", 0);
    for case in cases() {
        let token = case.context.credentials.token.clone();
        let redacted = |text: String| match &token {
            Some(token) => text
                .replace(token, "[redacted]")
                .replace(&crate::wire::encode(token), "[redacted]"),
            None => text,
        };
        let wire = parse(&case.read("header-signed-request.txt"));
        if case.name != TOKEN_AFTER_SIGNING {
            let signature = wire.signature();
            let wire = wire.edit_authorization(&signature, &another_signature);
            let (canonical_request, string_to_sign) = case.mismatch(&wire);
            let expected = redacted(case.read("header-canonical-request.txt"));
            assert_eq!(canonical_request, expected, "{}", case.name);
            assert_eq!(string_to_sign, case.read("header-string-to-sign.txt"));

            let wire = parse(&case.read("query-signed-request.txt"));
            let signature = wire.signature();
            let wire = wire.edit_query(&signature, &another_signature);
            let (canonical_request, string_to_sign) = case.mismatch(&wire);
            let expected = redacted(case.read("query-canonical-request.txt"));
            assert_eq!(canonical_request, expected, "{}", case.name);
            assert_eq!(string_to_sign, case.read("query-string-to-sign.txt"));
        }
    }
}

/// The two cases that AWS's SDK added: a canonical request, but no signature of the same day.
#[test]
fn paths_are_encoded_twice() {
    for name in ["double-encode-path", "double-url-encode"] {
        let folder = suite().join(name);
        let case = Case {
            name: name.into(),
            context: Context {
                credentials: Keys {
                    access_key_id: "AKIDEXAMPLE".into(),
                    secret_access_key: "secret".into(),
                    token: None,
                },
                normalize: true,
                region: "us-east-1".into(),
                omit_session_token: false,
            },
            folder,
        };
        let wire = parse(&case.read("request.txt"))
            .set("x-amz-date", "20150830T123600Z")
            .with(
                "authorization",
                &format!(
                    "AWS4-HMAC-SHA256 \
                     Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature={:064}",
                    0
                ),
            );
        let (canonical_request, _) = case.mismatch(&wire);
        let canonical_uri = |text: &str| text.lines().nth(1).unwrap().to_owned();
        let expected = case.read("header-canonical-request.txt");
        assert_eq!(canonical_uri(&canonical_request), canonical_uri(&expected));
    }
}
