//! The local User Pool and Identity Pool: who people are, and what their temporary credentials let them do.
//!
//! Everything is durable in the database of [`notewarden_embedded`]; time and randomness come in through
//! the domain's ports, and no wire format is known here.
#![warn(missing_docs)]

pub mod credentials;
pub mod identities;
pub mod principal;
pub mod secret;
mod tables;

pub use credentials::{Credential, Credentials};
pub use identities::{Identities, Identity, Login};
pub use principal::{CognitoIdentity, Principal, PrincipalKind};
pub use secret::Secret;
