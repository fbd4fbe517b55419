//! What is asked: one request for every route and operation, each about something of alice's.

mod api;
mod cognito;
mod s3;
mod sts;

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use http::{Method, Request};

use crate::support::Actor;

/// Something that can be asked.
pub struct Case {
    /// As the route or operation is called, and what it is about.
    pub name: String,
    /// The service that it is signed for.
    pub service: &'static str,
    /// Makes what is asked for, as alice, and the request, not signed.
    pub prepare: Box<dyn Fn(Actor) -> Prepared>,
}

type Prepared = Pin<Box<dyn Future<Output = Request<Bytes>>>>;

fn case<F>(
    name: impl Into<String>,
    service: &'static str,
    prepare: impl Fn(Actor) -> F + 'static,
) -> Case
where
    F: Future<Output = Request<Bytes>> + 'static,
{
    Case {
        name: name.into(),
        service,
        prepare: Box::new(move |alice| Box::pin(prepare(alice))),
    }
}

/// Everything that is asked.
pub fn cases() -> Vec<Case> {
    let mut cases = api::api();
    cases.extend(api::storage());
    cases.extend(s3::s3());
    cases.extend(cognito::cognito());
    cases.extend(sts::sts());
    // Last: nothing of theirs is left afterwards.
    cases.push(case(
        "DELETE /me",
        "execute-api",
        |alice: Actor| async move { alice.request(Method::DELETE, "/me", &[], "") },
    ));
    cases
}

/// Everything that is served and asks who is there.
pub fn served() -> Vec<String> {
    let routes = notewarden::wiring::template_routes().unwrap();
    let s3 = notewarden::s3::SERVED
        .iter()
        .map(|operation| format!("s3 {operation}"));
    let idp = notewarden::cognito_idp::operation::permitted_and_served()
        .map(|operation| format!("cognito-idp {operation}"));
    let identity = notewarden::cognito_identity::operation::permitted_and_served()
        .map(|operation| format!("cognito-identity {operation}"));
    let sts =
        notewarden::sts::operation::signed_and_served().map(|operation| format!("sts {operation}"));
    routes
        .into_iter()
        .chain(s3)
        .chain(idp)
        .chain(identity)
        .chain(sts)
        .collect()
}
