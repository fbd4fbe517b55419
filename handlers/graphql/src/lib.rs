//! The GraphQL API field by field: what AppSync asks a function for, answered by the HTTP API's own router.
//!
//! Each field of `Query` and `Mutation` is one request of the HTTP API: the same use cases, the same checks in the same
//! order, the same problems, cursors and idempotency keys, because there is one place for all of them. What differs is
//! the spelling: arguments in place of path, query, headers and body, and `errorType` with `errorInfo` in place of
//! problem details. Whether the caller may ask for the field at all has been decided before, by AppSync or by the local
//! server; the schema stands in the template.
#![warn(missing_docs)]

mod answer;
mod arguments;
mod event;
mod fields;
mod resolver;

pub use answer::{FieldError, Resolution};
pub use event::{Event, Identity, Info};
pub use fields::{fields, has};
pub use resolver::Resolver;
