//! What browsers are told behind a REST API, whose proxy integration hands on what a function answers as it is (“Enable
//! CORS for a Lambda proxy integration”); the other fronts have rules of their own and ask no function.

use notewarden_api::Cors;

/// The rules of the template's HTTP APIs, of both together, for pages of these origins.
pub fn of_api(origins: Vec<String>) -> Cors {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Cors {
        origins,
        methods: list(&["GET", "POST", "PUT", "DELETE", "OPTIONS"]),
        headers: list(&[
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "x-amz-content-sha256",
            "x-amz-date",
            "x-amz-security-token",
            "x-amz-user-agent",
            "amz-sdk-invocation-id",
            "amz-sdk-request",
            "x-api-key",
        ]),
        exposed: list(&[
            "etag",
            "link",
            "location",
            "retry-after",
            "x-amzn-errortype",
            "x-amzn-requestid",
        ]),
        max_age: 7_200,
    }
}
