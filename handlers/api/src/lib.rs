//! The HTTP API: routes, wire types and errors, as a tower service that does not know where it runs.
//!
//! Whoever runs the [`router`] puts the [`GatewayContext`] of each request into its extensions: on AWS it
//! comes with the event, on one machine the local gateway builds it after checking the signature. Who calls
//! is read from there and from nowhere else. CORS headers (see [`Cors`]) and `x-amzn-requestid` are the gateway's too.
#![warn(missing_docs)]

mod api_keys;
mod archives;
mod body;
mod caller;
mod cors;
mod cursor;
mod etag;
mod files;
mod gateway;
mod idempotency;
mod json;
mod me;
mod member;
mod notes;
mod openapi;
mod paging;
mod path;
mod problem;
mod query;
mod routes;
mod unserved;

pub use body::MAX_BODY_BYTES;
pub use caller::{Way, credential_of};
pub use cors::Cors;
pub use gateway::{
    Authorizer, CognitoIdentity, GatewayContext, GatewayHttp, IamAuthorizer, JwtAuthorizer,
};
pub use path::{decode_path, encode_path};
pub use routes::{Auth, RouteInfo, router, routes};
pub use unserved::Unserved;

use notewarden_domain::{
    account::Account, api_keys::ApiKeys, archives::Archives, files::Files, notes::Notes,
    sign_ins::SignIns,
};

/// What the handlers need: the use cases, with their stores behind them.
#[derive(Clone)]
pub struct App {
    /// The use cases of notes.
    pub notes: Notes,
    /// The use cases of files.
    pub files: Files,
    /// The use cases of archives.
    pub archives: Archives,
    /// The use cases of accounts.
    pub account: Account,
    /// The use cases of API keys.
    pub api_keys: ApiKeys,
    /// Who people with tokens are.
    pub sign_ins: SignIns,
}
