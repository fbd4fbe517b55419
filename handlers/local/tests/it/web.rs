//! The web client's and the console's pages, as a browser gets them.

use std::fs;

use http::{HeaderMap, StatusCode};
use notewarden::{ephemeral::Ephemeral, wiring::Settings};
use serde_json::Value;

use crate::support::Place;

/// A server with a client of two pages and an asset.
async fn start() -> std::sync::Arc<Place> {
    let server = Ephemeral::start_with(|settings| {
        let web = settings.data_dir.join("built");
        fs::create_dir_all(web.join("assets")).unwrap();
        fs::write(web.join("index.html"), "the client").unwrap();
        fs::write(web.join("console.html"), "the console").unwrap();
        fs::write(web.join("assets/a-1.js"), "1").unwrap();
        Settings {
            web: Some(web),
            ..settings
        }
    });
    Place::of(server.await.unwrap())
}

/// Nothing but the server's own files may run on the page, and no other page may frame it.
fn assert_protected(headers: &HeaderMap, what: &str) {
    let policy = headers["content-security-policy"].to_str().unwrap();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(
            policy.split(';').any(|part| part.trim() == directive),
            "{what}: {policy}"
        );
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    assert_eq!(headers["x-content-type-options"], "nosniff", "{what}");
    assert_eq!(headers["referrer-policy"], "no-referrer", "{what}");
}

#[tokio::test]
async fn pages_are_found_by_deep_links_and_are_protected() {
    let place = start().await;
    for (path, body, cache) in [
        ("/app/", "the client", "no-cache"),
        ("/app/notes/01a1fc53", "the client", "no-cache"),
        (
            "/app/assets/a-1.js",
            "1",
            "public, max-age=31536000, immutable",
        ),
        ("/_local/", "the console", "no-store"),
    ] {
        let answer = place.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.body, body, "{path}");
        assert_eq!(answer.headers["cache-control"], cache, "{path}");
        assert_protected(&answer.headers, path);
    }
    let answer = place.get("/").await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(answer.headers["location"], "/app/");
}

#[tokio::test]
async fn the_configuration_names_the_resources_and_no_secret() {
    let place = start().await;
    let answer = place.get("/config.json").await.ok();
    let config: Value = answer.json();
    for (name, output) in [
        ("userPool", "UserPool"),
        ("userPoolClient", "UserPoolClient"),
        ("identityPool", "IdentityPool"),
        ("bucket", "Bucket"),
        ("region", "Region"),
    ] {
        assert_eq!(config[name], place.outputs[output], "{name}");
    }
    let secret = place.admin_keys().secret;
    assert!(
        !answer
            .body
            .windows(secret.len())
            .any(|part| part == secret.as_bytes())
    );
}

#[tokio::test]
async fn without_a_build_the_api_is_served_all_the_same() {
    let place = Place::start().await;
    let answer = place.get("/app/").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("is not built"), "{message}");
    place.get("/healthz").await.ok();
    place.get("/openapi.json").await.ok();
}
