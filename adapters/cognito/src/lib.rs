//! Cognito: whose a login is, by an identity pool, and the end of accounts, in a user pool (feature `accounts`).
//!
//! What the adapters call, and so what their role must allow, is in `tests/permissions.golden`, held against a run of
//! the contracts. `GetId` is not signed and needs no permission.
#![warn(missing_docs)]

#[cfg(feature = "accounts")]
mod accounts;
mod identities;

#[cfg(feature = "accounts")]
pub use accounts::CognitoAccounts;
pub use identities::CognitoIdentities;
