//! `DELETE /me`: all that is the caller's goes, and their user with it.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::{Method, StatusCode};
use notewarden_domain::sign_ins::SignInError;
use serde_json::{Value, json};

use super::login::Login;
use crate::{
    App,
    caller::SignedIn,
    problem::Problem,
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::DELETE,
    path: "/me",
    operation_id: "deleteMe",
    summary: "Delete your account",
    auth: Auth::Iam,
    problems: &[],
    operation,
    handler: || routing::delete(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    login: Login,
) -> Result<Response, Problem> {
    let account = &app.account;
    // Nobody is to be led by a link to what is gone. The link goes last: until then the request can be made again,
    // whichever way it came.
    account.erase(&caller, login.subject).await?;
    let forgotten = app.sign_ins.forget(&caller.identity).await;
    forgotten.map_err(SignInError::from)?;
    Ok(StatusCode::ACCEPTED.into_response())
}

fn operation() -> Value {
    json!({
        "responses": { "202": {
            "description": "Your user cannot sign in any more; notes, files, archives, identity and user are being erased"
        } }
    })
}
