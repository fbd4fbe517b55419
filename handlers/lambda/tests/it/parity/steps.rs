//! The steps that both places are taken through.

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Somebody signed in.
    Person,
    /// Keys that belong to no identity.
    Administrator,
    /// Nobody: without a signature.
    Nobody,
}

/// One request. In its path, `{0}` is the first note that was created, and `{cursor}` that of the last list.
#[derive(Clone, Debug)]
pub struct Step {
    pub who: Who,
    pub method: &'static str,
    pub path: &'static str,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
    pub expected: u16,
}

impl Step {
    /// The key of the route that it takes.
    pub fn route(&self) -> String {
        let path = self.path.split('?').next().unwrap();
        let mut segments: Vec<_> = path.split('/').collect();
        match &mut segments[..] {
            ["", "notes", note] => *note = "{noteId}",
            ["", "api-keys", key] => *key = "{keyId}",
            _ => {}
        }
        format!("{} {}", self.method, segments.join("/"))
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    const fn by(mut self, who: Who) -> Self {
        self.who = who;
        self
    }
}

fn step(expected: u16, method: &'static str, path: &'static str, body: impl Into<Vec<u8>>) -> Step {
    Step {
        who: Who::Person,
        method,
        path,
        headers: Vec::new(),
        body: body.into(),
        expected,
    }
}

const ABSENT: &str = "/notes/0193bb5a-7c00-7000-8000-00000000000a";

/// `HEAD` is not among them: an HTTP API has no such routes and answers by itself, as the local gateway does. Nor is `/`,
/// where the local server has the web client.
///
/// A file named `a` is in the person's folder when they begin.
pub fn steps() -> Vec<Step> {
    [writes(), reads(), refusals(), changes(), keys(), removals()].concat()
}

fn writes() -> Vec<Step> {
    let create = |body: &str| step(201, "POST", "/notes", body);
    let once = |expected, body: &str| {
        step(expected, "POST", "/notes", body).with("idempotency-key", "key-1")
    };
    vec![
        create(r#"{"content":"one ä \" \\ \u0001 😀"}"#),
        create(r#"{"content":"","unknown":[1]}"#).with("content-type", "text/plain"),
        create(r#"{"content":"with a file","attachments":["a"]}"#),
        once(201, r#"{"content":"once"}"#),
        once(201, r#"{"content":"once"}"#),
        once(422, r#"{"content":"twice"}"#),
    ]
}

fn reads() -> Vec<Step> {
    let get = |expected, path| step(expected, "GET", path, "");
    vec![
        get(200, "/notes"),
        get(200, "/notes?order=oldest&limit=2"),
        get(200, "/notes?order=oldest&limit=2&cursor={cursor}"),
        get(200, "/notes?limit=1&unknown=%C3%A4&unknown"),
        get(200, "/notes/{0}"),
        get(200, "/notes/{2}").with("if-match", "\"1\", \"2\""),
        get(304, "/notes/{0}").with("if-none-match", "W/\"1\""),
        get(200, "/n%6Ftes/{0}"),
        get(200, "/openapi.json").by(Who::Nobody),
        get(200, "/openapi.json"),
    ]
}

fn refusals() -> Vec<Step> {
    let get = |expected, path| step(expected, "GET", path, "");
    let create = |expected, body: &[u8]| step(expected, "POST", "/notes", body);
    let too_long = format!(r#"{{"content":"{}"}}"#, "x".repeat(100_001));
    let too_large = vec![b' '; notewarden_api::MAX_BODY_BYTES + 1];
    vec![
        get(403, "/notes").by(Who::Administrator),
        create(403, b"{}").by(Who::Administrator),
        get(404, "/nowhere"),
        get(404, "/notes/"),
        get(404, "/Notes"),
        step(404, "PATCH", "/notes", ""),
        step(404, "DELETE", "/notes", ""),
        get(404, ABSENT),
        get(404, "/notes/%20"),
        get(404, "/notes/%25"),
        get(404, "/notes/%2541"),
        get(404, "/notes/..%2e"),
        get(412, "/notes/{0}").with("if-match", "\"2\""),
        get(400, "/notes/{0}").with("if-match", "2"),
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

fn changes() -> Vec<Step> {
    let put = |expected, path, body: &str| step(expected, "PUT", path, body);
    vec![
        put(200, "/notes/{0}", r#"{"content":"changed"}"#),
        put(200, "/notes/{0}", r#"{"attachment":"a"}"#).with("if-match", "\"2\""),
        put(200, "/notes/{0}", "{}"),
        put(412, "/notes/{0}", r#"{"content":"x"}"#).with("if-match", "\"1\""),
        put(412, "/notes/{0}", r#"{"content":"x"}"#).with("if-none-match", "*"),
        put(404, ABSENT, r#"{"content":"x"}"#),
        put(400, "/notes/{0}", "{"),
        put(422, "/notes/{0}", r#"{"attachments":[""]}"#),
        step(200, "GET", "/notes/{0}", ""),
    ]
}

/// The key that is made is the fifth thing with an id.
fn keys() -> Vec<Step> {
    let create = |expected, body: &str| step(expected, "POST", "/api-keys", body);
    let get = |expected| step(expected, "GET", "/api-keys", "");
    let revoke = |expected, path| step(expected, "DELETE", path, "");
    vec![
        get(200),
        create(201, r#"{"name":"backup","scopes":["notes:read"]}"#),
        create(400, r#"{"name":1}"#),
        create(400, r#"{"name":"x","scopes":["notes:read"]}"#).with("idempotency-key", "key-2"),
        create(422, r#"{"name":"x","scopes":["everything"]}"#),
        get(200),
        get(403).by(Who::Administrator),
        revoke(404, "/api-keys/0000000000000000"),
        revoke(204, "/api-keys/{4}"),
        get(200),
    ]
}

fn removals() -> Vec<Step> {
    let delete = |expected, path| step(expected, "DELETE", path, "");
    vec![
        delete(400, "/notes/{0}?attachments=drop"),
        delete(412, "/notes/{0}").with("if-match", "\"1\""),
        delete(404, ABSENT),
        delete(204, "/notes/{0}?attachments=keep"),
        delete(404, "/notes/{0}"),
        // The file goes with the last note that names it.
        delete(204, "/notes/{2}"),
        step(
            422,
            "POST",
            "/notes",
            r#"{"content":"x","attachments":["a"]}"#,
        ),
        step(200, "GET", "/notes", ""),
    ]
}
