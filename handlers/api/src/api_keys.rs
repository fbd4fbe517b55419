//! API keys on the wire: one file per endpoint, and what they share.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;

use notewarden_domain::{
    Timestamp,
    api_key::{ApiKey, MAX_NAME_CHARS},
};
use serde::Serialize;
use serde_json::{Value, json};

const PATH: &str = "/api-keys";

/// A key as its owner sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiKeyBody<'a> {
    key_id: String,
    name: &'a str,
    scopes: Vec<&'static str>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    /// The whole key, where it was made by this very request.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl<'a> From<&'a ApiKey> for ApiKeyBody<'a> {
    fn from(key: &'a ApiKey) -> Self {
        Self {
            key_id: key.id.to_string(),
            name: key.name.as_str(),
            scopes: key.scopes.names().collect(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            secret: None,
        }
    }
}

/// The schemas of what goes over the wire.
pub(crate) fn schemas() -> [(&'static str, Value); 2] {
    let moment = |what: &str| {
        json!({ "type": ["integer", "null"], "format": "int64", "minimum": 0,
                "description": format!("{what}, in milliseconds since the Unix epoch") })
    };
    let name = json!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARS });
    let scopes = json!({
        "type": "array",
        "items": { "type": "string", "examples": ["notes:read", "files:*"] },
        "minItems": 1,
        "description": "What the key allows: `notes:`, `files:` or `archives:` with `read`, `write` or `*`"
    });
    let key = json!({
        "type": "object",
        "required": ["keyId", "name", "scopes", "createdAt", "expiresAt", "lastUsedAt"],
        "properties": {
            "keyId": { "type": "string", "pattern": "^[0-9a-f]{16}$" },
            "name": name,
            "scopes": scopes,
            "createdAt": { "type": "integer", "format": "int64", "minimum": 0,
                           "description": "When it was made, in milliseconds since the Unix epoch" },
            "expiresAt": moment("From when on it is refused"),
            "lastUsedAt": moment("When it was last used, to within five minutes")
        }
    });
    let members = json!({
        "type": "object",
        "required": ["name", "scopes"],
        "properties": { "name": name, "scopes": scopes, "expiresAt": moment("From when on it is refused") }
    });
    [("ApiKey", key), ("ApiKeyMembers", members)]
}
