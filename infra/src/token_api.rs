//! The API for callers with tokens and keys: routes of its own in front of the same function.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    CorsSettings, TemplateError,
    api::path::PathPattern,
    resources::{Properties, Resources},
};

/// The API for callers with tokens and keys.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenApiSettings {
    /// The API's id.
    pub id: String,
    /// Every route.
    pub routes: Vec<TokenRoute>,
    /// What the gateway tells browsers.
    pub cors: CorsSettings,
}

/// A route of the API.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenRoute {
    /// As `GET /notes/{noteId}`, or `$default` for whatever no other route takes.
    pub key: String,
    /// Who may call it.
    pub auth: TokenAuth,
    /// Scopes of which a token must have one, if there are any.
    pub scopes: Vec<String>,
    pattern: Option<(Method, PathPattern)>,
}

/// How a route's callers are authorized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenAuth {
    /// Not at all: everybody may call it.
    Open,
    /// By the gateway itself, with the tokens of one issuer.
    Jwt {
        /// `iss`, letter by letter.
        issuer: String,
        /// Who tokens must be for.
        audiences: Vec<String>,
    },
    /// By a function, with whatever it takes.
    Function,
}

impl TokenApiSettings {
    /// The route for a request's method and path (without the query), if there is one.
    pub fn route(&self, method: &Method, path: &str) -> Option<&TokenRoute> {
        let of_path = |route: &&TokenRoute| {
            let pattern = route.pattern.as_ref();
            pattern.is_some_and(|(of, pattern)| of == method && pattern.matches(path).is_some())
        };
        let most_specific = self.routes.iter().filter(of_path).min_by(|a, b| {
            let pattern = |route: &TokenRoute| route.pattern.clone().map(|(_, pattern)| pattern);
            pattern(a).cmp(&pattern(b))
        });
        most_specific.or_else(|| self.routes.iter().find(|route| route.pattern.is_none()))
    }
}

/// The settings, if the deployment has this API.
pub(crate) fn settings(
    resources: &Resources<'_>,
) -> Result<Option<TokenApiSettings>, TemplateError> {
    let Some(api) = resources.all::<Api>()?.pop() else {
        return Ok(None);
    };
    let id = resources.id(&api.logical_id)?;
    let mut authorizers = BTreeMap::new();
    for found in resources.all::<Authorizer>()? {
        authorizers.insert(resources.id(&found.logical_id)?, found.properties);
    }
    let mut routes = Vec::new();
    for found in resources.all::<Route>()? {
        let path = format!("Resources.{}.Properties", found.logical_id);
        let refuse = |message: String| TemplateError::property(&path, message);
        let route = found.properties;
        if route.api_id != id {
            return Err(refuse(format!("`{}` is not this API", route.api_id)));
        }
        let auth = match (route.authorization_type.as_str(), route.authorizer_id) {
            ("NONE", None) => TokenAuth::Open,
            (kind @ ("JWT" | "CUSTOM"), Some(authorizer)) => {
                let authorizer = authorizers.get(&authorizer);
                let authorizer =
                    authorizer.ok_or_else(|| refuse("its authorizer is not there".to_owned()))?;
                authorizer.auth(kind).map_err(refuse)?
            }
            (kind, _) => return Err(refuse(format!("`{kind}` is not understood here"))),
        };
        if !route.authorization_scopes.is_empty() && !matches!(auth, TokenAuth::Jwt { .. }) {
            return Err(refuse("only a JWT authorizer knows scopes".to_owned()));
        }
        routes.push(TokenRoute {
            pattern: pattern(&route.route_key).map_err(refuse)?,
            key: route.route_key,
            auth,
            scopes: route.authorization_scopes,
        });
    }
    Ok(Some(TokenApiSettings {
        id,
        routes,
        cors: api.properties.cors_configuration,
    }))
}

/// The method and path of a route's key; none of `$default`.
fn pattern(key: &str) -> Result<Option<(Method, PathPattern)>, String> {
    if key == "$default" {
        return Ok(None);
    }
    let (method, path) = key
        .split_once(' ')
        .ok_or_else(|| format!("`{key}` is not the key of a route"))?;
    let method = crate::api::method(method)?;
    Ok(Some((method, PathPattern::parse(path)?)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Api {
    cors_configuration: CorsSettings,
}

impl Properties for Api {
    const KIND: &'static str = "AWS::ApiGatewayV2::Api";
    const UNREAD: &'static [&'static str] = &["Description", "Name", "ProtocolType"];
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Authorizer {
    authorizer_type: String,
    jwt_configuration: Option<JwtConfiguration>,
    /// Another place than the header would be one that is not looked at here.
    identity_source: Option<Vec<String>>,
    #[serde(rename = "AuthorizerPayloadFormatVersion")]
    _payload_format: Option<IgnoredAny>,
}

impl Properties for Authorizer {
    const KIND: &'static str = "AWS::ApiGatewayV2::Authorizer";
    // How the function is called, and for how long its answers are kept, on AWS.
    const UNREAD: &'static [&'static str] = &[
        "ApiId",
        "AuthorizerResultTtlInSeconds",
        "AuthorizerUri",
        "EnableSimpleResponses",
        "Name",
    ];
}

impl Authorizer {
    /// What a route of this `AuthorizationType` asks of callers.
    fn auth(&self, kind: &str) -> Result<TokenAuth, String> {
        const HEADER: &str = "$request.header.Authorization";
        let sources = self.identity_source.iter().flatten();
        if let Some(other) = sources.into_iter().find(|source| *source != HEADER) {
            return Err(format!("`{other}` is not an identity source here"));
        }
        match (kind, self.authorizer_type.as_str(), &self.jwt_configuration) {
            ("JWT", "JWT", Some(jwt)) => Ok(TokenAuth::Jwt {
                issuer: jwt.issuer.clone(),
                audiences: jwt.audience.clone(),
            }),
            ("CUSTOM", "REQUEST", None) => Ok(TokenAuth::Function),
            (kind, of, _) => Err(format!("`{kind}` does not go with an authorizer of `{of}`")),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct JwtConfiguration {
    issuer: String,
    audience: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Route {
    api_id: String,
    route_key: String,
    authorization_type: String,
    authorizer_id: Option<String>,
    #[serde(default)]
    authorization_scopes: Vec<String>,
}

impl Properties for Route {
    const KIND: &'static str = "AWS::ApiGatewayV2::Route";
    const UNREAD: &'static [&'static str] = &["Target"];
}
