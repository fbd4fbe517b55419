//! The local server: Cognito's, STS's, S3's, API Gateway's and AppSync's wire protocols in front of the router that
//! runs on Lambda, and every link of the chain verified for real.

pub mod access;
pub mod app;
pub mod appsync;
pub mod cli;
pub mod cognito_identity;
pub mod cognito_idp;
pub mod decisions;
pub mod deployment;
pub mod dispatch;
pub mod endpoint;
pub mod ephemeral;
pub mod front;
pub mod gateway;
pub mod json_protocol;
pub mod key_rotation;
pub mod later;
pub mod lifecycle;
pub mod links;
pub mod local;
pub mod operations;
pub mod outputs;
pub mod refusals;
pub mod s3;
pub mod server;
pub mod smtp;
pub mod sts;
pub mod tokens;
pub mod triggers;
pub mod web;
pub mod wire;
pub mod wiring;

pub use notewarden_system as system;
