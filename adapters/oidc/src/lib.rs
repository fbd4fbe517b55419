//! Verification of JSON Web Tokens of any OpenID Connect issuer.
#![warn(missing_docs)]
