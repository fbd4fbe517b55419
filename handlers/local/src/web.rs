//! The built web client as static files at `/app/`, with the headers that keep a page from running or sending anything
//! that is not its own, and `/config.json`, which tells one build where it runs.

use std::path::{Path, PathBuf};

use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use serde::Serialize;
use serde_json::json;

use crate::{
    app::App,
    deployment::{Deployment, REGION},
    wire::{self, Response},
};

/// Only what this server serves may run, be shown or be called. Pictures may come from memory too: previews.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What every answer here carries.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];
/// The pages of the build.
const CLIENT: &str = "index.html";
/// The page at `/_local/`.
pub const CONSOLE: &str = "console.html";

/// `/config.json`. A deployment writes the same, with its own addresses.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    region: &'static str,
    user_pool: &'a str,
    user_pool_client: &'a str,
    identity_pool: &'a str,
    bucket: &'a str,
    /// The API's base URL, which may be relative to the page's origin.
    api: &'static str,
    /// Where Cognito and S3 are reached, where that is not AWS.
    endpoint: &'static str,
}

/// Where a built client is, if there is one: `web` beside the program, as a release archive has it, or else where
/// `npm run build` leaves it in the source tree.
pub fn find() -> Option<PathBuf> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.join("web")));
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    beside
        .into_iter()
        .chain([built])
        .find(|folder| folder.join(CLIENT).is_file())
}

/// Whether a request for `path` is for the web client.
pub fn is_for(path: &str) -> bool {
    matches!(path, "/" | "/app" | "/config.json") || path.starts_with("/app/")
}

/// Answers a request for the web client.
pub async fn handle(app: &App, parts: &Parts) -> Response {
    let path = parts.uri.path();
    let mut response = if parts.method != Method::GET && parts.method != Method::HEAD {
        let message = json!({ "message": "only GET is served here" });
        wire::json(StatusCode::METHOD_NOT_ALLOWED, &message)
    } else if path == "/config.json" {
        config(&app.deployment)
    } else if let Some(file) = path.strip_prefix("/app/") {
        serve(app.web.as_deref(), file).await
    } else {
        to_client()
    };
    protect(&mut response);
    response
}

/// One page of the build.
pub async fn page(app: &App, name: &'static str) -> Response {
    let mut response = serve(app.web.as_deref(), name).await;
    protect(&mut response);
    response
}

fn protect(response: &mut Response) {
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
}

fn to_client() -> Response {
    let mut response = Response::new(wire::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let there = HeaderValue::from_static("/app/");
    response.headers_mut().insert(header::LOCATION, there);
    response
}

fn config(deployment: &Deployment) -> Response {
    let config = Config {
        region: REGION,
        user_pool: &deployment.user_pool,
        user_pool_client: &deployment.user_pool_client,
        identity_pool: &deployment.identity_pool,
        bucket: &deployment.bucket,
        api: "/",
        endpoint: "/",
    };
    let mut response = wire::json(StatusCode::OK, &config);
    let cache = HeaderValue::from_static("no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}

/// The file `name` of the build. A path without an extension is a place in the client, whose page finds its way.
async fn serve(root: Option<&Path>, name: &str) -> Response {
    let Some(root) = root else {
        let message =
            "the web client is not built: `cargo xtask up` builds it where there is Node.js";
        return wire::json(StatusCode::NOT_FOUND, &json!({ "message": message }));
    };
    let last = name.rsplit('/').next().unwrap_or_default();
    let file = if last.contains('.') { name } else { CLIENT };
    let found = match content_type(file).filter(|_| is_plain(file)) {
        Some(kind) => tokio::fs::read(root.join(file))
            .await
            .ok()
            .map(|bytes| (kind, bytes)),
        None => None,
    };
    let Some((kind, bytes)) = found else {
        return wire::json(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" }));
    };
    let mut response = wire::with_type(StatusCode::OK, kind, bytes);
    // The names of assets change with what is in them.
    let cache = if file.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// Whether `path` stays below its folder: plain segments, none hidden. The build's own names are.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|segment| {
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(is_safe)
    })
}

/// The type of a file of the build, by its extension; other files are not served.
fn content_type(file: &str) -> Option<&'static str> {
    Some(match file.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_outside_the_build_are_not_served() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("dist");
        std::fs::create_dir_all(root.join("assets")).unwrap();
        std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        std::fs::write(root.join(".hidden.txt"), "hidden").unwrap();
        std::fs::write(root.join("assets/a-1.js"), "1").unwrap();
        std::fs::write(root.join(CLIENT), "page").unwrap();
        let status = async |name: &str| serve(Some(&root), name).await.status();
        for name in ["assets/a-1.js", "", "notes", "notes/1", "index.html"] {
            assert_eq!(status(name).await, StatusCode::OK, "{name}");
        }
        for name in [
            "../secret.txt",
            "%2e%2e/secret.txt",
            "assets/../../secret.txt",
            "assets//a-1.js",
            ".hidden.txt",
            "assets/missing.js",
            "/etc/passwd.txt",
            "assets/a-1.map",
        ] {
            assert_eq!(status(name).await, StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[tokio::test]
    async fn without_a_build_the_answer_says_so() {
        assert_eq!(serve(None, "").await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn nothing_inline_may_run() {
        assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'; script-src 'self';"));
    }
}
