//! Notes. A file named `a` is in the person's folder when they begin.

use super::{Ask, Who, ask};

const ABSENT: &str = "/notes/0193bb5a-7c00-7000-8000-00000000000a";

/// What is done with notes, until the file goes that is in the folder at the beginning.
pub fn notes() -> Vec<Ask> {
    [writes(), reads(), refusals(), changes(), removals()].concat()
}

fn writes() -> Vec<Ask> {
    let create = |body: &str| ask(201, "POST", "/notes", body);
    let once = |expected, body: &str| {
        ask(expected, "POST", "/notes", body).with("idempotency-key", "key-1")
    };
    vec![
        create(r#"{"content":"one ä \" \\ \u0001 😀"}"#),
        create(r#"{"content":"","unknown":[1]}"#).with("content-type", "text/plain"),
        create(r#"{"content":"with a file","attachments":["a"]}"#).of(" with a file"),
        once(201, r#"{"content":"once"}"#),
        once(201, r#"{"content":"once"}"#),
        once(422, r#"{"content":"twice"}"#),
    ]
}

fn reads() -> Vec<Ask> {
    let get = |expected, path| ask(expected, "GET", path, "");
    vec![
        get(200, "/notes"),
        get(200, "/notes?order=oldest&limit=2"),
        get(200, "/notes?order=oldest&limit=2&cursor=<cursor>"),
        get(200, "/notes?limit=1&unknown=%C3%A4&unknown"),
        get(200, "/notes/<note 0>"),
        get(200, "/notes/<note 2>").with("if-match", "\"1\", \"2\""),
        get(304, "/notes/<note 0>").with("if-none-match", "W/\"1\""),
        get(200, "/n%6Ftes/<note 0>"),
        get(200, "/openapi.json").by(Who::Nobody),
        get(200, "/openapi.json"),
    ]
}

fn refusals() -> Vec<Ask> {
    let get = |expected, path| ask(expected, "GET", path, "");
    let create = |expected, body: &[u8]| ask(expected, "POST", "/notes", body);
    let too_long = format!(r#"{{"content":"{}"}}"#, "x".repeat(100_001));
    let too_large = vec![b' '; notewarden_api::MAX_BODY_BYTES + 1];
    vec![
        get(403, "/notes").by(Who::Administrator),
        create(403, b"{}").by(Who::Administrator),
        get(404, "/nowhere"),
        get(404, "/notes/"),
        get(404, "/Notes"),
        ask(404, "PATCH", "/notes", ""),
        ask(404, "DELETE", "/notes", ""),
        get(404, ABSENT),
        get(404, "/notes/<note 0>").by(Who::Neighbour),
        ask(404, "DELETE", "/notes/<note 0>", "").by(Who::Neighbour),
        get(404, "/notes/%20"),
        get(404, "/notes/%25"),
        get(404, "/notes/%2541"),
        get(404, "/notes/..%2e"),
        get(412, "/notes/<note 0>").with("if-match", "\"2\""),
        get(400, "/notes/<note 0>").with("if-match", "2"),
        get(400, "/notes?limit=0"),
        get(400, "/notes?limit=1&limit=1"),
        get(400, "/notes?order=newer"),
        get(400, "/notes?cursor=x"),
        create(400, b""),
        create(400, b"[]"),
        create(400, br#"{"content":1}"#),
        create(400, b"{\"content\":\"\xff\"}"),
        create(400, br#"{"content":"x"}"#).with("idempotency-key", ""),
        create(422, b"{}"),
        create(422, br#"{"content":"x","attachments":["absent"]}"#),
        create(422, br#"{"content":"x","attachment":"../a"}"#),
        create(422, too_long.as_bytes()),
        create(413, &too_large),
        create(415, br#"{"content":"x"}"#).with("content-type", "image/png"),
        create(415, br#"{"content":"x"}"#).with("content-encoding", "gzip"),
    ]
}

fn changes() -> Vec<Ask> {
    let put = |expected, path, body: &str| ask(expected, "PUT", path, body);
    vec![
        put(200, "/notes/<note 0>", r#"{"content":"changed"}"#),
        put(200, "/notes/<note 0>", r#"{"attachment":"a"}"#)
            .with("if-match", "\"2\"")
            .of(" with a file more"),
        put(200, "/notes/<note 0>", "{}"),
        put(412, "/notes/<note 0>", r#"{"content":"x"}"#).with("if-match", "\"1\""),
        put(412, "/notes/<note 0>", r#"{"content":"x"}"#).with("if-none-match", "*"),
        put(404, ABSENT, r#"{"content":"x"}"#),
        put(400, "/notes/<note 0>", "{"),
        put(422, "/notes/<note 0>", r#"{"attachments":[""]}"#),
        ask(200, "GET", "/notes/<note 0>", ""),
    ]
}

fn removals() -> Vec<Ask> {
    let delete = |expected, path| ask(expected, "DELETE", path, "");
    vec![
        delete(400, "/notes/<note 0>?attachments=drop"),
        delete(412, "/notes/<note 0>").with("if-match", "\"1\""),
        delete(404, ABSENT),
        delete(204, "/notes/<note 0>?attachments=keep").of(" with a file, which stays"),
        delete(204, "/notes/<note 1>"),
        delete(404, "/notes/<note 0>"),
        // The file goes with the last note that names it.
        delete(204, "/notes/<note 2>").of(" with a file"),
        ask(
            422,
            "POST",
            "/notes",
            r#"{"content":"x","attachments":["a"]}"#,
        ),
        ask(200, "GET", "/notes", ""),
    ]
}
