//! S3K: keys that break stores, and documents that break parsers.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Method;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::{alice, elements, encode, path};
use crate::support::{Actor, Answer};

const KEYS: &str = include_str!("../../data/object-keys.json");

#[derive(Deserialize)]
struct Case {
    key: String,
    aws: String,
}

impl Actor {
    /// Sends `DeleteObjects` with its digest.
    pub async fn delete_many(&self, body: &str) -> Answer {
        let path = format!("/{}?delete", self.place.output("Bucket"));
        let sum = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, body.as_bytes());
        let sum = u32::try_from(sum).unwrap().to_be_bytes();
        let sum = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sum);
        self.s3(
            Method::POST,
            &path,
            &[("x-amz-checksum-crc32", &sum)],
            body.to_owned(),
        )
        .await
    }
}

#[tokio::test]
async fn s3k_01_keys_are_kept_byte_for_byte_or_refused() {
    let admin = alice().await.admin();
    let cases: Vec<Case> = serde_json::from_str(KEYS).unwrap();
    let mut stored = BTreeSet::new();
    for Case { key, aws } in &cases {
        let answer = admin.write(key, key.clone()).await;
        // AWS's answer to those marked `?` is not known: either is fine, a failure is not.
        let is_stored = answer.status.is_success();
        match aws.as_str() {
            accept if accept.starts_with("accept") && !accept.contains('?') => {
                assert!(is_stored, "{key:?}: {answer:?}");
            }
            reject if reject.starts_with("reject") && !reject.contains('?') => {
                assert_eq!(answer.status.as_u16(), 400, "{key:?}: {answer:?}");
            }
            _ => assert!(
                is_stored || answer.status.as_u16() == 400,
                "{key:?}: {answer:?}"
            ),
        }
        if is_stored {
            stored.insert(key.clone());
        }
    }
    assert!(stored.len() > 100);
    for key in &stored {
        assert_eq!(admin.read(key).await.ok().body, key.as_bytes(), "{key:?}");
        let head = admin
            .s3(Method::HEAD, &path(&admin.place, key), &[], "")
            .await
            .ok();
        assert_eq!(
            head.headers["content-length"],
            key.len().to_string().as_str()
        );
    }
    let listed = admin.list("encoding-type=url").await.ok();
    let keys: BTreeSet<_> = elements(listed.text(), "Key")
        .into_iter()
        .map(decode)
        .collect();
    assert_eq!(keys, stored);
    let listed = admin.list("").await.ok();
    let keys: BTreeSet<_> = elements(listed.text(), "Key")
        .into_iter()
        .map(unescape)
        .collect();
    assert_eq!(
        keys, stored,
        "references of XML give control characters back"
    );

    let (some, others): (Vec<_>, Vec<_>) = stored
        .iter()
        .enumerate()
        .partition(|(at, key)| at % 2 == 0 && key.chars().all(is_xml));
    let objects: String = some
        .iter()
        .map(|(_, key)| format!("<Object><Key>{}</Key></Object>", escape(key)))
        .collect();
    let answer = admin
        .delete_many(&format!("<Delete>{objects}</Delete>"))
        .await
        .ok();
    assert_eq!(
        elements(answer.text(), "Deleted").len(),
        some.len(),
        "{}",
        answer.text()
    );
    for (_, key) in others {
        admin
            .s3(Method::DELETE, &path(&admin.place, key), &[], "")
            .await
            .status(204);
    }
    assert_eq!(elements(admin.list("").await.ok().text(), "Key"), [""; 0]);
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// Whether XML 1.0 can carry a character at all.
fn is_xml(character: char) -> bool {
    character >= ' ' || matches!(character, '\t' | '\n' | '\r')
}

/// Writes text as XML, every character as a reference.
fn escape(text: &str) -> String {
    text.chars()
        .map(|character| format!("&#{};", u32::from(character)))
        .collect()
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = after.split_once(';').unwrap();
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            number => char::from_u32(number.strip_prefix('#').unwrap().parse().unwrap()).unwrap(),
        });
        rest = after;
    }
    out + rest
}

#[tokio::test]
async fn s3k_02_naughty_strings_are_kept_or_refused() {
    let alice = alice().await;
    for (at, naughty) in naughty_strings::BLNS
        .iter()
        .enumerate()
        .filter(|(_, text)| !text.is_empty())
    {
        let key = alice.key(naughty);
        let answer = alice.write(&key, *naughty).await;
        assert!(!answer.status.is_server_error(), "{naughty:?}: {answer:?}");
        if answer.status.is_success() {
            assert_eq!(alice.read(&key).await.ok().body, naughty.as_bytes());
        }
        let target = path(&alice.place, &alice.key(&format!("metadata/{at}")));
        if naughty.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
            let value = naughty.trim();
            let answer = alice
                .s3(Method::PUT, &target, &[("x-amz-meta-note", value)], "")
                .await;
            assert!(!answer.status.is_server_error(), "{naughty:?}: {answer:?}");
            let read = alice.s3(Method::HEAD, &target, &[], "").await;
            if answer.status.is_success() && !value.is_empty() && !value.contains("=?") {
                assert_eq!(read.headers["x-amz-meta-note"], value, "{naughty:?}");
            }
        }
    }
}

#[tokio::test]
async fn s3k_03_what_looks_alike_is_not_the_same() {
    let alice = alice().await;
    let long = "x".repeat(300);
    let groups: [&[&str]; 6] = [
        &["dir", "dir/", "dir/x", "dir//x"],
        &["Case", "case", "CASE"],
        &["\u{e9}", "e\u{301}"],
        &["end", "end.", "end ", " end"],
        &["a/b", "a%2Fb", "a\\b"],
        &[&long, &long[..299]],
    ];
    for name in groups.concat() {
        alice.write(&alice.key(name), name.to_owned()).await.ok();
    }
    for name in groups.concat() {
        assert_eq!(alice.read(&alice.key(name)).await.ok().text(), name);
    }
}

#[tokio::test]
async fn s3k_04_no_path_leaves_the_folder() {
    let alice = alice().await;
    alice.put("mine", "mine").await.ok();
    let folder = path(&alice.place, &alice.key(""));
    let bucket = alice.place.output("Bucket");
    for climb in ["..", "%2e%2e", "%2e.", "..%2f..", "%2e%2e%2f%2e%2e"] {
        for target in [
            format!("{folder}{climb}/{climb}/secret"),
            format!("{folder}{climb}%2f{climb}%2fetc%2fpasswd"),
        ] {
            for method in [Method::GET, Method::PUT] {
                // The key is what it says: it stays in the folder, or it climbs out of the bucket and is refused.
                let answer = alice.s3(method, &target, &[], "x").await;
                assert!(
                    matches!(answer.status.as_u16(), 200 | 400 | 403 | 404),
                    "{target}: {answer:?}"
                );
            }
        }
    }
    for target in [
        format!("/{bucket}/..%2f..%2fetc%2fpasswd"),
        format!("/{bucket}/%2fetc%2fpasswd"),
        format!("/{bucket}/..%5c..%5cetc"),
        format!("/{bucket}/private%00/x"),
    ] {
        for method in [Method::GET, Method::PUT] {
            let answer = alice.s3(method, &target, &[], "x").await;
            assert!(
                matches!(answer.status.as_u16(), 400 | 403),
                "{target}: {answer:?}"
            );
        }
    }
    for source in ["../secret", "%2e%2e/x", "..%2f..%2fx", "mine%00"] {
        let source = format!("{bucket}/{source}");
        let answer = alice
            .s3(
                Method::PUT,
                &path(&alice.place, &alice.key("copy")),
                &[("x-amz-copy-source", &source)],
                "",
            )
            .await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "{source}: {answer:?}"
        );
    }
    let files: Vec<_> = std::fs::read_dir(alice.place.data_dir().join("blobs"))
        .unwrap()
        .collect();
    assert!(
        files.is_empty(),
        "small objects have no file, and nothing else was written: {files:?}"
    );
}

#[tokio::test]
async fn s3k_05_hostile_documents_are_refused_and_bounded() {
    let alice = alice().await;
    alice.put("kept", "kept").await.ok();
    let key = alice.key("kept");
    let object = format!("<Object><Key>{key}</Key></Object>");
    let laughs = (1..10).fold(r#"<!ENTITY l0 "lol">"#.to_owned(), |dtd, at| {
        format!(
            "{dtd}<!ENTITY l{at} \"{}\">",
            format!("&l{};", at - 1).repeat(10)
        )
    });
    for (name, body) in [
        (
            "external entity",
            format!(
                r#"<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Delete>{object}<Object><Key>&x;</Key></Object></Delete>"#
            ),
        ),
        (
            "billion laughs",
            format!("<!DOCTYPE d [{laughs}]><Delete><Object><Key>&l9;</Key></Object></Delete>"),
        ),
        (
            "two keys",
            format!("<Delete><Object><Key>other</Key><Key>{key}</Key></Object></Delete>"),
        ),
        (
            "1,001 keys",
            format!("<Delete>{}</Delete>", object.repeat(1_001)),
        ),
        ("no keys", "<Delete></Delete>".to_owned()),
        ("no end", format!("<Delete>{object}")),
        ("no document", String::new()),
        ("not UTF-8", "<Delete>\u{fffd}".to_owned()),
        (
            "a passage in CDATA",
            format!("<Delete><Object><Key><![CDATA[{key}]]></Key></Object></Delete>"),
        ),
        (
            "deep",
            format!(
                "{}{}",
                "<Delete>".repeat(10_000),
                "</Delete>".repeat(10_000)
            ),
        ),
    ] {
        let answer = alice.delete_many(&body).await;
        assert_eq!(answer.status.as_u16(), 400, "{name}: {answer:?}");
    }
    alice.read(&key).await.ok();
    let id = alice.begin(&alice.key("upload")).await;
    let target = format!("{}?uploadId={id}", path(&alice.place, &alice.key("upload")));
    for body in [
        "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><CompleteMultipartUpload>&x;</CompleteMultipartUpload>",
        "<Complete",
        "",
    ] {
        let answer = alice.s3(Method::POST, &target, &[], body).await;
        assert_eq!(answer.status.as_u16(), 400, "{body}: {answer:?}");
    }
    let too_large = Bytes::from(vec![b' '; 9 << 20]);
    alice
        .s3(Method::POST, &target, &[], too_large)
        .await
        .s3_error(400, "MaxMessageLengthExceeded");
}

#[tokio::test]
async fn s3k_06_what_is_served_back_cannot_be_turned_against_the_reader() {
    let alice = alice().await;
    let page = path(&alice.place, &alice.key("page"));
    alice
        .s3(
            Method::PUT,
            &page,
            &[("content-type", "text/html")],
            "<script>",
        )
        .await
        .ok();
    let answer = alice.s3(Method::GET, &page, &[], "").await.ok();
    assert_eq!(
        (
            &answer.headers["content-type"],
            &answer.headers["x-content-type-options"]
        ),
        (&"text/html".parse().unwrap(), &"nosniff".parse().unwrap())
    );
    for injected in ["a%0d%0aSet-Cookie:%20x=1", "a%0aX:%201", "a%00b"] {
        for parameter in [
            "response-content-disposition",
            "response-content-type",
            "response-cache-control",
        ] {
            let answer = alice
                .s3(
                    Method::GET,
                    &format!("{page}?{parameter}={injected}"),
                    &[],
                    "",
                )
                .await;
            assert_eq!(
                answer.status.as_u16(),
                400,
                "{parameter}={injected}: {answer:?}"
            );
            assert!(!answer.headers.contains_key("set-cookie"));
        }
    }
    let named = format!(
        "{page}?response-content-disposition={}",
        encode("attachment; filename=\"a.html\"")
    );
    let answer = alice.s3(Method::GET, &named, &[], "").await.ok();
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename=\"a.html\""
    );
}

#[tokio::test]
async fn s3k_07_of_many_conditional_writes_one_wins() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("once"));
    let race = async |header: &'static str, value: String| {
        let puts: Vec<_> = (0..50)
            .map(|at| {
                let (alice, target, value) = (alice.clone(), target.clone(), value.clone());
                tokio::spawn(async move {
                    alice
                        .s3(Method::PUT, &target, &[(header, &value)], at.to_string())
                        .await
                })
            })
            .collect();
        let mut won = 0;
        for put in puts {
            let answer = put.await.unwrap();
            match answer.status.as_u16() {
                200 => won += 1,
                _ => drop(answer.s3_error(412, "PreconditionFailed")),
            }
        }
        won
    };
    assert_eq!(race("if-none-match", "*".to_owned()).await, 1);
    let head = alice.s3(Method::HEAD, &target, &[], "").await.ok();
    // Two writers of the same bytes would both match the same tag, so each writes its own.
    alice.s3(Method::PUT, &target, &[], "before").await.ok();
    assert_ne!(
        alice.s3(Method::HEAD, &target, &[], "").await.ok().headers["etag"],
        head.headers["etag"]
    );
    let etag = alice.s3(Method::HEAD, &target, &[], "").await.ok().headers["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(race("if-match", etag).await, 1);
    let absent = path(&alice.place, &alice.key("absent"));
    alice
        .s3(Method::PUT, &absent, &[("if-match", "\"x\"")], "x")
        .await
        .s3_error(404, "NoSuchKey");
}

#[tokio::test]
async fn s3k_08_there_is_one_bucket_however_it_is_named() {
    let alice = alice().await;
    alice.put("file", "alice's").await.ok();
    let bucket = alice.place.output("Bucket").to_owned();
    let key = encode(&alice.key("file"));
    let ask = async |host: &str, target: &str| {
        let mut request = alice.request(Method::GET, target, &[], "");
        request.headers_mut().insert("host", host.parse().unwrap());
        crate::support::Signing::new(&alice.keys, "s3").sign(&mut request);
        alice.place.send(request).await
    };
    let own = format!("{bucket}.s3.localhost");
    assert_eq!(ask(&own, &format!("/{key}")).await.ok().text(), "alice's");
    assert_eq!(
        ask("localhost", &format!("/{bucket}/{key}"))
            .await
            .ok()
            .text(),
        "alice's"
    );
    // The host names the bucket, so the path is all key: one that is not alice's.
    ask(&own, &format!("/{bucket}/{key}"))
        .await
        .s3_error(403, "AccessDenied");
    for (host, target) in [
        ("localhost", format!("/other-bucket/{key}")),
        ("localhost", format!("/127.0.0.1/{key}")),
        ("localhost", format!("/{}/{key}", bucket.to_uppercase())),
        ("other-bucket.s3.localhost", format!("/other-bucket/{key}")),
        ("localhost", format!("/{bucket}%2f{key}")),
        ("localhost", format!("//{bucket}/{key}")),
    ] {
        let answer = ask(host, &target).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403 | 404),
            "{host} {target}: {answer:?}"
        );
        assert_ne!(answer.body, "alice's");
    }
}
