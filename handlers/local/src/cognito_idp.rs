//! The User Pool's wire protocol, AWS JSON 1.1: one file for each operation, and the table of them all.

mod admin_add_user_to_group;
mod admin_confirm_sign_up;
mod admin_create_user;
mod admin_delete_user;
mod admin_disable_user;
mod admin_enable_user;
mod admin_get_user;
mod admin_list_groups_for_user;
mod admin_remove_user_from_group;
mod admin_set_user_password;
mod admin_user_global_sign_out;
mod attributes;
mod auth_result;
mod confirm_sign_up;
mod constraints;
mod create_group;
mod delete_group;
mod delivery;
mod exception;
mod get_group;
mod get_tokens_from_refresh_token;
mod get_user;
mod global_sign_out;
mod group;
mod initiate_auth;
mod list_groups;
mod list_users;
mod list_users_in_group;
pub mod operation;
mod parameters;
mod resend_confirmation_code;
mod respond_to_auth_challenge;
mod revoke_token;
mod sign_up;
mod update_group;
mod user;

use std::sync::Arc;

use notewarden_sigv4::Service;
use serde::Deserialize;
use serde_json::Value;

use self::operation::{Operation, Support};
use crate::{
    access::Ask,
    app::App,
    deployment::{ACCOUNT_ID, REGION},
    json_protocol::{self, Exception, operation::WayIn},
    wire::{Response, WireRequest},
};

/// Answers one request for the operation `name`.
pub async fn handle(app: &Arc<App>, request: WireRequest, name: &str) -> Response {
    json_protocol::answer(&request.id, perform(app, &request, name).await)
}

async fn perform(app: &App, request: &WireRequest, name: &str) -> Result<Value, Exception> {
    let operation = Operation::find(name).ok_or_else(Exception::unknown_operation)?;
    if operation.way_in == WayIn::Permitted {
        permit(app, request, operation)?;
    }
    match operation.support {
        Support::Served(handler) => handler(&app.user_pool, request).await,
        Support::Refused(reason) => Err(Exception::not_served(operation.name, reason)),
    }
}

/// Whoever signed must be permitted the operation on the pool that the request names.
fn permit(app: &App, request: &WireRequest, operation: Operation) -> Result<(), Exception> {
    let action = format!("cognito-idp:{}", operation.name);
    let signer = app
        .access
        .authenticate(request, Service::COGNITO_IDP, &action)?;
    let named = json_protocol::parse::<NamedPool>(request).ok();
    let pool = named
        .and_then(|named| named.user_pool_id)
        .unwrap_or_else(|| app.user_pool.settings().id.clone());
    let resource = format!("arn:aws:cognito-idp:{REGION}:{ACCOUNT_ID}:userpool/{pool}");
    let ask = Ask::of(request, &signer, &action, &resource);
    app.access.authorize(&ask)?;
    Ok(())
}

/// What every administrative request says.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NamedPool {
    user_pool_id: Option<String>,
}

#[cfg(test)]
mod tests;
