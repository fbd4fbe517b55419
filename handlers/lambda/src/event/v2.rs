//! Payload format 2.0 (“Create AWS Lambda proxy integrations for HTTP APIs”, “Invoking Lambda function URLs”).

use std::{borrow::Cow, collections::BTreeMap};

use http::{HeaderValue, Method, header};
use notewarden_api::{GatewayContext, Unserved};
use serde::Deserialize;

use super::{
    Format, HttpEvent,
    request::{Draft, Path, headers, method},
};

/// The hosts of Function URLs: `<url id>.lambda-url.<region>.on.aws`.
const FUNCTION_URL: &str = "lambda-url";

/// An event, with the members that matter here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    raw_path: Cow<'a, str>,
    #[serde(borrow, default)]
    raw_query_string: Cow<'a, str>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    request_context: GatewayContext,
    #[serde(borrow, default)]
    body: Option<Cow<'a, str>>,
    #[serde(default)]
    is_base64_encoded: bool,
}

impl Event<'_> {
    pub(super) fn into_http(self) -> HttpEvent {
        let context = self.request_context;
        let path = if is_function_url(&context.domain_name) {
            Path::Spelled(&self.raw_path)
        } else {
            Path::Decoded {
                path: &self.raw_path,
                stage: &context.stage,
            }
        };
        let named = method(&context.http.method);
        let method = named.clone().unwrap_or(Method::GET);
        let lines = self.headers.iter().flatten();
        let mut headers = headers(lines.map(|(name, value)| (name.as_str(), value.as_str())));
        if let (Some(all), Some(cookies)) = (&mut headers, &self.cookies) {
            match HeaderValue::from_bytes(cookies.join("; ").as_bytes()) {
                Ok(cookies) => drop(all.insert(header::COOKIE, cookies)),
                Err(_) => headers = None,
            }
        }
        let draft = Draft {
            method: &method,
            path,
            query: &self.raw_query_string,
            headers,
            body: self.body.as_deref(),
            is_base64_encoded: self.is_base64_encoded,
        };
        let request = match named {
            Some(_) => draft.finish(),
            None => Err(Unserved::BrokenHead),
        };
        HttpEvent {
            format: Format::V2,
            is_of_rest_api: false,
            context,
            method,
            request,
        }
    }
}

fn is_function_url(domain_name: &str) -> bool {
    domain_name.split('.').nth(1) == Some(FUNCTION_URL)
}
