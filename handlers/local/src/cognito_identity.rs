//! The Identity Pool's wire protocol, AWS JSON 1.1: who somebody is, and temporary credentials for them.

mod constraints;
mod delete_identities;
mod describe_identity;
mod exception;
mod get_credentials_for_identity;
mod get_id;
mod get_open_id_token;
mod list_identities;
pub mod operation;
mod unlink_identity;

use std::sync::Arc;

use notewarden_sigv4::Service;

use self::operation::{Operation, Support};
use crate::{
    access::Ask,
    app::App,
    deployment::{ACCOUNT_ID, REGION},
    json_protocol::{self, Exception, operation::WayIn, parse, to_json},
    wire::{Response, WireRequest},
};

/// Answers one request for the operation `name`.
pub async fn handle(app: &Arc<App>, request: WireRequest, name: &str) -> Response {
    json_protocol::answer(&request.id, perform(app, &request, name).await)
}

async fn perform(
    app: &App,
    request: &WireRequest,
    name: &str,
) -> Result<serde_json::Value, Exception> {
    let operation = Operation::find(name).ok_or_else(Exception::unknown_operation)?;
    if operation.way_in == WayIn::Permitted {
        permit(app, request, operation)?;
    }
    let pool = &app.identity_pool;
    match operation.support {
        Support::GetId => to_json(get_id::handle(pool, parse(request)?).await?),
        Support::GetCredentialsForIdentity => {
            to_json(get_credentials_for_identity::handle(app, request).await?)
        }
        Support::DescribeIdentity => to_json(describe_identity::handle(pool, parse(request)?)?),
        Support::DeleteIdentities => {
            to_json(delete_identities::handle(pool, parse(request)?).await?)
        }
        Support::GetOpenIdToken => to_json(get_open_id_token::handle(pool, parse(request)?).await?),
        Support::ListIdentities => to_json(list_identities::handle(pool, parse(request)?)?),
        Support::UnlinkIdentity => {
            unlink_identity::handle(pool, parse(request)?).await?;
            to_json(serde_json::json!({}))
        }
        Support::Refused(reason) => Err(Exception::not_served(operation.name, reason)),
    }
}

/// Whoever signed must be permitted the operation on the pool.
fn permit(app: &App, request: &WireRequest, operation: Operation) -> Result<(), Exception> {
    let action = format!("cognito-identity:{}", operation.name);
    let signer = app
        .access
        .authenticate(request, Service::COGNITO_IDENTITY, &action)?;
    let pool = app.identity_pool.id();
    let resource = format!("arn:aws:cognito-identity:{REGION}:{ACCOUNT_ID}:identitypool/{pool}");
    let ask = Ask::of(request, &signer, &action, &resource);
    app.access.authorize(&ask)?;
    Ok(())
}
