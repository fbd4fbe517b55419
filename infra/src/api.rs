//! The HTTP API: its routes with their authorization, its CORS, and which route a request takes.

pub(crate) mod path;

use http::Method;
use serde::Deserialize;
use serde_json::Value;

use self::path::PathPattern;
use crate::{
    TemplateError,
    resources::{FUNCTION, Properties, Resources},
};

/// The API's routes and rules.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiSettings {
    /// The API's id.
    pub id: String,
    /// Every route.
    pub routes: Vec<Route>,
    /// What the gateway tells browsers.
    pub cors: CorsSettings,
}

/// A method and a path of the API.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Route {
    /// The method; a template's `ANY` is refused.
    pub method: Method,
    /// The path with its variables, as `/notes/{noteId}`.
    pub path: String,
    /// Who may call it.
    pub auth: RouteAuth,
    pattern: PathPattern,
}

/// How a route's callers are authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum RouteAuth {
    /// By a signature and the signer's policies.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
    /// Not at all: everybody may call it.
    #[serde(rename = "NONE")]
    Open,
}

/// What the gateway answers preflights with, and adds to every answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct CorsSettings {
    /// Origins, or `*` for every one.
    pub allow_origins: Vec<String>,
    /// Methods.
    pub allow_methods: Vec<String>,
    /// Request headers, in lower case.
    pub allow_headers: Vec<String>,
    /// Response headers that a page can read, in lower case.
    pub expose_headers: Vec<String>,
    /// Seconds for which the browser may remember the answer.
    pub max_age: u32,
}

/// The route that a request takes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RouteMatch<'a> {
    /// The route.
    pub route: &'a Route,
    /// Values of the path's variables as they stand in the request's path, in order.
    pub parameters: Vec<(&'a str, &'a str)>,
}

impl ApiSettings {
    /// The route for a request's method and path (without the query), if there is one.
    ///
    /// As API Gateway selects it: a literal segment goes before a variable, a variable before a greedy one.
    pub fn route<'a>(&'a self, method: &Method, path: &'a str) -> Option<RouteMatch<'a>> {
        self.routes
            .iter()
            .filter(|route| route.method == *method)
            .filter_map(|route| {
                let parameters = route.pattern.matches(path)?;
                Some(RouteMatch { route, parameters })
            })
            .min_by(|a, b| a.route.pattern.cmp(&b.route.pattern))
    }
}

impl Route {
    /// The route's key, as `GET /notes/{noteId}`.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

pub(crate) fn settings(resources: &Resources<'_>) -> Result<ApiSettings, TemplateError> {
    let api = resources.only::<HttpApi>()?;
    let id = resources.id(&api.logical_id)?;
    let mut routes = Vec::new();
    // A function is read for its routes only: how it runs on AWS has no local counterpart.
    for (function, properties) in resources.of_kind(FUNCTION) {
        let events = properties.get("Events").and_then(Value::as_object);
        for (name, event) in events.into_iter().flatten() {
            let path = format!("Resources.{function}.Properties.Events.{name}");
            match event.get("Type").and_then(Value::as_str) {
                Some("HttpApi") => {
                    let event: RouteEvent =
                        resources.read(event.get("Properties").unwrap_or(&Value::Null), &path)?;
                    routes.push(route(event, &id, api.properties.auth, path)?);
                }
                // A queue is polled, and the bucket tells of its changes, on AWS only.
                Some("SQS" | "EventBridgeRule") => {}
                _ => {
                    return Err(TemplateError::property(
                        path,
                        "an event of this type is not understood here",
                    ));
                }
            }
        }
    }
    Ok(ApiSettings {
        id,
        routes,
        cors: api.properties.cors_configuration,
    })
}

fn route(
    event: RouteEvent,
    api: &str,
    auth: ApiAuth,
    path: String,
) -> Result<Route, TemplateError> {
    if event.api_id != api {
        return Err(TemplateError::property(
            path,
            format!("`{}` is not the template's API", event.api_id),
        ));
    }
    let authorizer = event
        .auth
        .map_or(auth.default_authorizer, |auth| auth.authorizer);
    if authorizer == RouteAuth::AwsIam && !auth.enable_iam_authorizer {
        return Err(TemplateError::property(
            path,
            "`AWS_IAM` needs `EnableIamAuthorizer`",
        ));
    }
    Ok(Route {
        method: method(&event.method).map_err(|message| TemplateError::property(&path, message))?,
        pattern: PathPattern::parse(&event.path)
            .map_err(|message| TemplateError::property(&path, message))?,
        path: event.path,
        auth: authorizer,
    })
}

pub(crate) fn method(name: &str) -> Result<Method, String> {
    const METHODS: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    METHODS
        .into_iter()
        .find(|method| method == name)
        .ok_or_else(|| format!("`{name}` is not a method of a route"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct HttpApi {
    auth: ApiAuth,
    cors_configuration: CorsSettings,
}

impl Properties for HttpApi {
    const KIND: &'static str = "AWS::Serverless::HttpApi";
    const UNREAD: &'static [&'static str] =
        &["AccessLogSettings", "DefaultRouteSettings", "Description"];
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ApiAuth {
    enable_iam_authorizer: bool,
    default_authorizer: RouteAuth,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RouteEvent {
    api_id: String,
    method: String,
    path: String,
    auth: Option<EventAuth>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EventAuth {
    authorizer: RouteAuth,
}
