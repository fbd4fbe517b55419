//! The authorizers of the API for tokens and keys: what API Gateway does by itself, and what the `authorizer` function
//! does for it.

use std::{collections::HashMap, sync::Arc};

use http::{HeaderMap, header};
use notewarden_api::{Authorizer, JwtAuthorizer, Way, credential_of};
use notewarden_domain::{api_key::ApiKeyToken, api_keys::ApiKeys};
use notewarden_infra::{TokenApiSettings, TokenAuth, TokenRoute};
use notewarden_oidc::{Issuers, Verifier};
use serde_json::{Map, Value};

/// The API for tokens and keys.
pub struct TokenApi {
    /// Its routes.
    pub settings: TokenApiSettings,
    /// For each issuer of a JWT authorizer, its verifier.
    pub gateways: HashMap<String, Arc<Verifier>>,
    /// The issuers that the function takes tokens of.
    pub issuers: Issuers,
    /// The keys that the function takes.
    pub api_keys: ApiKeys,
}

/// Why an authorizer lets nobody through.
#[derive(Debug)]
pub enum Barred {
    /// There is nothing that could be looked at, or the gateway does not take it.
    Unauthorized(String),
    /// It is nobody's, or does not reach this far.
    Forbidden(String),
    /// What must be asked does not answer.
    Failed(String),
}

impl Barred {
    /// The reason, for whoever runs the server.
    pub fn reason(&self) -> &str {
        match self {
            Self::Unauthorized(reason) | Self::Forbidden(reason) | Self::Failed(reason) => reason,
        }
    }
}

/// Whether a request comes with a token or a key in place of a signature: which of the two APIs it is for, that have
/// addresses of their own on AWS.
pub fn has_credential(headers: &HeaderMap) -> bool {
    let authorization = headers.get(header::AUTHORIZATION);
    let authorization = authorization.and_then(|value| value.to_str().ok());
    let authorization = authorization.unwrap_or_default();
    let is_token = match authorization.split_once(' ') {
        Some((scheme, _)) => scheme.eq_ignore_ascii_case("bearer"),
        // Half a signature is one that is refused.
        None => !authorization.is_empty() && !authorization.starts_with("AWS"),
    };
    is_token || headers.contains_key("x-api-key")
}

impl TokenApi {
    /// What the route's authorizer finds out.
    ///
    /// # Errors
    /// See [`Barred`].
    pub async fn authorize(
        &self,
        route: &TokenRoute,
        headers: &HeaderMap,
    ) -> Result<Option<Authorizer>, Barred> {
        match &route.auth {
            TokenAuth::Open => Ok(None),
            TokenAuth::Jwt { issuer, .. } => {
                self.by_gateway(issuer, route, headers).await.map(Some)
            }
            TokenAuth::Function => self.by_function(headers).await.map(Some),
        }
    }

    /// As a JWT authorizer: what is wrong with the token is 401, and a missing scope 403.
    async fn by_gateway(
        &self,
        issuer: &str,
        route: &TokenRoute,
        headers: &HeaderMap,
    ) -> Result<Authorizer, Barred> {
        let barred = |reason: &str| Barred::Unauthorized(reason.to_owned());
        if !headers.contains_key(header::AUTHORIZATION) {
            return Err(barred("there is no `Authorization`"));
        }
        let token = credential_of(headers);
        let token = token.ok_or_else(|| barred("`Authorization` holds no token"))?;
        let verifier = self.gateways.get(issuer);
        let verifier = verifier.ok_or_else(|| barred("its issuer is not known"))?;
        let verified = verifier.verify(token).await;
        let verified = verified.map_err(|error| barred(&error.to_string()))?;
        let claims = as_gateway_spells(&verified.claims);
        let held: Vec<&str> = ["scope", "scp"]
            .iter()
            .filter_map(|name| claims.get(*name)?.as_str())
            .flat_map(|text| text.trim_matches(['[', ']']).split_whitespace())
            .collect();
        let of_route: Vec<String> = route
            .scopes
            .iter()
            .filter(|scope| held.contains(&scope.as_str()))
            .cloned()
            .collect();
        if !route.scopes.is_empty() && of_route.is_empty() {
            let wanted = route.scopes.join("`, `");
            return Err(Barred::Forbidden(format!(
                "the token has none of `{wanted}`"
            )));
        }
        Ok(Authorizer::jwt(JwtAuthorizer {
            claims,
            scopes: (!route.scopes.is_empty()).then_some(of_route),
        }))
    }

    /// As the `authorizer` function: no credential is 401, and one that is nobody's 403.
    async fn by_function(&self, headers: &HeaderMap) -> Result<Authorizer, Barred> {
        let shown = credential_of(headers);
        let shown =
            shown.ok_or_else(|| Barred::Unauthorized("there is no one credential".into()))?;
        let way = if ApiKeyToken::is_meant_by(shown) {
            let key = self.api_keys.authenticate(shown).await;
            let key = key.map_err(|error| Barred::Failed(error.to_string()))?;
            let key = key.ok_or_else(|| {
                let reason = "the API key is none, of another secret, revoked or expired";
                Barred::Forbidden(reason.into())
            })?;
            Way::by_key(&key)
        } else {
            let verified = self.issuers.verify(shown).await;
            let verified = verified.map_err(|error| Barred::Forbidden(error.to_string()))?;
            let way = Way::by_claims(&verified.claims);
            way.map_err(|reason| Barred::Forbidden(reason.into()))?
        };
        Ok(Authorizer::lambda(way.context()))
    }
}

/// Claims in the strings that API Gateway makes of them: a list is `[one two]`.
fn as_gateway_spells(claims: &Map<String, Value>) -> Map<String, Value> {
    let spelled = claims.iter().map(|(name, claim)| {
        let text = match claim {
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let items = items.iter().map(|item| match item {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                });
                format!("[{}]", items.collect::<Vec<_>>().join(" "))
            }
            other => other.to_string(),
        };
        (name.clone(), Value::String(text))
    });
    spelled.collect()
}
