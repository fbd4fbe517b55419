//! `GET /me`: who the caller is, what they keep, and how much they may.

use axum::{extract::State, response::Response, routing};
use http::{Method, StatusCode};
use notewarden_domain::IdentityId;
use serde::Serialize;
use serde_json::{Value, json};

use super::login::{Login, ProviderKind};
use crate::{
    App,
    caller::SignedIn,
    json,
    problem::Problem,
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: "/me",
    operation_id: "getMe",
    summary: "Look at your account",
    auth: Auth::Iam,
    problems: &[],
    operation,
    handler: || routing::get(handle),
};

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MeBody<'a> {
    user_id: &'a IdentityId,
    provider: Option<&'a str>,
    signed_in_with: Option<ProviderKind>,
    usage: UsageBody,
    quota: QuotaBody,
}

#[derive(Serialize)]
struct UsageBody {
    notes: u64,
    files: u64,
    bytes: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QuotaBody {
    files: u64,
    bytes: u64,
    file_bytes: u64,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    login: Login,
) -> Result<Response, Problem> {
    let overview = app.account.overview(&caller).await?;
    let me = MeBody {
        user_id: &caller.identity,
        provider: login.provider.as_deref(),
        signed_in_with: login.kind(),
        usage: UsageBody {
            notes: overview.notes,
            files: overview.files.files,
            bytes: overview.files.bytes,
        },
        quota: QuotaBody {
            files: overview.quota.files,
            bytes: overview.quota.bytes,
            file_bytes: overview.quota.file_bytes,
        },
    };
    json::private(StatusCode::OK, &me)
}

fn operation() -> Value {
    json!({
        "responses": { "200": {
            "description": "Your account",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Me" } } }
        } }
    })
}
