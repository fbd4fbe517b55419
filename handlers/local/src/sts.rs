//! STS: who somebody is, and credentials for a time. AWS's query protocol: a form comes, XML goes.

mod assume_role;
mod assume_role_with_web_identity;
mod credentials;
mod fault;
mod get_caller_identity;
mod get_session_token;
pub mod operation;
mod query;
mod session;
mod tags;
mod xml;

use std::sync::Arc;

use http::StatusCode;
use notewarden_sigv4::Service;

use self::{
    fault::Fault,
    operation::{Operation, Support},
    query::Query,
    xml::Xml,
};
use crate::{
    access::{Ask, Signer},
    app::App,
    wire::{self, Response, WireRequest},
};

/// The only version of the API.
const VERSION: &str = "2011-06-15";
const CONTENT_TYPE: &str = "text/xml";

/// Answers one request.
pub async fn handle(app: &Arc<App>, request: WireRequest) -> Response {
    match answer(app, &request).await {
        Ok(xml) => wire::with_type(StatusCode::OK, CONTENT_TYPE, xml),
        Err(fault) => wire::with_type(fault.status, CONTENT_TYPE, fault.document(&request.id)),
    }
}

async fn answer(app: &App, request: &WireRequest) -> Result<String, Fault> {
    let query = Query::parse(&request.body).map_err(|_| Fault::malformed())?;
    let name = query.get("Action").ok_or_else(Fault::missing_action)?;
    let version = query.get("Version").unwrap_or("NO_VERSION_SPECIFIED");
    let operation = Operation::find(name)
        .filter(|_| version == VERSION)
        .ok_or_else(|| Fault::unknown_operation(name, version))?;
    match operation.support {
        Support::Unsigned(reason) => return Err(Fault::refused(operation.name, reason)),
        Support::AssumeRoleWithWebIdentity => {
            let given = assume_role_with_web_identity::assume(app, &query, &request.id).await?;
            return Ok(document(operation, request, |xml| given.write(xml)));
        }
        _ => {}
    }
    let action = format!("sts:{}", operation.name);
    let signer = app
        .access
        .authenticate(request, Service::STS, &action)
        .map_err(Fault::from)?;
    match operation.support {
        Support::GetCallerIdentity => Ok(document(operation, request, |xml| {
            get_caller_identity::write(xml, &signer.credential.principal);
        })),
        Support::GetSessionToken => {
            let issued = get_session_token::issue(app, &query, &signer.credential).await?;
            Ok(document(operation, request, |xml| {
                credentials::write(xml, &issued);
            }))
        }
        Support::AssumeRole => {
            let given = assume_role::assume(app, &query, request, &signer).await?;
            Ok(document(operation, request, |xml| given.write(xml)))
        }
        Support::AssumeRoleWithWebIdentity => Err(Fault::missing_action()),
        Support::Refused(reason) | Support::Unsigned(reason) => {
            permit(app, request, &signer, &action)?;
            Err(Fault::refused(operation.name, reason))
        }
    }
}

/// What is not served is denied first to whoever would be denied it on AWS.
fn permit(app: &App, request: &WireRequest, signer: &Signer, action: &str) -> Result<(), Fault> {
    let ask = Ask::of(request, signer, action, "*");
    app.access.authorize(&ask).map_err(Fault::from)
}

/// The answer of `operation`, with what `result` writes in it.
fn document(operation: Operation, request: &WireRequest, result: impl FnOnce(&mut Xml)) -> String {
    let name = operation.name;
    Xml::document(&format!("{name}Response"), |xml| {
        xml.element(&format!("{name}Result"), result);
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", &request.id));
    })
}
