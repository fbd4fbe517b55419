//! How a request's context becomes a [`Caller`]: from what the gateway verified, never from a header, a
//! parameter or a body, which anybody can write.

use axum::extract::FromRequestParts;
use http::request::Parts;
use notewarden_domain::Caller;

use crate::{
    GatewayContext,
    problem::{Kind, Problem},
};

/// The signed-in person who makes the request.
pub(crate) struct SignedIn(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let context = parts.extensions.get::<GatewayContext>();
        let caller = context.ok_or("the request was not signed").and_then(caller);
        caller
            .map(Self)
            .map_err(|reason| Problem::new(Kind::NotSignedIn, reason))
    }
}

fn caller(context: &GatewayContext) -> Result<Caller, &'static str> {
    let identity = context
        .authorizer
        .as_ref()
        .and_then(|authorizer| authorizer.iam.as_ref())
        .ok_or("the request was not signed")?
        .cognito_identity
        .as_ref()
        .ok_or("the credentials are not those of an identity")?;
    if identity
        .amr
        .iter()
        .any(|method| method == "unauthenticated")
    {
        return Err("guests have no notes");
    }
    let id = identity.identity_id.parse();
    id.map(Caller::signed_in)
        .map_err(|_| "the credentials are not those of an identity")
}

/// The id of the request, for logs.
pub(crate) struct RequestId(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let context = parts.extensions.get::<GatewayContext>();
        let id = context.map(|context| context.request_id.clone());
        Ok(Self(id.unwrap_or_default()))
    }
}
