//! Files, through their links.

use super::{Ask, Step, Who, ask};

/// What is done with files. In the end none is left.
pub fn files() -> Vec<Step> {
    let asks = |asks: Vec<Ask>| asks.into_iter().map(Step::Ask);
    let mut steps = Vec::new();
    steps.extend(asks(refusals()));
    steps.extend(stored());
    steps.extend(asks(looks()));
    steps.extend(downloads());
    steps.extend(asks(removals()));
    steps
}

fn create(expected: u16, body: &str) -> Ask {
    ask(expected, "POST", "/files", body)
}

fn refusals() -> Vec<Ask> {
    let get = |expected, path| ask(expected, "GET", path, "");
    vec![
        // One byte more than what one request can store in S3.
        create(
            413,
            r#"{"name":"a","size":5368709121,"contentType":"text/plain"}"#,
        ),
        // One byte more than what one person may keep.
        create(
            507,
            r#"{"name":"a","size":4294967297,"contentType":"text/plain"}"#,
        ),
        create(400, "{"),
        create(422, r#"{"size":1,"contentType":"text/plain"}"#),
        create(400, r#"{"name":"a","size":"1","contentType":"text/plain"}"#),
        create(422, r#"{"name":"a","size":-1,"contentType":"text/plain"}"#),
        create(
            422,
            r#"{"name":"../a","size":1,"contentType":"text/plain"}"#,
        ),
        create(422, r#"{"name":"a","size":1,"contentType":"text"}"#),
        create(
            422,
            r#"{"name":"a","size":1,"contentType":"text/plain","crc32":"x"}"#,
        ),
        create(415, "name=a").with("content-type", "text/html"),
        create(403, "{}").by(Who::Administrator),
        get(403, "/files").by(Who::Administrator),
        get(400, "/files?limit=1001"),
        get(422, "/files?prefix=/a"),
        get(404, "/files/absent"),
        get(404, "/files/absent?download"),
        get(404, "/files/%00"),
        get(400, "/files/a?download=perhaps"),
        ask(404, "PUT", "/files/a", ""),
        ask(404, "DELETE", "/files/absent", ""),
        ask(400, "DELETE", "/files/a?force=perhaps", ""),
    ]
}

/// A name with what paths encode; an upload with its checksum; one that is asked for twice, and replaced.
fn stored() -> Vec<Step> {
    let twice = r#"{"name":"c.bin","size":2,"contentType":"application/octet-stream"}"#;
    let once = |expected, body: &str| create(expected, body).with("idempotency-key", "key-3");
    vec![
        create(
            201,
            r#"{"name":"b c/ö (1).txt","size":4,"contentType":"text/plain"}"#,
        )
        .into(),
        Step::Upload("text"),
        create(
            201,
            r#"{"name":"b c/summed","size":4,"contentType":"text/markdown; charset=utf-8","crc32":"3b8ba7c7"}"#,
        )
        .into(),
        Step::Upload("text"),
        once(201, twice).into(),
        once(201, twice).into(),
        Step::Upload("ab"),
        once(422, r#"{"name":"d.bin","size":2,"contentType":"application/octet-stream"}"#).into(),
        create(
            201,
            r#"{"name":"c.bin","size":3,"contentType":"image/png"}"#,
        )
        .into(),
        Step::Upload("abc"),
    ]
}

fn looks() -> Vec<Ask> {
    let get = |path| ask(200, "GET", path, "");
    vec![
        get("/files"),
        get("/files?limit=2"),
        get("/files?limit=2&cursor=<cursor>"),
        get("/files?prefix=b%20c/&limit=1"),
        get("/files?prefix=b%20c/&limit=1&cursor=<cursor>"),
        ask(400, "GET", "/files?prefix=c&limit=1&cursor=<cursor>", ""),
        ask(400, "GET", "/notes?cursor=<cursor>", ""),
        get("/files?prefix=nothing"),
        get("/files/b%20c/%C3%B6%20(1).txt"),
        get("/files/b%20c/summed"),
        get("/files/c.bin?download=false"),
        get("/me"),
        get("/files").by(Who::Neighbour),
        ask(404, "GET", "/files/c.bin?download", "").by(Who::Neighbour),
        ask(404, "DELETE", "/files/c.bin?force", "").by(Who::Neighbour),
    ]
}

fn downloads() -> Vec<Step> {
    let download = |path| ask(307, "GET", path, "").into();
    vec![
        download("/files/b%20c/%C3%B6%20(1).txt?download"),
        Step::Download(200),
        download("/files/c.bin?download=true"),
        Step::Download(200),
    ]
}

fn removals() -> Vec<Ask> {
    let delete = |expected, path| ask(expected, "DELETE", path, "");
    let note = r#"{"content":"x","attachments":["c.bin"]}"#;
    vec![
        ask(201, "POST", "/notes", note),
        delete(409, "/files/c.bin"),
        delete(204, "/files/c.bin?force"),
        delete(404, "/files/c.bin"),
        ask(404, "GET", "/files/c.bin", ""),
        delete(204, "/files/b%20c/%C3%B6%20(1).txt"),
        delete(204, "/files/b%20c/summed?force=false"),
        delete(403, "/files/absent").by(Who::Administrator),
        ask(200, "GET", "/files", ""),
    ]
}
