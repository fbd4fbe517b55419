//! The account, to its end.

use super::{Step, Who, ask};

/// What is done with the account; nothing can be done after it.
pub fn account() -> Vec<Step> {
    let get = |expected, path| ask(expected, "GET", path, "");
    let export = |expected, body: &str| ask(expected, "POST", "/me/export", body);
    vec![
        ask(
            201,
            "POST",
            "/files",
            r#"{"name":"kept.txt","size":4,"contentType":"text/plain"}"#,
        )
        .into(),
        Step::Upload("kept"),
        get(403, "/me").by(Who::Administrator).into(),
        get(200, "/me").into(),
        export(400, "{}").with("idempotency-key", "").into(),
        export(403, "{}").by(Who::Administrator).into(),
        export(202, "{}").with("idempotency-key", "key-5").into(),
        Step::Work(&["an export"]),
        export(202, "{}").with("idempotency-key", "key-5").into(),
        get(200, "/archives/<archive 5>").into(),
        get(307, "/archives/<archive 5>?download").into(),
        Step::Download(200),
        ask(403, "DELETE", "/me", "").by(Who::Administrator).into(),
        get(307, "/files/kept.txt?download").into(),
        Step::Download(200),
        ask(202, "DELETE", "/me", "").into(),
        Step::Work(&["the end of an account"]),
        Step::Download(404),
    ]
}
