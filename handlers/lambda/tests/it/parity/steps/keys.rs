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
        // More than a key may ask in a minute, though the minute may end meanwhile.
        ask(429, "GET", "/notes?limit=0", "")
            .by(Who::Key)
            .until_answered(2_000),
        ask(403, "GET", "/notes", "").by(Who::Token),
        revoke(404, "/api-keys/<key 0>").by(Who::Neighbour),
        revoke(204, "/api-keys/<key 0>"),
        get(200),
    ]
}
