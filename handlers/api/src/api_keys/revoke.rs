//! `DELETE /api-keys/{keyId}`: a key is refused from now on.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing,
};
use http::{Method, StatusCode};
use notewarden_domain::api_keys::ApiKeysError;
use serde_json::{Value, json};

use crate::{
    App,
    caller::SignedIn,
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::DELETE,
    path: "/api-keys/{keyId}",
    operation_id: "revokeApiKey",
    summary: "Revoke an API key",
    auth: Auth::Iam,
    problems: &[Kind::NotFound],
    operation,
    handler: || routing::delete(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    // A name that no key can have is one that no key has.
    let id = id.parse().map_err(|_| ApiKeysError::NotFound)?;
    app.api_keys.revoke(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn operation() -> Value {
    json!({
        "parameters": [{
            "name": "keyId", "in": "path", "required": true,
            "schema": { "type": "string", "pattern": "^[0-9a-f]{16}$" }
        }],
        "responses": { "204": { "description": "The key is revoked" } }
    })
}
