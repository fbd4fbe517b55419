//! The function that tells API Gateway who comes with a token or an API key (“Control access to HTTP APIs with AWS Lambda
//! authorizers”, “Use API Gateway Lambda authorizers”).
//!
//! What it answers holds for every route of its API, because the gateway may keep an answer for one credential and use
//! it for others: what the credential allows is in the context, and it is the API that looks there.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};
use lambda_runtime::{Context, Diagnostic};
use notewarden_api::{Way, credential_of};
use notewarden_domain::{StoreError, api_key::ApiKeyToken, api_keys::ApiKeys, ports::Clock};
use notewarden_oidc::{Issuers, TokenError};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use tokio::time::Instant;
use tracing::Instrument;

use crate::{
    InvalidEvent,
    record::{Facts, Outcome, Records},
};

/// The authorizer as a function.
pub(crate) struct Authorizer {
    pub(crate) api_keys: ApiKeys,
    pub(crate) issuers: Issuers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) records: Records,
}

/// Why the function fails, which the gateway answers with 500 and does not keep.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorizerError {
    #[error(transparent)]
    Event(#[from] InvalidEvent),
    #[error("the API keys cannot be read")]
    Store(#[from] StoreError),
    #[error("the keys of an issuer cannot be had")]
    Issuer(#[source] TokenError),
    /// The very word that makes a REST API answer 401.
    #[error("Unauthorized")]
    Nobody,
}

/// The gateway reads the message, and tells nobody.
impl From<AuthorizerError> for Diagnostic {
    fn from(error: AuthorizerError) -> Self {
        Self {
            error_type: match error {
                AuthorizerError::Event(_) => "InvalidEvent",
                AuthorizerError::Nobody => "Unauthorized",
                AuthorizerError::Store(_) | AuthorizerError::Issuer(_) => "Unavailable",
            }
            .to_owned(),
            error_message: error.to_string(),
        }
    }
}

impl Authorizer {
    /// Answers one event.
    pub(crate) async fn answer(
        &self,
        event: Box<RawValue>,
        context: Context,
    ) -> Result<Value, AuthorizerError> {
        let span = tracing::info_span!("invocation", invocation_id = context.request_id);
        let started = Instant::now();
        let facts = Facts::of(&context, self.clock.now());
        let answer = self.authorize(&event).instrument(span).await;
        let outcome = match &answer {
            Err(AuthorizerError::Event(_)) => Outcome::InvalidEvent,
            _ => Outcome::Answered,
        };
        let has_failed = !matches!(answer, Ok(_) | Err(AuthorizerError::Nobody));
        if let (true, Err(error)) = (has_failed, &answer) {
            tracing::error!(error = error as &dyn Error, "a credential cannot be judged");
        }
        self.records.write(
            outcome,
            &Facts {
                took: started.elapsed(),
                has_failed,
                ..facts
            },
        );
        answer
    }

    async fn authorize(&self, event: &RawValue) -> Result<Value, AuthorizerError> {
        let event: Event = serde_json::from_str(event.get())
            .map_err(|error| InvalidEvent::at("authorizer", &error))?;
        let way = match credential_of(&event.headers()) {
            Some(shown) => self.way(shown).await?,
            None => None,
        };
        event.reply(way.as_ref())
    }

    /// The way in that a credential is; none if it is nobody's.
    async fn way(&self, shown: &str) -> Result<Option<Way>, AuthorizerError> {
        if ApiKeyToken::is_meant_by(shown) {
            let key = self.api_keys.authenticate(shown).await?;
            return Ok(key.as_ref().map(Way::by_key));
        }
        match self.issuers.verify(shown).await {
            Ok(verified) => Ok(Way::by_claims(&verified.claims).ok()),
            Err(error @ TokenError::Unavailable(_)) => Err(AuthorizerError::Issuer(error)),
            Err(error) => {
                tracing::info!(reason = %error, "a token is refused");
                Ok(None)
            }
        }
    }
}

/// An event of either payload format, with the members that matter here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    route_arn: Option<String>,
    #[serde(default)]
    method_arn: Option<String>,
    /// Of a `TOKEN` authorizer, which is shown one header's value.
    #[serde(default)]
    authorization_token: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
}

impl Event {
    /// The headers that may hold a credential.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let token = self.authorization_token.iter();
        let token = token.map(|token| ("authorization", token));
        let lines = self.headers.iter().flatten();
        let lines = lines.map(|(name, value)| (name.as_str(), value));
        for (name, value) in lines.chain(token) {
            let name = HeaderName::try_from(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                headers.append(name, value);
            }
        }
        headers
    }

    /// In the form that the event's format asks for: 2.0 takes the simple one, 1.0 a policy.
    fn reply(&self, way: Option<&Way>) -> Result<Value, AuthorizerError> {
        if self.version.as_deref() == Some("2.0") {
            return Ok(match way {
                Some(way) => json!({ "isAuthorized": true, "context": way.context() }),
                None => json!({ "isAuthorized": false }),
            });
        }
        let way = way.ok_or(AuthorizerError::Nobody)?;
        let arn = self.method_arn.as_deref().or(self.route_arn.as_deref());
        let resource = arn.and_then(every_route);
        let resource = resource.ok_or(InvalidEvent::unknown("authorizer"))?;
        Ok(json!({
            "principalId": principal(way),
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": resource
                }]
            },
            "context": way.context()
        }))
    }
}

/// Every route of the stage that `arn` names one of: `arn:aws:execute-api:<region>:<account>:<api>/<stage>/GET/notes`.
fn every_route(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(3, '/');
    let (api, stage) = (parts.next()?, parts.next()?);
    let is_api = api.starts_with("arn:") && api.contains(":execute-api:") && !stage.is_empty();
    is_api.then(|| format!("{api}/{stage}/*"))
}

/// Who it is, for the gateway's logs.
fn principal(way: &Way) -> String {
    match way {
        Way::ApiKey { id, .. } => id.to_string(),
        Way::Token { login, .. } => login.subject().to_owned(),
    }
}

#[cfg(test)]
mod tests;
