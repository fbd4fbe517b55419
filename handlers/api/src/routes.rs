//! The routes: a table that the router, the OpenAPI document and the template's tests are made from.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Response,
    routing::{self, MethodRouter},
};
use http::Method;
use serde_json::Value;

use crate::{
    App, MAX_BODY_BYTES, api_keys, archives, files, json, me, notes, openapi,
    problem::{self, Kind},
};

/// How the gateway authorizes a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// By who calls: the request's signature and the policies of who signed it, or another way in.
    Iam,
    /// Not at all: anybody may call it.
    None,
}

/// One route of the API.
#[derive(Clone, Debug)]
pub struct RouteInfo {
    /// The method.
    pub method: Method,
    /// The path, with its parameters as `{name}`, and one that takes the rest of the path as `{name+}`: the same
    /// spelling that API Gateway has.
    pub path: &'static str,
    /// The operation's name in the OpenAPI document, unique and stable.
    pub operation_id: &'static str,
    /// What the route does, in a few words.
    pub summary: &'static str,
    /// How the gateway authorizes it.
    pub auth: Auth,
    /// The problems that it may answer with, beyond those of every route that needs a caller.
    pub(crate) problems: &'static [Kind],
    /// Its parameters, body and answers as OpenAPI has them.
    pub(crate) operation: fn() -> Value,
    pub(crate) handler: fn() -> MethodRouter<App>,
}

static ROUTES: [RouteInfo; 20] = [
    notes::list::ROUTE,
    notes::create::ROUTE,
    notes::get::ROUTE,
    notes::update::ROUTE,
    notes::delete::ROUTE,
    files::list::ROUTE,
    files::create::ROUTE,
    files::get::ROUTE,
    files::delete::ROUTE,
    archives::list::ROUTE,
    archives::create::ROUTE,
    archives::get::ROUTE,
    archives::delete::ROUTE,
    me::get::ROUTE,
    me::export::ROUTE,
    me::delete::ROUTE,
    api_keys::list::ROUTE,
    api_keys::create::ROUTE,
    api_keys::revoke::ROUTE,
    openapi::ROUTE,
];

/// Every route of the API.
pub fn routes() -> &'static [RouteInfo] {
    &ROUTES
}

/// The API over `app`. What no route takes is answered as API Gateway does.
pub fn router(app: App) -> Router {
    let mut paths = BTreeMap::new();
    for route in routes() {
        // Other methods are unknown routes too, and not 405: API Gateway knows no such answer.
        let methods = paths.remove(route.path);
        let methods = methods.unwrap_or_else(|| routing::any(no_such_route));
        paths.insert(route.path, methods.merge((route.handler)()));
    }
    paths
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| {
            router.route(&pattern(path), methods)
        })
        .fallback(no_such_route)
        // One layer of two, the first outermost: the router boxes each layer anew for every request.
        .layer((
            middleware::from_fn(problem::render),
            DefaultBodyLimit::max(MAX_BODY_BYTES),
        ))
        .with_state(app)
}

/// A route's path as the router spells it.
fn pattern(path: &str) -> String {
    match path
        .strip_suffix("+}")
        .and_then(|path| path.rsplit_once('{'))
    {
        Some((folder, name)) => format!("{folder}{{*{name}}}"),
        None => path.to_owned(),
    }
}

async fn no_such_route() -> Response {
    json::no_such_route()
}
