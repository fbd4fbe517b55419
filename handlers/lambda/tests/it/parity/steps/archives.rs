//! Archives, which the worker of each place really makes.

use super::{Ask, Step, Who, ask};

/// What is done with archives.
pub fn archives() -> Vec<Step> {
    let asks = |asks: Vec<Ask>| asks.into_iter().map(Step::Ask);
    let mut steps = Vec::new();
    steps.extend(asks(refusals()));
    steps.extend(files());
    steps.extend(asks(waiting()));
    steps.push(Step::Work(&[
        "an archive of one file",
        "an archive of two files",
        "an archive that was cancelled",
    ]));
    steps.extend(made());
    steps.extend(without_some());
    steps
}

fn create(expected: u16, body: &str) -> Ask {
    ask(expected, "POST", "/archives", body)
}

fn get(expected: u16, path: &'static str) -> Ask {
    ask(expected, "GET", path, "")
}

fn delete(expected: u16, path: &'static str) -> Ask {
    ask(expected, "DELETE", path, "")
}

fn refusals() -> Vec<Ask> {
    let absent = "/archives/0193bb5a-7c00-7000-8000-00000000000a";
    vec![
        get(200, "/archives"),
        get(403, "/archives").by(Who::Administrator),
        get(400, "/archives?cursor=x"),
        get(404, absent),
        get(404, "/archives/absent?download"),
        delete(404, absent),
        delete(404, "/archives/absent"),
        delete(403, absent).by(Who::Administrator),
        create(403, "{}").by(Who::Administrator),
        create(422, "{}"),
        create(400, "[]"),
        create(400, r#"{"files":"p/1.txt"}"#),
        create(422, r#"{"files":["absent"]}"#),
        create(422, r#"{"files":["../a"]}"#),
        create(422, r#"{"prefix":"p/"}"#),
        create(422, r#"{"prefix":"/a","name":"x.zip"}"#),
        create(415, "{}").with("content-type", "text/html"),
    ]
}

fn files() -> Vec<Step> {
    let file = |body: &str| ask(201, "POST", "/files", body).into();
    vec![
        file(r#"{"name":"p/1.txt","size":5,"contentType":"text/plain"}"#),
        Step::Upload("first"),
        file(r#"{"name":"p/ö.txt","size":6,"contentType":"text/plain","crc32":"4b8e39ef"}"#),
        Step::Upload("abcdef"),
    ]
}

const ALL: &str = r#"{"prefix":"p/","name":"all of it.zip"}"#;

/// While nobody works.
fn waiting() -> Vec<Ask> {
    vec![
        create(202, r#"{"files":["p/1.txt","p/1.txt"]}"#),
        get(200, "/archives/<archive 0>"),
        get(409, "/archives/<archive 0>?download"),
        create(202, ALL).with("idempotency-key", "key-4"),
        create(202, ALL),
        create(429, ALL),
        delete(204, "/archives/<archive 2>"),
        get(200, "/archives/<archive 2>"),
        get(409, "/archives/<archive 2>?download"),
    ]
}

fn made() -> Vec<Step> {
    let once = |expected, body| create(expected, body).with("idempotency-key", "key-4");
    vec![
        get(200, "/archives").into(),
        get(200, "/archives?limit=2").into(),
        get(200, "/archives?limit=2&cursor=<cursor>").into(),
        get(200, "/archives/<archive 1>").into(),
        get(404, "/archives/<archive 1>?download")
            .by(Who::Neighbour)
            .into(),
        delete(404, "/archives/<archive 1>")
            .by(Who::Neighbour)
            .into(),
        get(307, "/archives/<archive 1>?download").into(),
        Step::Download(200),
        get(307, "/archives/<archive 0>?download").into(),
        Step::Download(200),
        once(202, ALL).into(),
        once(422, r#"{"prefix":"p/"}"#).into(),
        delete(204, "/archives/<archive 1>")
            .of(" that is ready")
            .into(),
        get(404, "/archives/<archive 1>").into(),
        get(404, "/archives/<archive 1>?download").into(),
        // What the key was for is gone.
        once(410, ALL).into(),
        delete(204, "/archives/<archive 2>").into(),
        get(200, "/archives").into(),
    ]
}

/// Files go before their archive is made: one of two, and then all.
fn without_some() -> Vec<Step> {
    vec![
        create(202, ALL).into(),
        delete(204, "/files/p/1.txt").into(),
        Step::Work(&["an archive of two files, of which one is gone"]),
        get(200, "/archives/<archive 3>").into(),
        get(307, "/archives/<archive 3>?download").into(),
        Step::Download(200),
        create(202, ALL).into(),
        delete(204, "/files/p/%C3%B6.txt").into(),
        Step::Work(&["an archive whose files are gone"]),
        get(200, "/archives/<archive 4>").into(),
        get(409, "/archives/<archive 4>?download").into(),
        delete(204, "/archives/<archive 4>").into(),
    ]
}
