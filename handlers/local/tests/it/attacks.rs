//! The attack list, row by row, over HTTP. Rows that one crate can answer alone are tested there; here is
//! what needs the whole server.

mod signatures;
mod smuggling;
mod tenants;
mod tokens;
