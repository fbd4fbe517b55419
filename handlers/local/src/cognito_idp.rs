//! The User Pool's wire protocol, AWS JSON 1.1: one file for each operation, and the table of them all.

mod admin_add_user_to_group;
mod admin_confirm_sign_up;
mod admin_create_user;
mod admin_delete_user;
mod admin_delete_user_attributes;
mod admin_disable_user;
mod admin_enable_user;
mod admin_get_user;
mod admin_initiate_auth;
mod admin_list_groups_for_user;
mod admin_remove_user_from_group;
mod admin_reset_user_password;
mod admin_respond_to_auth_challenge;
mod admin_set_user_mfa_preference;
mod admin_set_user_password;
mod admin_update_user_attributes;
mod admin_user_global_sign_out;
mod associate_software_token;
mod attributes;
mod auth_result;
mod challenge_answer;
mod change_password;
mod confirm_forgot_password;
mod confirm_sign_up;
mod constraints;
mod create_group;
mod delete_group;
mod delete_user;
mod delete_user_attributes;
mod delivery;
mod exception;
mod flow;
mod forgot_password;
mod get_group;
mod get_tokens_from_refresh_token;
mod get_user;
mod get_user_attribute_verification_code;
mod get_user_auth_factors;
mod global_sign_out;
mod group;
mod initiate_auth;
mod list_groups;
mod list_users;
mod list_users_in_group;
mod mfa_settings;
pub mod operation;
mod parameters;
mod resend_confirmation_code;
mod respond_to_auth_challenge;
mod revoke_token;
mod set_user_mfa_preference;
mod sign_up;
mod update_group;
mod update_user_attributes;
mod user;
mod verify_software_token;
mod verify_user_attribute;

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
