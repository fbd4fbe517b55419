//! Answers as API Gateway takes them from a function.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header, response::Parts};
use serde::Serialize;

use crate::event::Format;

/// An answer, in the format of the event that it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// The status.
    pub status_code: u16,
    /// Header lines, those of one name joined by commas (payload format 2.0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// Header lines by name (payload format 1.0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    /// The values of `Set-Cookie`, which commas would not keep apart (payload format 2.0).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// The body.
    pub body: String,
    /// Whether the body is written in base64, because it is not text.
    pub is_base64_encoded: bool,
}

impl Reply {
    pub(crate) fn new(format: Format, parts: &Parts, body: Bytes) -> Self {
        let mut by_name = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in &parts.headers {
            // The gateway counts for itself.
            if name != header::CONTENT_LENGTH {
                by_name
                    .entry(name.to_string())
                    .or_default()
                    .push(text(value));
            }
        }
        let (body, is_base64_encoded) = match String::from_utf8(body.into()) {
            Ok(text) => (text, false),
            Err(binary) => (STANDARD.encode(binary.as_bytes()), true),
        };
        let mut reply = Self {
            status_code: parts.status.as_u16(),
            headers: None,
            multi_value_headers: None,
            cookies: Vec::new(),
            body,
            is_base64_encoded,
        };
        match format {
            Format::V1 => reply.multi_value_headers = Some(by_name),
            Format::V2 => {
                let cookies = by_name.remove(header::SET_COOKIE.as_str());
                reply.cookies = cookies.unwrap_or_default();
                let joined = by_name
                    .into_iter()
                    .map(|(name, values)| (name, values.join(",")));
                reply.headers = Some(joined.collect());
            }
        }
        reply
    }
}

/// Puts the request's id where clients of AWS look for it, unless the answer has one.
pub(crate) fn identify(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.entry("x-amzn-requestid").or_insert(id);
    }
}

/// A header's value; JSON has no bytes, so what is not text is read as Latin-1, as HTTP once did.
fn text(value: &HeaderValue) -> String {
    let bytes = value.as_bytes();
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::{Value, json};

    use super::*;

    fn reply(format: Format, body: &'static [u8]) -> Value {
        let response = Response::builder()
            .status(201)
            .header("content-type", "text/plain")
            .header("content-length", "9")
            .header("vary", "a")
            .header("vary", "b")
            .header("set-cookie", "x=1; Expires=Sat, 21 Nov 2026 12:00:00 GMT")
            .header("set-cookie", "y=2");
        let (parts, ()) = response.body(()).unwrap().into_parts();
        serde_json::to_value(Reply::new(format, &parts, Bytes::from_static(body))).unwrap()
    }

    #[test]
    fn format_2_joins_lines_and_keeps_cookies_apart() {
        assert_eq!(
            reply(Format::V2, b"text"),
            json!({
                "statusCode": 201,
                "headers": { "content-type": "text/plain", "vary": "a,b" },
                "cookies": ["x=1; Expires=Sat, 21 Nov 2026 12:00:00 GMT", "y=2"],
                "body": "text",
                "isBase64Encoded": false
            })
        );
    }

    #[test]
    fn format_1_has_lists_of_lines() {
        assert_eq!(
            reply(Format::V1, b"\xff\x00"),
            json!({
                "statusCode": 201,
                "multiValueHeaders": {
                    "content-type": ["text/plain"],
                    "set-cookie": ["x=1; Expires=Sat, 21 Nov 2026 12:00:00 GMT", "y=2"],
                    "vary": ["a", "b"]
                },
                "body": "/wA=",
                "isBase64Encoded": true
            })
        );
    }
}
