//! The User Pool: signing up and in, what sessions give, and what attackers do not get.

mod admin;
mod enumeration;
mod groups;
mod keys;
pub mod pool;
mod sessions;
mod sign_in;
mod sign_up;
mod srp;
mod srp_client;
mod tokens;
