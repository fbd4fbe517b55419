//! The HTTP API: its routes with their authorization, its CORS, and which route a request takes.

mod path;

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, de::IgnoredAny};

use self::path::PathPattern;
use crate::{TemplateError, template::Resources};

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
    let api = resources.only::<HttpApi>("AWS::Serverless::HttpApi")?;
    let id = resources.id(&api.logical_id)?;
    let auth = api.properties.auth;
    let mut routes = Vec::new();
    // A function is read for its routes only: how it runs on AWS has no local counterpart.
    for function in resources.all_with::<Events>("AWS::Serverless::Function", "Events")? {
        for (event, Event::HttpApi(route)) in function.properties {
            let path = format!(
                "Resources.{}.Properties.Events.{event}",
                function.logical_id
            );
            if route.api_id != id {
                return Err(TemplateError::property(
                    path,
                    format!("`{}` is not the template's API", route.api_id),
                ));
            }
            let authorizer = route
                .auth
                .map_or(auth.default_authorizer, |auth| auth.authorizer);
            if authorizer == RouteAuth::AwsIam && !auth.enable_iam_authorizer {
                return Err(TemplateError::property(
                    path,
                    "`AWS_IAM` needs `EnableIamAuthorizer`",
                ));
            }
            routes.push(Route {
                method: method(&route.method)
                    .map_err(|message| TemplateError::property(&path, message))?,
                pattern: PathPattern::parse(&route.path)
                    .map_err(|message| TemplateError::property(&path, message))?,
                path: route.path,
                auth: authorizer,
            });
        }
    }
    Ok(ApiSettings {
        id,
        routes,
        cors: api.properties.cors_configuration,
    })
}

fn method(name: &str) -> Result<Method, String> {
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
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    auth: ApiAuth,
    cors_configuration: CorsSettings,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ApiAuth {
    enable_iam_authorizer: bool,
    default_authorizer: RouteAuth,
}

/// What calls a function, by a name of its own.
type Events = BTreeMap<String, Event>;

#[derive(Deserialize)]
#[serde(tag = "Type", content = "Properties")]
enum Event {
    HttpApi(RouteEvent),
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
