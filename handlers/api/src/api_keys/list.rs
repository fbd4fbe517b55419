//! `GET /api-keys`: the caller's keys, without their secrets.

use axum::{extract::State, response::Response, routing};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ApiKeyBody, PATH};
use crate::{
    App,
    caller::SignedIn,
    json,
    problem::Problem,
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: PATH,
    operation_id: "listApiKeys",
    summary: "List your API keys",
    auth: Auth::Iam,
    problems: &[],
    operation,
    handler: || routing::get(handle),
};

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Response, Problem> {
    let keys = app.api_keys.list(&caller).await?;
    let bodies: Vec<_> = keys.iter().map(ApiKeyBody::from).collect();
    json::private(StatusCode::OK, &bodies)
}

fn operation() -> Value {
    json!({
        "responses": { "200": {
            "description": "All of your keys, newest first, those included that have expired",
            "content": { "application/json": { "schema": {
                "type": "array", "items": { "$ref": "#/components/schemas/ApiKey" }
            } } }
        } }
    })
}
