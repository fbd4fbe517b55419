//! API keys.

use super::{Ask, Who, ask};

/// What is done with keys.
pub fn keys() -> Vec<Ask> {
    let create = |expected, body: &str| ask(expected, "POST", "/api-keys", body);
    let get = |expected| ask(expected, "GET", "/api-keys", "");
    let revoke = |expected, path| ask(expected, "DELETE", path, "");
    vec![
        get(200),
        create(201, r#"{"name":"backup","scopes":["notes:read"]}"#),
        create(400, r#"{"name":1}"#),
        create(400, r#"{"name":"x","scopes":["notes:read"]}"#).with("idempotency-key", "key-2"),
        create(422, r#"{"name":"x","scopes":["everything"]}"#),
        get(200),
        get(403).by(Who::Administrator),
        revoke(404, "/api-keys/0000000000000000"),
        get(403).by(Who::Key),
        ask(200, "GET", "/notes", "").by(Who::Key),
        ask(403, "GET", "/files", "").by(Who::Key),
        ask(403, "GET", "/notes", "").by(Who::Token),
        revoke(404, "/api-keys/<key 0>").by(Who::Neighbour),
        revoke(204, "/api-keys/<key 0>"),
        get(200),
    ]
}

/// As many keys as one may have, and one more. They are somebody's who keeps their account: its end revokes each key.
pub fn many() -> Vec<Ask> {
    let create = |expected| {
        let body = r#"{"name":"one of many","scopes":["files:read"]}"#;
        ask(expected, "POST", "/api-keys", body).by(Who::Neighbour)
    };
    vec![create(201).times(100), create(409)]
}
