//! The local User Pool and Identity Pool: who people are, and what their temporary credentials let them do.
//!
//! Everything is durable in the database of [`notewarden_embedded`]; time and randomness come in through
//! the domain's ports, and no wire format is known here.
#![warn(missing_docs)]

mod attempts;
mod challenges;
pub mod codes;
pub mod credentials;
pub mod email;
mod encoded;
pub mod factors;
pub mod groups;
pub mod identities;
pub mod identity_pool;
pub mod inbox;
mod jws;
pub mod mail;
pub mod passwords;
mod ports;
pub mod principal;
mod random;
pub mod roles;
pub mod secret;
mod sessions;
mod signing_keys;
pub mod srp;
pub mod tokens;
mod totp;
pub mod triggers;
pub mod user_pool;
pub mod users;
mod vault;
pub mod web_identities;

pub use credentials::{Credential, Credentials};
pub use identities::{Identities, Identity, IdentityPage, Login};
pub use identity_pool::{IdentityPool, IdentityPoolSettings};
pub use principal::{CognitoIdentity, Principal, PrincipalKind, SessionScope, WebIdentity};
pub use roles::{Luggage, RefusedAssumption, Role, Roles};
pub use secret::Secret;
pub use signing_keys::RotateKeysError;
pub use user_pool::{UserPool, UserPoolError, UserPoolSettings};
