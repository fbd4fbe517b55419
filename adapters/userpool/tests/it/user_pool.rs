//! The User Pool: signing up and in, what sessions give, and what attackers do not get.

mod admin;
mod attributes;
mod authenticator;
mod choice;
mod enumeration;
mod groups;
mod keys;
mod machine;
mod mfa;
mod outbound;
mod passwords;
pub mod pool;
mod sessions;
mod sign_in;
mod sign_up;
mod srp;
mod srp_client;
mod tokens;
