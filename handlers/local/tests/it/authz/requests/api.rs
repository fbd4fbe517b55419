//! The HTTP API.

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::{Case, case};
use crate::support::Actor;

/// Notes and API keys.
pub fn api() -> Vec<Case> {
    let api = |name: &str, method: Method, body: Option<Value>, is_one: bool| {
        case(name, "execute-api", move |alice: Actor| {
            let (method, body) = (method.clone(), body.clone());
            async move {
                let path = if is_one {
                    format!("/notes/{}", alice.note("alice's").await)
                } else {
                    "/notes".to_owned()
                };
                let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
                alice.request(method, &path, &[], body)
            }
        })
    };
    let content = || Some(json!({ "content": "x" }));
    vec![
        case(
            "GET /openapi.json",
            "execute-api",
            |alice: Actor| async move { alice.request(Method::GET, "/openapi.json", &[], "") },
        ),
        api("GET /notes", Method::GET, None, false),
        api("POST /notes", Method::POST, content(), false),
        api("GET /notes/{noteId}", Method::GET, None, true),
        api("PUT /notes/{noteId}", Method::PUT, content(), true),
        api("DELETE /notes/{noteId}", Method::DELETE, None, true),
        case("GET /api-keys", "execute-api", |alice: Actor| async move {
            alice.request(Method::GET, "/api-keys", &[], "")
        }),
        case("POST /api-keys", "execute-api", |alice: Actor| async move {
            let body = r#"{"name":"x","scopes":["notes:read"]}"#;
            alice.request(Method::POST, "/api-keys", &[], body)
        }),
        case(
            "DELETE /api-keys/{keyId}",
            "execute-api",
            |alice: Actor| async move {
                let key = alice.api_key(&["notes:read"]).await;
                let id = key["keyId"].as_str().unwrap();
                alice.request(Method::DELETE, &format!("/api-keys/{id}"), &[], "")
            },
        ),
        case(
            "PATCH /notes (no such route)",
            "execute-api",
            |alice: Actor| async move { alice.request(Method::PATCH, "/notes", &[], "") },
        ),
    ]
}

/// Files, archives and the account: a file of alice's, and an archive of it that is ready.
pub fn storage() -> Vec<Case> {
    let on_file = |name: &str, method: Method, path: &'static str, body: &'static str| {
        case(name, "execute-api", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.put("file.txt", "alice's").await.ok();
                alice.request(method, path, &[], body)
            }
        })
    };
    let on_archive = |name: &str, method: Method, query: &'static str| {
        case(name, "execute-api", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.put("file.txt", "alice's").await.ok();
                let id = alice.archive(&json!({ "files": ["file.txt"] })).await;
                alice.request(method, &format!("/archives/{id}{query}"), &[], "")
            }
        })
    };
    let file = "/files/file.txt";
    let new = r#"{"name":"new.txt","size":3,"contentType":"text/plain"}"#;
    let wanted = r#"{"files":["file.txt"]}"#;
    vec![
        on_file("GET /files", Method::GET, "/files", ""),
        on_file("POST /files", Method::POST, "/files", new),
        on_file("GET /files/{name+}", Method::GET, file, ""),
        on_file(
            "GET /files/{name+} (download)",
            Method::GET,
            "/files/file.txt?download",
            "",
        ),
        on_file("DELETE /files/{name+}", Method::DELETE, file, ""),
        on_file("GET /archives", Method::GET, "/archives", ""),
        on_file("POST /archives", Method::POST, "/archives", wanted),
        on_archive("GET /archives/{archiveId}", Method::GET, ""),
        on_archive(
            "GET /archives/{archiveId} (download)",
            Method::GET,
            "?download",
        ),
        on_archive("DELETE /archives/{archiveId}", Method::DELETE, ""),
        on_file("GET /me", Method::GET, "/me", ""),
        on_file("POST /me/export", Method::POST, "/me/export", ""),
    ]
}
