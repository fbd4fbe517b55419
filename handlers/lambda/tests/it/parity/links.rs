//! Links, as far as they may not differ: everything but signatures, times and whose they are.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What a link says for both places: the decoded path, what is signed of the answer, for how long, and the names of the
/// rest. S3's SDKs add `x-id`, which names the operation and means nothing.
pub fn outline(link: &str) -> String {
    let uri: Uri = link.parse().unwrap();
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let parameters = uri.query().unwrap().split('&');
    let parameters: BTreeMap<_, _> = parameters
        .map(|parameter| parameter.split_once('=').unwrap())
        .filter(|(name, _)| *name != "x-id")
        .map(|(name, value)| {
            let is_kept = name == "X-Amz-Expires"
                || name == "X-Amz-Algorithm"
                || name == "X-Amz-SignedHeaders"
                || name.starts_with("response-");
            (
                name,
                if is_kept {
                    decoded(value)
                } else {
                    String::new()
                },
            )
        })
        .collect();
    format!("<link to {} with {parameters:?}>", decoded(uri.path()))
}

/// The request of the link to upload in an answer.
pub fn upload(answer: &Value, body: &'static str) -> Request<Bytes> {
    let link = &answer["upload"];
    let request = Request::builder()
        .method(link["method"].as_str().unwrap())
        .uri(link["url"].as_str().unwrap());
    let headers = link["headers"].as_object().unwrap().iter();
    let request = headers.fold(request, |request, (name, value)| {
        request.header(name, value.as_str().unwrap())
    });
    request.body(body.into()).unwrap()
}

/// The request of a link to download.
pub fn download(link: &str) -> Request<Bytes> {
    Request::get(link).body(Bytes::new()).unwrap()
}
