//! Each known mistake, made on random requests by a signer of its own, is told by its name.

use hmac::{Hmac, KeyInit, Mac};
use notewarden_sigv4::{Body, Diagnosis, Evidence, Refusal, Service};
use proptest::{collection::vec, prelude::*, sample::select};
use sha2::Sha256;

use crate::wire::{
    ACCESS_KEY, REGION, SECRET, SESSION_TOKEN, Signer, Wire, encode, long_lived, session,
    sha256_hex, signed_at,
};

const DATE: &str = "20260102T030405Z";
const DAY: &str = "20260102";

/// What a client signs, text by text, before it makes a mistake.
#[derive(Clone, Debug)]
struct Client {
    wire: Wire,
    service: Service,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    list: String,
    blank_line: bool,
    payload: String,
    method: String,
    newline: &'static str,
    day: String,
    region: String,
    service_name: String,
    secret: String,
    prefix: &'static str,
    of_digits: bool,
}

fn double(text: &str) -> String {
    text.replace('%', "%25")
}

/// Segments, parameters and headers in which every mistake makes a difference.
fn clients() -> impl Strategy<Value = Client> {
    let text = "[a-z0-9 /é&=+]{0,8}";
    (
        select(&[Service::S3, Service::EXECUTE_API, Service::STS][..]),
        select(vec!["GET", "PUT", "DELETE"]),
        vec("[a-z0-9 é&=+]{0,8}", 0..3),
        vec(("[a-y]{1,3}", text), 0..3),
        "[a-z]{1,8}  [a-z]{1,8}",
        "[a-z0-9]{1,20}",
    )
        .prop_map(|(service, method, segments, pairs, meta, body)| {
            Client::new(service, method, &segments, &pairs, &meta, &body)
        })
}

impl Client {
    fn new(
        service: Service,
        method: &str,
        segments: &[String],
        pairs: &[(String, String)],
        meta: &str,
        body: &str,
    ) -> Self {
        let once: String = ["stage", "a b!"]
            .into_iter()
            .chain(
                segments
                    .iter()
                    .map(String::as_str)
                    .filter(|it| !it.is_empty()),
            )
            .map(|segment| format!("/{}", encode(segment)))
            .collect();
        let path = if service == Service::S3 {
            once.clone()
        } else {
            double(&once)
        };
        let mut sent: Vec<_> = [("z", "a b/c!"), ("Y", "é"), ("b", "")]
            .into_iter()
            .chain(
                pairs
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            )
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let target = format!("{once}?{}", sent.join("&"));
        sent.sort_by(|one, other| one.split_once('=').cmp(&other.split_once('=')));
        let mut wire = Wire::new(method, &target)
            .set("host", "Example.com:8787")
            .with("content-type", "application/json; charset=utf-8")
            .with("user-agent", "test")
            .with("x-amz-date", DATE)
            .with("x-amz-meta-a", meta)
            .with("x-amz-meta-b", "One")
            .with("x-amz-meta-b", "Two")
            .body(body.as_bytes());
        let payload = sha256_hex(body.as_bytes());
        if service == Service::S3 {
            wire = wire.with("x-amz-content-sha256", &payload);
        }
        let names = [
            "content-type",
            "host",
            "x-amz-date",
            "x-amz-meta-a",
            "x-amz-meta-b",
        ];
        let headers: Vec<_> = names
            .into_iter()
            .map(|name| {
                let values: Vec<_> = wire.headers.get_all(name).iter().collect();
                let values: Vec<_> = values.iter().map(|value| value.to_str().unwrap()).collect();
                (name.to_owned(), values.join(",").replace("  ", " "))
            })
            .collect();
        Self {
            wire,
            service,
            path,
            query: sent.join("&"),
            headers,
            list: names.join(";"),
            blank_line: true,
            payload,
            method: method.to_owned(),
            newline: "\n",
            day: DAY.to_owned(),
            region: REGION.to_owned(),
            service_name: service.name().to_owned(),
            secret: SECRET.to_owned(),
            prefix: "AWS4",
            of_digits: false,
        }
    }

    fn header(&mut self, name: &str) -> &mut String {
        let (_, value) = self.headers.iter_mut().find(|(it, _)| it == name).unwrap();
        value
    }

    /// Takes a header out of what is signed.
    fn leave_out(&mut self, name: &str) {
        self.headers.retain(|(it, _)| it != name);
    }

    /// The request as it is sent: its signature is made of whatever this client holds by now.
    fn send(&self) -> Wire {
        let block: String = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let blank = if self.blank_line { "\n" } else { "" };
        let canonical = [
            &self.method,
            &self.path,
            &self.query,
            &format!("{block}{blank}{}", self.list),
            &self.payload,
        ]
        .map(String::as_str)
        .join("\n")
        .replace('\n', self.newline);
        let scope = format!(
            "{}/{}/{}/aws4_request",
            self.day, self.region, self.service_name
        );
        let hash = sha256_hex(canonical.as_bytes());
        let to_sign =
            format!("AWS4-HMAC-SHA256\n{DATE}\n{scope}\n{hash}").replace('\n', self.newline);
        let start = format!("{}{}", self.prefix, self.secret).into_bytes();
        let parts = [
            &*self.day,
            &*self.region,
            &*self.service_name,
            "aws4_request",
        ];
        let key = parts.into_iter().fold(start, |key, part| {
            let mac = hmac(&key, part);
            if self.of_digits {
                hex::encode(mac).into_bytes()
            } else {
                mac
            }
        });
        let signature = hex::encode(hmac(&key, &to_sign));
        let names = [
            "content-type",
            "host",
            "x-amz-date",
            "x-amz-meta-a",
            "x-amz-meta-b",
        ];
        self.wire.clone().set("authorization", &format!(
            "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{DAY}/{REGION}/{}/aws4_request, SignedHeaders={}, Signature={signature}",
            self.service.name(), names.join(";"),
        ))
    }
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn diagnose(wire: &Wire, service: Service) -> Diagnosis {
    let refusal = wire.verify(service).unwrap_err();
    assert!(
        matches!(refusal, Refusal::SignatureMismatch(_)),
        "{refusal:?}"
    );
    let evidence = Evidence::of(&wire.request(), Body::Collected(&wire.body), service).unwrap();
    evidence.diagnose(REGION, &long_lived).unwrap()
}

fn names(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis
        .mistakes
        .iter()
        .map(|mistake| mistake.name())
        .collect()
}

/// A mistake by the name it is told by, and how a client makes it.
type Made = (&'static str, fn(&mut Client));

const MADE: &[Made] = &[
    ("method-case", |it| it.method = it.method.to_lowercase()),
    ("path-encoded-twice", |it| {
        if it.service == Service::S3 {
            it.path = double(&it.path);
        }
    }),
    ("path-encoded-once", |it| {
        if it.service != Service::S3 {
            it.path = it.path.replace("%25", "%");
        }
    }),
    ("path-without-first-segment", |it| {
        it.path = it.path.strip_prefix("/stage").unwrap().to_owned();
    }),
    ("path-end-slash", |it| it.path.push('/')),
    ("path-left-out", |it| "/".clone_into(&mut it.path)),
    ("query-unsorted", |it| it.query.clone_from(&it.wire.query)),
    ("query-plus-for-space", |it| {
        it.query = it.query.replace("%20", "+");
    }),
    ("query-plus-meant", |it| {
        it.wire.query = it.wire.query.replace("%20", "+");
        it.query = it.query.replace("%20", "%2B");
    }),
    ("query-without-equals-signs", |it| {
        it.query = it.query.replace("=&", "&").trim_end_matches('=').to_owned();
    }),
    ("query-not-encoded", |it| {
        it.query = it.query.replace("%2F", "/");
    }),
    ("query-encoded-twice", |it| it.query = double(&it.query)),
    ("query-left-out", |it| it.query.clear()),
    ("escapes-in-lower-case", |it| {
        it.query = it.query.replace("%C3%A9", "%c3%a9").replace("%2F", "%2f");
        for digit in ["B", "D"] {
            it.query = it.query.replace(
                &format!("%2{digit}"),
                &format!("%2{}", digit.to_lowercase()),
            );
            it.query = it.query.replace(
                &format!("%3{digit}"),
                &format!("%3{}", digit.to_lowercase()),
            );
        }
    }),
    ("punctuation-kept", |it| {
        it.query = it.query.replace("%21", "!");
    }),
    ("host", |it| "Example.com".clone_into(it.header("host"))),
    ("host", |it| "localhost:8787".clone_into(it.header("host"))),
    ("content-type", |it| {
        "application/json".clone_into(it.header("content-type"));
    }),
    ("header-left-out", |it| {
        it.leave_out("content-type");
        it.list = it.list.replace("content-type;", "");
    }),
    ("header-left-out", |it| it.leave_out("x-amz-meta-a")),
    ("header-added", |it| {
        it.headers.insert(2, ("user-agent".into(), "test".into()));
        it.list = it.list.replace("host;", "host;user-agent;");
    }),
    ("header-empty", |it| it.header("x-amz-meta-b").clear()),
    ("header-space", |it| it.header("x-amz-meta-a").push(' ')),
    ("header-spaces", |it| {
        for (_, value) in &mut it.headers {
            value.insert(0, ' ');
        }
    }),
    ("header-spaces", |it| {
        *it.header("x-amz-meta-a") = it.wire.header("x-amz-meta-a");
    }),
    ("header-values-joined", |it| {
        "One, Two".clone_into(it.header("x-amz-meta-b"));
    }),
    ("header-names-in-mixed-case", |it| {
        for (name, _) in &mut it.headers {
            let words: Vec<_> = name
                .split('-')
                .map(|word| word[..1].to_uppercase() + &word[1..])
                .collect();
            *name = words.join("-");
        }
    }),
    ("blank-line-missing", |it| it.blank_line = false),
    ("payload-unsigned", |it| {
        "UNSIGNED-PAYLOAD".clone_into(&mut it.payload);
    }),
    ("payload-of-nothing", |it| it.payload = sha256_hex(b"")),
    ("payload-left-out", |it| it.payload.clear()),
    ("payload-in-upper-case", |it| {
        it.payload = it.payload.to_uppercase();
    }),
    ("payload-newline", |it| {
        it.payload = sha256_hex(&[&it.wire.body[..], b"\n"].concat());
    }),
    ("payload-chunks", |it| {
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD".clone_into(&mut it.payload);
    }),
    ("region", |it| "eu-central-1".clone_into(&mut it.region)),
    ("service", |it| "lambda".clone_into(&mut it.service_name)),
    ("day", |it| "20260101".clone_into(&mut it.day)),
    ("secret-space", |it| it.secret.push('\n')),
    ("secret-quoted", |it| {
        it.secret = format!("\"{}\"", it.secret);
    }),
    ("secret-encoded", |it| {
        it.secret = it.secret.replace('/', "%2F");
    }),
    ("secret-empty", |it| it.secret.clear()),
    ("key-without-prefix", |it| it.prefix = ""),
    ("key-of-digits", |it| it.of_digits = true),
    ("line-ends", |it| it.newline = "\r\n"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_mistake_is_told_by_its_name(client in clients(), (name, make) in select(MADE)) {
        prop_assert!(client.send().verify(client.service).is_ok());
        let mut wrong = client.clone();
        make(&mut wrong);
        let wire = wrong.send();
        prop_assume!(wire.verify(client.service).is_err());
        let diagnosis = diagnose(&wire, client.service);
        prop_assert_eq!(names(&diagnosis), [name]);
        let signed = diagnosis.signed.unwrap();
        let query = signed.canonical_request.split('\n').nth(2).unwrap().trim_end();
        prop_assert_eq!(query, wrong.query);
    }

}

proptest! {
    // Whoever makes two mistakes, or has another secret, is found out or given up after thousands of attempts.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn two_mistakes_in_two_parts_are_told_together(client in clients()) {
        let mut wrong = client.clone();
        wrong.payload = sha256_hex(b"");
        wrong.path.push('/');
        prop_assert_eq!(names(&diagnose(&wrong.send(), client.service)), ["path-end-slash", "payload-of-nothing"]);
        "eu-west-1".clone_into(&mut wrong.region);
        wrong.payload.clone_from(&client.payload);
        prop_assert_eq!(names(&diagnose(&wrong.send(), client.service)), ["path-end-slash", "region"]);
    }

    #[test]
    fn another_secret_is_no_mistake_that_is_known(client in clients(), secret in "[A-Za-z0-9]{1,40}") {
        let mut wrong = client;
        wrong.secret = secret;
        let diagnosis = diagnose(&wrong.send(), wrong.service);
        prop_assert_eq!(&diagnosis.mistakes, &[]);
        prop_assert_eq!(&diagnosis.signed, &None);
        prop_assert!(diagnosis.to_string().contains("another secret access key"));
    }
}

#[test]
fn every_mistake_of_the_table_makes_a_difference() {
    for service in [Service::S3, Service::EXECUTE_API] {
        let (segment, pair) = ("aé".to_owned(), ("c".to_owned(), "é+".to_owned()));
        let client = Client::new(service, "PUT", &[segment], &[pair], "a  b", "{}");
        for (name, make) in MADE {
            let mut wrong = client.clone();
            make(&mut wrong);
            let is_for_the_other = match *name {
                "path-encoded-once" => service == Service::S3,
                "path-encoded-twice" => service != Service::S3,
                _ => false,
            };
            assert_eq!(
                wrong.send().verify(service).is_ok(),
                is_for_the_other,
                "{name}"
            );
        }
    }
}

#[test]
fn dots_and_slashes_belong_to_keys_and_to_no_other_path() {
    for (service, name) in [
        (Service::S3, "path-normalized"),
        (Service::EXECUTE_API, "path-not-normalized"),
    ] {
        let mut client = Client::new(service, "GET", &[], &[], "a  b", "");
        client.wire.path = "/stage//x/../y".to_owned();
        let (as_it_is, normalized) = ("/stage//x/../y", "/stage/y");
        let is_s3 = service == Service::S3;
        client.path = if is_s3 { normalized } else { as_it_is }.to_owned();
        assert_eq!(names(&diagnose(&client.send(), service)), [name]);
    }
}

#[test]
fn a_token_that_is_added_to_a_presigned_query_is_told_and_never_shown() {
    let lasts = std::time::Duration::from_secs(60);
    let signed = Wire::new("GET", "/bucket/key").signed(&Signer::presigning(Service::S3, lasts));
    let token = encode(SESSION_TOKEN);
    let query = format!("{}&X-Amz-Security-Token={token}", signed.query);
    let wire = Wire { query, ..signed };
    let refusal = wire.verify_session(Service::S3, signed_at()).unwrap_err();
    let evidence = Evidence::of(&wire.request(), Body::Streamed, Service::S3).unwrap();
    let diagnosis = evidence.diagnose(REGION, &session).unwrap();
    assert_eq!(names(&diagnosis), ["query-without-token"]);
    let shown = format!("{refusal:?} {evidence:?} {diagnosis:?}");
    for secret in [SESSION_TOKEN, &token, SECRET] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("[redacted]"), "{shown}");
}

#[test]
fn a_key_that_is_gone_tells_nothing() {
    let mut client = Client::new(Service::S3, "GET", &[], &[], "a  b", "");
    client.path.push('/');
    let wire = client.send();
    let evidence = Evidence::of(&wire.request(), Body::Streamed, Service::S3).unwrap();
    assert_eq!(evidence.diagnose(REGION, &|_: &str| None), None);
    // Nor is there anything to tell of a signature that is right.
    client.path.pop();
    let wire = client.send();
    let evidence = Evidence::of(&wire.request(), Body::Streamed, Service::S3).unwrap();
    assert_eq!(evidence.diagnose(REGION, &long_lived), None);
}

#[test]
fn the_longest_requests_are_given_up_on() {
    let long = "x".repeat(60_000);
    let pairs: Vec<_> = (0..20)
        .map(|number| (format!("a{number}"), long.clone()))
        .collect();
    let mut client = Client::new(Service::S3, "GET", &[], &pairs, "a  b", "");
    client.secret = "another".to_owned();
    let wire = client.send();
    assert_eq!(names(&diagnose(&wire, Service::S3)), Vec::<&str>::new());
}
