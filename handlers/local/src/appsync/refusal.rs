//! What AppSync answers itself, before any resolver: a list of errors with their types.

use std::borrow::Cow;

use apollo_compiler::response::{GraphQLError, ResponseDataPathSegment};
use http::{HeaderValue, StatusCode, header};
use notewarden_graphql::FieldError;
use notewarden_sigv4::Refusal;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    front::BodyError,
    refusals::Disbelief,
    wire::{self, Response},
};

/// Why a request is not executed.
#[derive(Debug)]
pub(super) enum Refused {
    /// Only POST is served.
    Method,
    /// The body was not read.
    Body(BodyError),
    /// Nobody, or nobody who is believed: the name and the sentence of it.
    Unauthenticated(&'static str, Cow<'static, str>),
    /// The policies do not allow one of its fields.
    Denied,
    /// It is no GraphQL request.
    Malformed(Cow<'static, str>),
    /// It is one that the schema or a limit does not allow.
    Invalid(Vec<GraphQLError>),
}

impl Refused {
    pub(super) const fn of_body(error: BodyError) -> Self {
        Self::Body(error)
    }

    pub(super) fn malformed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed(message.into())
    }

    pub(super) fn of_signature(refusal: &Refusal) -> Self {
        let (kind, sentence) = match Disbelief::from(refusal) {
            Disbelief::Unsigned => (
                "MissingAuthenticationTokenException",
                "Missing Authentication Token".into(),
            ),
            Disbelief::UnknownToken(sentence) => ("UnrecognizedClientException", sentence.into()),
            Disbelief::ExpiredToken(sentence) => ("ExpiredTokenException", sentence.into()),
            Disbelief::Mismatch(sentence) => ("InvalidSignatureException", sentence.into()),
            Disbelief::Incomplete(sentence) => ("IncompleteSignatureException", sentence.into()),
        };
        Self::Unauthenticated(kind, sentence)
    }

    pub(super) fn answer(self) -> Response {
        let (status, kind, message) = match self {
            Self::Invalid(errors) => {
                let errors = errors.iter().map(|error| ErrorBody::new(error, None));
                let errors: Vec<_> = errors.collect();
                return wire::json(StatusCode::OK, &json!({ "data": null, "errors": errors }));
            }
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                MALFORMED,
                "only POST is served here".into(),
            ),
            Self::Body(BodyError::TooLarge) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                "the body must be at most 1 MB".into(),
            ),
            Self::Body(BodyError::Cut) => (
                StatusCode::BAD_REQUEST,
                MALFORMED,
                "the body must arrive whole".into(),
            ),
            Self::Unauthenticated(kind, sentence) => (StatusCode::FORBIDDEN, kind, sentence),
            Self::Denied => (
                StatusCode::UNAUTHORIZED,
                "UnauthorizedException",
                "Permission denied".into(),
            ),
            Self::Malformed(message) => (StatusCode::BAD_REQUEST, MALFORMED, message),
        };
        let errors = json!({ "errors": [{ "errorType": kind, "message": message }] });
        let mut response = wire::json(status, &errors);
        let headers = response.headers_mut();
        headers.insert("x-amzn-errortype", HeaderValue::from_static(kind));
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        if matches!(
            status,
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::PAYLOAD_TOO_LARGE
        ) {
            // The rest of the body was not read.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

const MALFORMED: &str = "MalformedHttpRequestException";

/// An error as AppSync tells it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorBody<'a> {
    path: Option<&'a [ResponseDataPathSegment]>,
    data: (),
    error_type: Option<&'a str>,
    error_info: Option<&'a Map<String, Value>>,
    locations: Vec<Location>,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    line: usize,
    column: usize,
    source_name: (),
}

impl<'a> ErrorBody<'a> {
    /// An error of the engine, which may be one `of` a resolver.
    pub(super) fn new(error: &'a GraphQLError, of: Option<&'a FieldError>) -> Self {
        let locations = error.locations.iter();
        Self {
            path: (!error.path.is_empty()).then_some(&error.path),
            data: (),
            error_type: of.map(|error| &*error.kind),
            error_info: of.map(|error| &error.info),
            locations: locations
                .map(|at| Location {
                    line: at.line,
                    column: at.column,
                    source_name: (),
                })
                .collect(),
            // The engine has put words of its own before the resolver's.
            message: of.map_or(&error.message, |error| &error.message),
        }
    }
}
