//! The two places: the local server over HTTP, and the functions in their own processes with moto's services.

mod aws;
mod calls;
mod held;
mod local;
pub mod resources;

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request};

pub use self::{aws::Aws, local::Local};
use super::steps::Ask;
use crate::local::Answer;

/// How many bytes each person may keep in both places: fewer than one file may have.
const MAX_BYTES: &str = "4294967296";

/// An answer, as far as API Gateway leaves it to the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub status: u16,
    /// Lines of one name are joined.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// What a link was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    pub status: u16,
    /// What the link itself says about its bytes.
    pub headers: BTreeMap<String, String>,
    /// Of a success; a refusal is S3's own.
    pub body: Bytes,
}

/// Where a person has notes and files.
#[async_trait]
pub trait Place {
    /// What is called otherwise in each place, and what stands for it.
    fn names(&self) -> Vec<(String, &'static str)>;

    /// What is asked for is answered with, its path filled in. `key` is the secret of the person's latest API key.
    async fn send(&mut self, ask: &Ask, path: &str, key: &str) -> Seen;

    /// What the request of a link is answered with.
    async fn follow(&mut self, link: Request<Bytes>) -> Followed;

    /// Has the worker do all that waits for it, which is this.
    async fn work(&mut self, waiting: &[&str]);
}

/// The lines of these names, or of all names; those of one name are joined.
fn lines(headers: &HeaderMap, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let names = headers.keys().map(http::HeaderName::as_str);
    let lines = names.filter(|name| wanted(name)).map(|name| {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
        (name.to_owned(), values.join(","))
    });
    lines.collect()
}

/// The answer to a link that is followed. What else S3 says, beside the bytes, is its own.
fn followed(answer: Answer) -> Followed {
    let has_bytes = answer.status.is_success() && !answer.body.is_empty();
    let is_of_link = |name: &str| matches!(name, "content-type" | "content-disposition");
    Followed {
        status: answer.status.as_u16(),
        headers: lines(&answer.headers, |name| has_bytes && is_of_link(name)),
        body: if has_bytes { answer.body } else { Bytes::new() },
    }
}
