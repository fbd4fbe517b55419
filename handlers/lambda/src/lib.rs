//! The Lambda entry points: one binary that serves the HTTP API behind API Gateway, tells it who comes with tokens
//! and API keys, resolves AppSync's fields, works on archives, or keeps the index of files, as the function's `Handler` says.
//!
//! # The fronts of the HTTP API
//! All three are told apart by their events; requests are read to what the local gateway would have made of them.
//! - **HTTP API** (payload format 2.0, or 1.0): its IAM authorizer names the identity. CORS is the gateway's.
//! - **REST API** (payload format 1.0 without a version): the same with `requestContext.identity`. The gateway adds no
//!   CORS headers to what a function answers and leaves preflights to it, so the function does both as the other fronts'
//!   gateways do, for the origins in `ALLOWED_ORIGINS`. What the gateway itself refuses, a missing signature for one, is
//!   its own answer, for which its gateway responses (`DEFAULT_4XX`, `DEFAULT_5XX`) must add them.
//! - **Function URL** with IAM: AWS tells the function who signed, but not which identity: `cognitoIdentity` is
//!   `null` there, and every session of the auth role has the same name. What has no owner is refused: only
//!   routes without authorization answer on this front.
//!
//! A client that goes away does not stop its invocation, which ends as any other.
//!
//! # What is logged
//! JSON lines: one for each request in CloudWatch's embedded metric format, with the ids by which the request is
//! known, its route, its caller, status, outcome and duration, and lines for what went wrong. The caller is the first
//! half of the SHA-256 of the identity id: an id is random, so the hash tells requests apart and leads nobody to the
//! id. What people wrote is never logged, nor the messages of panics, which may quote it.
#![warn(missing_docs)]

mod api;
mod archiver;
mod authorizer;
mod aws_http;
mod cors;
mod entry;
mod environment;
mod event;
mod graphql;
mod indexer;
mod initialization;
mod log;
mod record;
mod reply;
mod wiring;

pub use api::{Api, InvalidEvent};
pub use cors::of_api;
pub use entry::run;
pub use event::{Format, HttpEvent};
pub use record::{Outcome, Records};
pub use reply::Reply;
