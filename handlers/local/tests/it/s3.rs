//! S3's door: whose objects, which keys, what signatures cover, and what S3's clients need.

mod chunks;
mod copies;
mod cors;
mod keys;
mod links;
mod objects;
mod quotas;
mod signatures;
mod tenants;

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{Actor, Answer, Place, Signing};

const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A key or value as a path or query carries it.
fn encode(text: &str) -> String {
    utf8_percent_encode(text, IN_PATH).to_string()
}

/// An object's path, percent-encoded as clients do.
fn path(place: &Place, key: &str) -> String {
    place.object(&encode(key))
}

/// What stands between `<name>` and `</name>`, each time.
fn elements<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    document
        .split(start.as_str())
        .skip(1)
        .map(|rest| rest.split(end.as_str()).next().unwrap())
        .collect()
}

impl Actor {
    /// Lists the bucket with this query, `list-type=2&` before it.
    async fn list(&self, query: &str) -> Answer {
        let path = format!("/{}?list-type=2&{query}", self.place.output("Bucket"));
        self.s3(Method::GET, &path, &[], "").await
    }

    /// Reads an object.
    async fn read(&self, key: &str) -> Answer {
        self.s3(Method::GET, &path(&self.place, key), &[], "").await
    }

    /// Stores an object anywhere.
    async fn write(&self, key: &str, body: impl Into<Bytes>) -> Answer {
        self.s3(Method::PUT, &path(&self.place, key), &[], body)
            .await
    }

    /// Begins an upload.
    async fn begin(&self, key: &str) -> String {
        let path = format!("{}?uploads", path(&self.place, key));
        let begun = self.s3(Method::POST, &path, &[], "").await.ok();
        elements(begun.text(), "UploadId")[0].to_owned()
    }

    /// The administrator of the same place, as one more actor.
    fn admin(&self) -> Self {
        Self {
            keys: self.place.admin_keys(),
            ..self.clone()
        }
    }

    /// A link to an object for a minute.
    fn link(&self, method: Method, key: &str) -> http::Request<Bytes> {
        let mut request = self.request(method, &path(&self.place, key), &[], "");
        let minute = std::time::Duration::from_secs(60);
        Signing {
            presign: Some(minute),
            ..Signing::new(&self.keys, "s3")
        }
        .sign(&mut request);
        request
    }
}

async fn alice() -> Actor {
    Actor::sign_up(&Place::start().await, "alice").await
}

async fn alice_and_bob() -> (Actor, Actor) {
    let place = Place::start().await;
    (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    )
}
