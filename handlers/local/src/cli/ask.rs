//! Asking a running server over its own HTTP.

use std::fs;

use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;

use super::{CliError, RunningServer};
use crate::local;

/// `GET path` of the server, as JSON; `None` if there is no such thing.
pub async fn get(server: &RunningServer, path: &str) -> Result<Option<Value>, CliError> {
    ask(server, Method::GET, path).await
}

/// `POST path` of the server, as a command: what it answers, as JSON; `None` if there is no such command.
pub async fn post(server: &RunningServer, path: &str) -> Result<Option<Value>, CliError> {
    ask(server, Method::POST, path).await
}

async fn ask(
    server: &RunningServer,
    method: Method,
    path: &str,
) -> Result<Option<Value>, CliError> {
    let file = server
        .outputs
        .clone()
        .unwrap_or_else(|| server.data_dir.join("outputs.json"));
    let outputs = fs::read(&file).map_err(|error| {
        format!(
            "no server has left its outputs in `{}` ({error}): start one, or name its --data-dir",
            file.display()
        )
    })?;
    let outputs: Value = serde_json::from_slice(&outputs)?;
    let endpoint = outputs
        .get("Endpoint")
        .and_then(Value::as_str)
        .ok_or("the outputs name no `Endpoint`")?;
    let request = Request::builder()
        .method(method)
        .uri(format!("{endpoint}{path}"))
        .header(local::COMMAND, "1")
        .body(Empty::<Bytes>::new())?;
    let response = Client::builder(TokioExecutor::new())
        .build_http()
        .request(request)
        .await
        .map_err(|error| {
            format!("no server answers at {endpoint} ({error}): start it with `notewarden serve`")
        })?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    match status {
        StatusCode::OK => Ok(Some(serde_json::from_slice(&body)?)),
        StatusCode::NOT_FOUND => Ok(None),
        other => {
            let answer: Option<Value> = serde_json::from_slice(&body).ok();
            let message = answer
                .as_ref()
                .and_then(|answer| answer.get("message")?.as_str());
            Err(match message {
                Some(message) => format!("the server answered {other}: {message}"),
                None => format!("the server answered {other}"),
            }
            .into())
        }
    }
}
