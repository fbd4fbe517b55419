//! Names that break something elsewhere, through every door: each is kept byte for byte or refused, and the same by the
//! API, in lists and in the zip.

use std::collections::BTreeSet;

use http::Method;
use notewarden_domain::{FileName, archive::unique_names};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    account::entries,
    files::{alice, download, upload_bytes},
    support::Actor,
};

const KEYS: &str = include_str!("../data/object-keys.json");

#[derive(Deserialize)]
struct Case {
    key: String,
}

/// Every name, each once.
fn names() -> BTreeSet<String> {
    let cases: Vec<Case> = serde_json::from_str(KEYS).unwrap();
    let naughty = naughty_strings::BLNS.iter().map(ToString::to_string);
    cases
        .into_iter()
        .map(|case| case.key)
        .chain(naughty)
        .collect()
}

/// What is encoded in a name: all but the unreserved characters, and slashes.
const IN_NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

fn encode(name: &str) -> String {
    utf8_percent_encode(name, IN_NAME).to_string()
}

impl Actor {
    /// Stores a file that the API takes, whose content is its name, and reads it back by each door.
    async fn keep(&self, name: &str, link: &Value) {
        upload_bytes(self, &link["upload"], name.as_bytes().to_vec())
            .await
            .ok();
        let path = format!("/files/{}", encode(name));
        let meta = self.get(&path).await.ok().json();
        assert_eq!(
            (&meta["name"], &meta["size"]),
            (&json!(name), &json!(name.len()))
        );
        let read = download(self, &path).await.ok();
        assert_eq!(read.body, name.as_bytes(), "{name:?}");
        let read = self
            .s3(Method::GET, &self.path(&encode(name)), &[], "")
            .await;
        assert_eq!(read.ok().body, name.as_bytes(), "{name:?}");
    }

    /// What the API refuses is no file; as an object S3 keeps it or not.
    async fn refuse(&self, name: &str) -> bool {
        let path = format!("/files/{}", encode(name));
        for method in [Method::GET, Method::DELETE] {
            let answer = self.call(method.clone(), &path, None).await;
            assert_eq!(answer.status, 404, "{method} {name:?}: {answer:?}");
        }
        let path = self.path(&encode(name));
        let put = self.s3(Method::PUT, &path, &[], name.to_owned()).await;
        if put.status == 200 {
            let read = self.s3(Method::GET, &path, &[], "").await.ok();
            assert_eq!(read.body, name.as_bytes(), "{name:?}");
            return true;
        }
        assert_eq!(put.status, 400, "{name:?}: {put:?}");
        false
    }

    /// The names in all pages of the API's list.
    async fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut next = Some("/files?limit=100".to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.ok();
            let files = page.json();
            let files = files.as_array().unwrap().iter();
            names.extend(files.map(|file| file["name"].as_str().unwrap().to_owned()));
            next = page.headers.get("link").map(|link| {
                let link = link.to_str().unwrap();
                let url = link.trim_start_matches('<').split('>').next().unwrap();
                let start = url.find("/files").unwrap();
                url[start..].to_owned()
            });
        }
        names
    }

    /// The keys in S3's list of the own folder, without the folder.
    async fn keys(&self) -> Vec<String> {
        let folder = self.key("");
        let bucket = self.place.output("Bucket");
        let query = format!("list-type=2&encoding-type=url&prefix={}", encode(&folder));
        let path = format!("/{bucket}?{query}");
        let listed = self.s3(Method::GET, &path, &[], "").await.ok();
        let keys = listed.text().split("<Key>").skip(1);
        let keys = keys.map(|rest| {
            let key = rest.split("</Key>").next().unwrap();
            let key = percent_decode_str(key).decode_utf8().unwrap();
            key.strip_prefix(&folder).unwrap().to_owned()
        });
        keys.collect()
    }
}

#[tokio::test]
async fn each_name_is_kept_or_refused_the_same_at_every_door() {
    let alice = alice().await;
    let (mut kept, mut others) = (Vec::new(), Vec::new());
    for name in names() {
        let asked = json!({ "name": name, "size": name.len(), "contentType": "text/plain" });
        let link = alice.call(Method::POST, "/files", Some(asked)).await;
        if name.parse::<FileName>().is_ok() {
            alice.keep(&name, &link.status(201).json()).await;
            kept.push(name);
        } else {
            assert_eq!(link.status, 422, "{name:?}: {link:?}");
            if alice.refuse(&name).await {
                others.push(name);
            }
        }
    }
    println!("{} files, {} objects beside them", kept.len(), others.len());
    assert!(kept.len() > 300 && others.len() > 100);

    assert_eq!(alice.files().await, kept, "in the order of their bytes");
    let all: BTreeSet<_> = kept.iter().chain(&others).cloned().collect();
    assert!(alice.keys().await.iter().eq(&all));
    let usage = &alice.get("/me").await.ok().json()["usage"];
    assert_eq!(usage["files"], all.len(), "every object counts");

    // Of the zip the names are safe and unique, and what is in it is what was stored.
    let id = alice.archive(&json!({ "prefix": "" })).await;
    let zip = download(&alice, &format!("/archives/{id}")).await.ok();
    let expected = unique_names(kept.iter().map(String::as_str));
    let found = entries(zip.body);
    assert_eq!(found.len(), kept.len());
    for ((entry, bytes), (expected, name)) in found.iter().zip(expected.iter().zip(&kept)) {
        assert_eq!(entry, expected.as_str());
        assert_eq!(bytes, name.as_bytes(), "{name:?}");
    }

    for name in &kept {
        let path = format!("/files/{}", encode(name));
        alice.call(Method::DELETE, &path, None).await.status(204);
    }
    assert_eq!(alice.files().await, [""; 0]);
    assert!(alice.keys().await.iter().eq(&others));
}
