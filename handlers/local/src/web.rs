//! The built web client as static files at `/app/`, with the headers that keep a page from running or sending anything
//! that is not its own, and `/config.json`, which tells one build where it runs.

use std::path::{Path, PathBuf};

use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use notewarden_infra::{CLIENT_HEADERS, ClientConfig, content_security_policy};
use serde_json::json;

use crate::{
    app::App,
    deployment::{Deployment, REGION},
    wire::{self, Response},
};

/// The pages of the build.
const CLIENT: &str = "index.html";
/// The page at `/_local/`.
pub const CONSOLE: &str = "console.html";

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
    // Everything that a page calls is at its own origin.
    let policy = HeaderValue::try_from(content_security_policy(&[]));
    let headers = response.headers_mut();
    // INVARIANT: the policy is visible ASCII.
    headers.extend(
        policy
            .ok()
            .map(|policy| (header::CONTENT_SECURITY_POLICY, policy)),
    );
    for (name, value) in CLIENT_HEADERS {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
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
    let config = ClientConfig {
        region: REGION.to_owned(),
        user_pool: deployment.user_pool.clone(),
        user_pool_client: deployment.user_pool_client.clone(),
        identity_pool: deployment.identity_pool.clone(),
        bucket: deployment.bucket.clone(),
        api: "/".to_owned(),
        endpoint: Some("/".to_owned()),
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
}
