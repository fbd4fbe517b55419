//! The contract of links, held by a client that knows nothing but the link.

mod client;

use std::{future::Future, time::Duration};

use bytes::Bytes;
use http::StatusCode;
use notewarden_domain::{
    ObjectKey,
    archive::Crc32,
    file::ContentType,
    ports::{DownloadTerms, IdSource, LinkSigner, SignedLink, UploadTerms},
};

use self::client::{Answer, follow};
use crate::fixtures::{file, identity};

const BODY: Bytes = Bytes::from_static(b"held to its word");
/// As many bytes.
const OTHER_BODY: Bytes = Bytes::from_static(b"something untrue");

const LIFETIME: Duration = Duration::from_secs(300);

/// Names that a URL and a signature must agree on.
const NAMES: [&str; 5] = [
    "plain.txt",
    "folder/with space.txt",
    "grüße+100%.txt",
    "a&b=c?d#e.txt",
    "'quoted' (1)*~!.txt",
];

/// The objects that the links lead to.
pub trait LinkedObjects {
    /// Whether the store verifies signatures: one that does not is asked only for what links are for.
    const VERIFIES: bool;

    /// Stores an object.
    fn put(&self, key: &ObjectKey, bytes: Bytes) -> impl Future<Output = ()>;
    /// The bytes of the object, if there is one.
    fn get(&self, key: &ObjectKey) -> impl Future<Output = Option<Bytes>>;
}

/// Runs every check on `links`, which lead to `objects`.
#[expect(
    clippy::print_stdout,
    reason = "a run that leaves something out says so"
)]
pub async fn link_signer<O: LinkedObjects>(
    links: &dyn LinkSigner,
    ids: &dyn IdSource,
    objects: &O,
) {
    an_upload_link_stores_what_it_is_for(links, ids, objects).await;
    a_download_link_reads_as_its_terms_say(links, ids, objects).await;
    if O::VERIFIES {
        an_upload_link_stores_nothing_else(links, ids, objects).await;
        a_link_is_for_one_object_and_one_method(links, ids, objects).await;
        no_part_of_a_link_can_be_changed(links, ids, objects).await;
    } else {
        println!("links to a store that verifies no signatures: what they refuse was not asked");
    }
}

/// Terms for [`BODY`].
fn upload(crc32: Option<Crc32>) -> UploadTerms {
    UploadTerms {
        size: BODY.len() as u64,
        content_type: content_type("text/plain; charset=utf-8"),
        crc32,
        lifetime: LIFETIME,
    }
}

fn download() -> DownloadTerms {
    DownloadTerms {
        content_disposition: r#"attachment; filename="a b.txt"; filename*=UTF-8''%C3%A4%20b.txt"#
            .to_owned(),
        content_type: content_type("text/plain; charset=utf-8"),
        lifetime: LIFETIME,
    }
}

fn content_type(text: &str) -> ContentType {
    text.parse().expect("a media type")
}

fn checksum() -> Crc32 {
    Crc32::new(crc32fast::hash(&BODY))
}

fn key(ids: &dyn IdSource, name: &str) -> ObjectKey {
    ObjectKey::private(&identity(ids), &file(name))
}

/// The link with `from` in its URL replaced.
fn changed(link: &SignedLink, from: &str, to: &str) -> SignedLink {
    assert!(link.url.contains(from), "`{from}` is in no link");
    SignedLink {
        url: link.url.replacen(from, to, 1),
        ..link.clone()
    }
}

#[track_caller]
fn refused(answer: &Answer, what: &str) {
    assert!(
        matches!(answer.status.as_u16(), 400 | 403),
        "{what}: {answer:?}"
    );
}

async fn an_upload_link_stores_what_it_is_for<O: LinkedObjects>(
    links: &dyn LinkSigner,
    ids: &dyn IdSource,
    objects: &O,
) {
    for crc32 in [None, Some(checksum())] {
        for name in NAMES {
            let key = key(ids, name);
            let link = links.upload(&key, &upload(crc32)).await.expect("a link");
            assert_eq!(link.method, "PUT");
            let answer = follow(&link, BODY).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}: {answer:?}");
            assert_eq!(objects.get(&key).await, Some(BODY), "{name}");
        }
    }
    let key = key(ids, "empty");
    let terms = UploadTerms {
        size: 0,
        crc32: Some(Crc32::EMPTY),
        ..upload(None)
    };
    let link = links.upload(&key, &terms).await.expect("a link");
    let answer = follow(&link, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(objects.get(&key).await, Some(Bytes::new()));
}

async fn a_download_link_reads_as_its_terms_say<O: LinkedObjects>(
    links: &dyn LinkSigner,
    ids: &dyn IdSource,
    objects: &O,
) {
    for name in NAMES {
        let key = key(ids, name);
        objects.put(&key, BODY).await;
        let terms = download();
        let link = links.download(&key, &terms).await.expect("a link");
        assert_eq!(link.method, "GET");
        assert_eq!(
            link.headers,
            [],
            "a browser that is sent there adds no headers"
        );
        let answer = follow(&link, Bytes::new()).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {answer:?}");
        assert_eq!(answer.body, BODY, "{name}");
        assert_eq!(
            answer.headers["content-disposition"],
            terms.content_disposition
        );
        assert_eq!(answer.headers["content-type"], terms.content_type.as_str());
    }
}

async fn an_upload_link_stores_nothing_else<O: LinkedObjects>(
    links: &dyn LinkSigner,
    ids: &dyn IdSource,
    objects: &O,
) {
    let key = key(ids, "bound.txt");
    let bound = links.upload(&key, &upload(Some(checksum()))).await;
    let bound = bound.expect("a link");
    let longer = Bytes::from([&BODY[..], b"."].concat());
    for (what, body) in [
        ("other bytes", OTHER_BODY),
        ("a shorter body", BODY.slice(1..)),
        ("a longer body", longer.clone()),
        ("no body", Bytes::new()),
    ] {
        refused(&follow(&bound, body).await, what);
        assert_eq!(objects.get(&key).await, None, "{what}");
    }
    for missing in bound.headers.iter().map(|(name, _)| name) {
        // The client itself says how long the body is.
        if missing == "content-length" {
            continue;
        }
        let headers = bound.headers.iter().filter(|(name, _)| name != missing);
        let without = SignedLink {
            headers: headers.cloned().collect(),
            ..bound.clone()
        };
        refused(&follow(&without, BODY).await, missing);
        assert_eq!(objects.get(&key).await, None, "without `{missing}`");
    }
    for (name, value) in [
        ("content-type", "text/html"),
        ("x-amz-checksum-crc32", "AAAAAA=="),
        ("x-amz-meta-color", "blue"),
        ("x-amz-acl", "public-read"),
        ("x-amz-storage-class", "GLACIER"),
        ("x-amz-copy-source", "/bucket/private/other"),
        ("x-amz-tagging", "a=b"),
    ] {
        let others = bound.headers.iter().filter(|(known, _)| known != name);
        let mut headers: Vec<_> = others.cloned().collect();
        headers.push((name.to_owned(), value.to_owned()));
        let other = SignedLink {
            headers,
            ..bound.clone()
        };
        refused(&follow(&other, BODY).await, name);
        assert_eq!(objects.get(&key).await, None, "with `{name}: {value}`");
    }
    // Without a checksum the length is bound all the same.
    let unchecked = links.upload(&key, &upload(None)).await.expect("a link");
    refused(&follow(&unchecked, longer).await, "a longer body");
    assert_eq!(objects.get(&key).await, None);
}

async fn a_link_is_for_one_object_and_one_method<O: LinkedObjects>(
    links: &dyn LinkSigner,
    ids: &dyn IdSource,
    objects: &O,
) {
    let (mine, other) = (key(ids, "mine.txt"), key(ids, "other.txt"));
    objects.put(&mine, BODY).await;
    objects.put(&other, BODY).await;
    let upload = links.upload(&mine, &upload(None)).await.expect("a link");
    let download = links.download(&mine, &download()).await.expect("a link");
    for link in [&upload, &download] {
        for method in ["GET", "PUT", "DELETE", "HEAD", "POST"] {
            if method != link.method {
                let other_method = SignedLink {
                    method,
                    ..link.clone()
                };
                let answer = follow(&other_method, OTHER_BODY).await;
                assert!(!answer.status.is_success(), "{method}: {answer:?}");
            }
        }
        let elsewhere = changed(link, "/mine.txt", "/other.txt");
        refused(&follow(&elsewhere, OTHER_BODY).await, "another name");
    }
    assert_eq!(objects.get(&mine).await, Some(BODY));
    assert_eq!(objects.get(&other).await, Some(BODY));
}

async fn no_part_of_a_link_can_be_changed<O: LinkedObjects>(
    links: &dyn LinkSigner,
    ids: &dyn IdSource,
    objects: &O,
) {
    let key = key(ids, "file.txt");
    objects.put(&key, BODY).await;
    let link = links.download(&key, &download()).await.expect("a link");
    for (from, to) in [
        ("X-Amz-Expires=300", "X-Amz-Expires=301"),
        ("attachment", "inline"),
        ("response-content-type=text", "response-content-type=image"),
        ("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders="),
        ("&X-Amz-Signature=", "&versionId=null&X-Amz-Signature="),
        ("X-Amz-Signature=", "X-Amz-Nothing="),
        ("?", "?acl&"),
    ] {
        let answer = follow(&changed(&link, from, to), Bytes::new()).await;
        refused(&answer, to);
    }
    let answer = follow(&link, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
}
