//! A function behind a URL of this machine: the event is posted, and the response's body is the answer.

use std::{error::Error, net::IpAddr};

use http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use notewarden_userpool::triggers::TriggerFailure;
use serde_json::Value;

use super::{MAX_ANSWER, error_in};

/// Where Lambda says that the body is an error's.
const FUNCTION_ERROR: &str = "x-amz-function-error";

/// The URL of a function.
pub(super) struct FunctionUrl {
    uri: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl FunctionUrl {
    /// `http` on this machine: events tell of users, and go to nobody else in the clear.
    pub(super) fn new(url: &str) -> Result<Self, String> {
        let uri: Uri = url
            .parse()
            .map_err(|error| format!("`{url}` is no url: {error}"))?;
        let host = uri.host().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse();
        let is_here = host == "localhost" || address.is_ok_and(|ip: IpAddr| ip.is_loopback());
        if uri.scheme_str() != Some("http") || !is_here {
            return Err(format!("`{url}` is no http url of this machine"));
        }
        Ok(Self {
            uri,
            client: Client::builder(TokioExecutor::new()).build_http(),
        })
    }

    /// What is answered to `event`.
    pub(super) async fn call(&self, event: &Value) -> Result<Vec<u8>, TriggerFailure> {
        let no_answer =
            |error: &dyn Error| TriggerFailure::NoAnswer(format!("`{}`: {error}", self.uri));
        let request = Request::post(self.uri.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(event.to_string()))
            .map_err(|error| no_answer(&error))?;
        let response = self.client.request(request).await;
        let (head, body) = response.map_err(|error| no_answer(&error))?.into_parts();
        let body = match Limited::new(body, MAX_ANSWER).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                let reason = format!("it has more than {MAX_ANSWER} bytes");
                return Err(TriggerFailure::InvalidAnswer(reason));
            }
            Err(error) => return Err(no_answer(error.as_ref())),
        };
        if head.status == StatusCode::OK && !is_error(&head.headers) {
            return Ok(body.to_vec());
        }
        let message = serde_json::from_slice(&body).ok();
        match message.as_ref().and_then(error_in) {
            Some(message) => Err(TriggerFailure::Refused(message)),
            None => Err(TriggerFailure::NoAnswer(format!(
                "`{}` answered with status {}",
                self.uri,
                head.status.as_u16()
            ))),
        }
    }
}

fn is_error(headers: &HeaderMap) -> bool {
    headers.contains_key(FUNCTION_ERROR)
}
