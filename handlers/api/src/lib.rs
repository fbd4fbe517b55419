//! The HTTP API: routes, wire types and errors, as a tower service that does not know where it runs.
//!
//! Whoever runs the [`router`] puts the [`GatewayContext`] of each request into its extensions: on AWS it
//! comes with the event, on one machine the local gateway builds it after checking the signature. Who calls
//! is read from there and from nowhere else. CORS headers and `x-amzn-requestid` are the gateway's too.
#![warn(missing_docs)]

mod body;
mod caller;
mod cursor;
mod etag;
mod gateway;
mod idempotency;
mod json;
mod notes;
mod openapi;
mod path;
mod problem;
mod query;
mod routes;
mod unserved;

pub use body::MAX_BODY_BYTES;
pub use gateway::{Authorizer, CognitoIdentity, GatewayContext, GatewayHttp, IamAuthorizer};
pub use path::{decode_path, encode_path};
pub use routes::{Auth, RouteInfo, router, routes};
pub use unserved::Unserved;

/// What the handlers need: the use cases, with their stores behind them.
#[derive(Clone)]
pub struct App {
    /// The use cases of notes.
    pub notes: notewarden_domain::notes::Notes,
}
