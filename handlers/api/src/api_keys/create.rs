//! `POST /api-keys`: a new key, whose secret is in this answer and nowhere else.

use axum::{extract::State, response::Response, routing};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use notewarden_domain::{Invalid, Scopes, Timestamp, api_key::KeyName, api_keys::KeyDraft};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiKeyBody, PATH};
use crate::{
    App,
    body::JsonBody,
    caller::SignedIn,
    json,
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::POST,
    path: PATH,
    operation_id: "createApiKey",
    summary: "Make an API key",
    auth: Auth::Iam,
    problems: &[
        Kind::Malformed,
        Kind::TooMany,
        Kind::TooLarge,
        Kind::UnsupportedMediaType,
        Kind::Invalid,
    ],
    operation,
    handler: || routing::post(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    if headers.contains_key("idempotency-key") {
        // A repeat could not be answered as the first time, as the secret is not kept.
        let rule = "is not taken here, as a secret is answered once: list the keys instead";
        return Err(Problem::malformed("Idempotency-Key", rule));
    }
    let draft = body.members::<CreateApiKeyBody>()?.into_draft()?;
    let (key, token) = app.api_keys.create(&caller, draft).await?;

    let body = ApiKeyBody {
        secret: Some(token.expose()),
        ..ApiKeyBody::from(&key)
    };
    let mut response = json::private(StatusCode::CREATED, &body)?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let location = HeaderValue::try_from(format!("{PATH}/{}", key.id));
    let location = location.map_err(|error| Problem::fault(Kind::Internal, error))?;
    headers.insert(header::LOCATION, location);
    Ok(response)
}

/// Read one by one, so that a refusal names the member at fault.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateApiKeyBody {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    scopes: Value,
    #[serde(default)]
    expires_at: Value,
}

impl CreateApiKeyBody {
    fn into_draft(self) -> Result<KeyDraft, Problem> {
        let breaks = |invalid: &Invalid| Problem::at(Kind::Invalid, invalid);
        let name = match &self.name {
            Value::String(name) => name
                .parse::<KeyName>()
                .map_err(|invalid| breaks(&invalid))?,
            Value::Null => return Err(breaks(&Invalid::new("name", "is required"))),
            _ => return Err(Problem::malformed("name", "must be a string")),
        };
        let expires_at = match &self.expires_at {
            Value::Null => None,
            value => Some(value.as_u64().map(Timestamp::from_millis).ok_or_else(|| {
                let rule = "must be milliseconds since the Unix epoch, or null";
                Problem::malformed("expiresAt", rule)
            })?),
        };
        Ok(KeyDraft {
            name,
            scopes: scopes(&self.scopes)?,
            expires_at,
        })
    }
}

fn scopes(value: &Value) -> Result<Scopes, Problem> {
    let malformed = || Problem::malformed("scopes", "must be an array of strings");
    let breaks = |rule: String| Problem::at(Kind::Invalid, &Invalid::new("scopes", rule));
    let names = match value {
        Value::Array(names) => names,
        Value::Null => return Err(breaks("is required".to_owned())),
        _ => return Err(malformed()),
    };
    names.iter().try_fold(Scopes::default(), |all, name| {
        let name = name.as_str().ok_or_else(malformed)?;
        let scope = Scopes::named(name).ok_or_else(|| {
            let known: Vec<_> = Scopes::GRANTABLE.names().collect();
            breaks(format!(
                "has `{name:.100}`, which is none of `{}`",
                known.join("`, `")
            ))
        })?;
        Ok(all.and(scope))
    })
}

fn operation() -> Value {
    let description = "`Idempotency-Key` is refused here with 400: a repeat cannot be answered as the first time, \
                       because the secret is not kept. Who is left without an answer lists the keys, and revokes the \
                       one that nobody has.";
    json!({
        "description": description,
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": {
                "$ref": "#/components/schemas/ApiKeyMembers"
            } } }
        },
        "responses": { "201": {
            "description": "The key with its `secret`, which is shown this once",
            "headers": { "Location": { "schema": { "type": "string", "format": "uri-reference" } } },
            "content": { "application/json": { "schema": {
                "allOf": [{ "$ref": "#/components/schemas/ApiKey" }],
                "required": ["secret"],
                "properties": { "secret": {
                    "type": "string",
                    "pattern": "^nw_[0-9a-f]{16}_[0-9a-f]{72}$",
                    "description": "The whole key, for `Authorization: Bearer` or `x-api-key`"
                } }
            } } }
        } }
    })
}
