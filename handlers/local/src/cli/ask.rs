//! Asking a running server over its own HTTP.

use std::fs;

use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;

use super::{CliError, RunningServer};

/// `GET path` of the server, as JSON; `None` if there is no such thing.
pub async fn get(server: &RunningServer, path: &str) -> Result<Option<Value>, CliError> {
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
    let request = Request::get(format!("{endpoint}{path}")).body(Empty::<Bytes>::new())?;
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
        other => Err(format!("the server answered {other}").into()),
    }
}
