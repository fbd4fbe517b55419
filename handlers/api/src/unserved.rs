//! Answers to requests that the router does not answer, in the API's own words, for whoever runs it.

use axum::response::Response;
use http::Method;

use crate::{
    json,
    problem::{Kind, Problem},
};

/// Why the router does not answer a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    /// Its path can be no route's: see [`decode_path`](crate::decode_path).
    NoSuchRoute,
    /// A header, the query or the method is not one that HTTP has.
    BrokenHead,
    /// Its body did not arrive whole.
    BrokenBody,
    /// The router panicked, or its answer broke off.
    Failed,
    /// There is no time left for it. What it was to do may have been done.
    OutOfTime,
}

impl Unserved {
    /// The answer to the request with this id.
    pub fn answer(self, method: &Method, request_id: &str) -> Response {
        let problem = match self {
            Self::NoSuchRoute => return json::no_such_route(),
            Self::BrokenHead => Problem::malformed("request", "must be valid HTTP"),
            Self::BrokenBody => Problem::malformed("body", "must arrive whole"),
            Self::Failed => Problem::fault(Kind::Internal, "the router failed"),
            Self::OutOfTime => Problem::fault(Kind::Unavailable, "there was no time left"),
        };
        problem.answer(request_id, method == Method::HEAD)
    }
}
