//! `GET /openapi.json`: the contract as OpenAPI 3.1, made from the route table and the wire types.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    response::{IntoResponse, Response},
    routing,
};
use bytes::Bytes;
use http::{Method, header};
use serde_json::{Map, Value, json};

use crate::{
    api_keys, archives, files, me, notes,
    problem::Kind,
    routes::{Auth, RouteInfo, routes},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: "/openapi.json",
    operation_id: "getContract",
    summary: "Read this document",
    auth: Auth::None,
    problems: &[],
    operation,
    handler: || routing::get(handle),
};

async fn handle() -> Response {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| document().to_string().into());
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, DOCUMENT.clone()).into_response()
}

fn operation() -> Value {
    json!({
        "responses": { "200": {
            "description": "This document",
            "content": { "application/json": { "schema": { "type": "object" } } }
        } }
    })
}

/// What an answer with one note holds.
pub(crate) fn note_content() -> Value {
    json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Note" } } })
}

/// The header `name` of an answer.
pub(crate) fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// The problems of every route that needs a caller.
const COMMON: [Kind; 6] = [
    Kind::NotSignedIn,
    Kind::IdTokenNeeded,
    Kind::NotPermitted,
    Kind::UsedUp,
    Kind::Internal,
    Kind::Unavailable,
];

fn document() -> Value {
    let mut paths = Map::new();
    for route in routes() {
        // OpenAPI has no spelling of its own for a parameter that takes the rest of the path.
        let path = route.path.replace("+}", "}");
        let path = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = path {
            let method = route.method.as_str().to_lowercase();
            methods.insert(method, described(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Notewarden",
            "summary": "Private notes and files for signed-in people",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": components()
    })
}

fn described(route: &RouteInfo) -> Value {
    let mut operation = json!({
        "operationId": route.operation_id,
        "summary": route.summary,
        "security": []
    });
    let (Value::Object(members), Value::Object(own)) = (&mut operation, (route.operation)()) else {
        return operation;
    };
    members.extend(own);
    if route.auth == Auth::None {
        return operation;
    }
    members.insert(
        "security".to_owned(),
        json!([{ "sigv4": [] }, { "bearer": [] }, { "apiKey": [] }]),
    );
    if let Some(Value::Object(responses)) = members.get_mut("responses") {
        for (status, kinds) in by_status(COMMON.iter().chain(route.problems)) {
            responses.insert(status.to_string(), problem_response(&kinds));
        }
    }
    operation
}

fn by_status<'a>(kinds: impl Iterator<Item = &'a Kind>) -> BTreeMap<u16, Vec<Kind>> {
    let mut by_status = BTreeMap::<_, Vec<_>>::new();
    for kind in kinds {
        let status = kind.status().as_u16();
        by_status.entry(status).or_default().push(*kind);
    }
    by_status
}

fn problem_response(kinds: &[Kind]) -> Value {
    let titles: Vec<_> = kinds.iter().map(|kind| kind.title()).collect();
    let urns: Vec<_> = kinds.iter().map(|kind| kind.urn()).collect();
    json!({
        "description": titles.join(", or: "),
        "content": { "application/problem+json": { "schema": {
            "allOf": [{ "$ref": "#/components/schemas/Problem" }],
            "properties": { "type": { "enum": urns } }
        } } }
    })
}

fn components() -> Value {
    let tags = json!({ "type": "string", "examples": ["\"3\"", "*"] });
    let schemas = notes::schemas()
        .into_iter()
        .chain(files::schemas())
        .chain(archives::schemas())
        .chain(me::schemas())
        .chain(api_keys::schemas());
    let mut schemas: Map<_, _> = schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    schemas.insert("Problem".to_owned(), problem_schema());
    json!({
        "schemas": schemas,
        "parameters": {
            "NoteId": {
                "name": "noteId", "in": "path", "required": true,
                "schema": { "type": "string", "format": "uuid" }
            },
            "ArchiveId": {
                "name": "archiveId", "in": "path", "required": true,
                "schema": { "type": "string", "format": "uuid" }
            },
            "Name": {
                "name": "name", "in": "path", "required": true,
                "description": "The file's name: the rest of the path, whose slashes are not percent-encoded",
                "schema": { "$ref": "#/components/schemas/FileName" }
            },
            "IdempotencyKey": {
                "name": "Idempotency-Key", "in": "header",
                "description": "Repeats of the same request under one key are done once, for 24 hours",
                "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" }
            },
            "IfMatch": {
                "name": "If-Match", "in": "header",
                "description": "Only if the note has one of these entity tags",
                "schema": tags
            },
            "IfNoneMatch": {
                "name": "If-None-Match", "in": "header",
                "description": "Only if the note has none of these entity tags",
                "schema": tags
            }
        },
        "headers": {
            "ETag": { "description": "The note's version, quoted", "schema": { "type": "string" } },
            "Link": {
                "description": "Where the next page is, while there is one: `<…>; rel=\"next\"`",
                "schema": { "type": "string" }
            }
        },
        "securitySchemes": {
            "sigv4": {
                "type": "apiKey", "name": "Authorization", "in": "header",
                "description": "AWS Signature Version 4 for `execute-api`, with the temporary credentials of an identity",
                "x-amazon-apigateway-authtype": "awsSigv4"
            },
            "bearer": {
                "type": "http", "scheme": "bearer",
                "description": "A token of the user pool or of another issuer that the deployment trusts, or an API key"
            },
            "apiKey": {
                "type": "apiKey", "name": "x-api-key", "in": "header",
                "description": "An API key: `nw_<id>_<secret>`"
            }
        }
    })
}

/// Problem details as RFC 9457 has them, with the members that are ours.
fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "requestId", "error"],
        "properties": {
            "type": { "type": "string", "format": "uri", "description": "Which kind of problem; stable" },
            "title": { "type": "string", "description": "The kind in words" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What is wrong with this request" },
            "requestId": { "type": "string", "description": "By which the log knows this request" },
            "error": { "type": "string", "description": "The same as `detail`" },
            "field": { "type": "string", "description": "The member, parameter or header at fault" }
        }
    })
}
