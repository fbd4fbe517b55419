//! handlers/api
