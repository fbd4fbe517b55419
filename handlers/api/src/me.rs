//! The caller's account on the wire: one file per endpoint, and what they share.

pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod get;
mod login;

use serde_json::{Value, json};

/// The schemas of what goes over the wire.
pub(crate) fn schemas() -> [(&'static str, Value); 1] {
    let count = |what: &str| json!({ "type": "integer", "format": "int64", "minimum": 0, "description": what });
    let me = json!({
        "type": "object",
        "required": ["userId", "provider", "signedInWith", "usage", "quota"],
        "properties": {
            "userId": { "type": "string", "description": "Your identity id" },
            "provider": { "type": ["string", "null"],
                          "description": "The login provider that vouches for you, as the identity pool names it" },
            "signedInWith": { "type": ["string", "null"],
                              "enum": ["userPool", "google", "facebook", "oidc", null],
                              "description": "What kind of provider it is" },
            "usage": {
                "type": "object",
                "required": ["notes", "files", "bytes"],
                "properties": {
                    "notes": count("How many notes you have"),
                    "files": count("How many files you have"),
                    "bytes": count("How many bytes the files have together")
                }
            },
            "quota": {
                "type": "object",
                "required": ["files", "bytes", "fileBytes"],
                "properties": {
                    "files": count("How many files you may have"),
                    "bytes": count("How many bytes they may have together"),
                    "fileBytes": count("How many bytes one file may have")
                }
            }
        }
    });
    [("Me", me)]
}
