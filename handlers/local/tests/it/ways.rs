//! Every route by every way in: a real server's verdicts, committed as `ways.golden`, so that a change of what any
//! credential reaches is one that a reviewer reads. `UPDATE_GOLDEN=1` writes it anew; a route that is not in it fails.

mod cast;
mod credentials;
mod modes;
mod people;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
};

use bytes::Bytes;
use http::Method;
use notewarden_api::{Auth, RouteInfo, routes};
use serde_json::{Value, json};

use self::{
    cast::Cast,
    credentials::{Name, Show, make, names},
};
use crate::support::{Actor, Answer};

const GOLDEN: &str = "tests/it/ways.golden";

#[tokio::test]
async fn the_table_of_ways_is_as_committed() {
    let mut table = String::from(
        "# way × credential × route → verdict, as a real server answers. Everything asked for is alice's.\n",
    );
    let mut cast = Cast::start().await;
    let mut shown = Vec::new();
    for name in names() {
        shown.push((name, make(&cast, name).await));
    }
    let (last, rest): (Vec<&RouteInfo>, Vec<&RouteInfo>) =
        routes().iter().partition(|route| ends_account(route));
    for route in rest {
        writeln!(table, "\n{} {}", route.method, route.path).unwrap();
        let mut things = Things::default();
        for (name, show) in &shown {
            let answer = ask(&cast, route, &mut things, show).await;
            note(&mut table, route, *name, &cast.alice, &answer);
        }
    }
    // Whoever may do this is nobody afterwards.
    for route in last {
        writeln!(table, "\n{} {}", route.method, route.path).unwrap();
        for name in names() {
            let show = make(&cast, name).await;
            let answer = ask(&cast, route, &mut Things::default(), &show).await;
            note(&mut table, route, name, &cast.alice, &answer);
            if answer.status.is_success() {
                cast.recast().await;
            }
        }
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&golden).unwrap();
    for (number, (found, expected)) in table.lines().zip(committed.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {GOLDEN}", number + 1);
    }
    assert_eq!(table.lines().count(), committed.lines().count());
}

/// Nothing escapes the table: every route of the API and of the template, every way in that is documented.
#[test]
fn every_route_and_every_way_is_in_the_table() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    let table = std::fs::read_to_string(golden).unwrap();
    let in_table: BTreeSet<&str> = table.lines().filter(|line| line.contains(" /")).collect();
    let served = routes()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path));
    let described = notewarden::wiring::template_routes().unwrap();
    for route in served.chain(described) {
        assert!(
            in_table.contains(route.as_str()),
            "`{route}` is not in {GOLDEN}"
        );
    }
    for Name { way, whose } in names() {
        let row = format!("  {way:<15} {whose:<33} ");
        assert!(table.contains(&row), "`{way}`, {whose}, is not in {GOLDEN}");
    }
}

/// Whether an account ends by it.
fn ends_account(route: &RouteInfo) -> bool {
    route.method == Method::DELETE && route.path == "/me"
}

/// Writes a verdict down. What is not somebody's own says nothing of whose it is.
fn note(table: &mut String, route: &RouteInfo, name: Name, alice: &Actor, answer: &Answer) {
    let Name { way, whose } = name;
    assert!(
        !answer.status.is_server_error(),
        "{} by {way}, {whose}: {answer:?}",
        route.path
    );
    writeln!(table, "  {way:<15} {whose:<33} {}", verdict(answer)).unwrap();
    if route.auth != Auth::None && !name.is_alices() {
        let body = String::from_utf8_lossy(&answer.body);
        assert!(
            !body.contains(&alice.identity_id),
            "{} by {way}, {whose}: {body}",
            route.path
        );
    }
}

/// What of alice's is asked for, until it is gone.
#[derive(Default)]
struct Things(BTreeMap<String, String>);

impl Things {
    /// Something of alice's for a parameter of a path.
    async fn value(&mut self, alice: &Actor, parameter: &str) -> String {
        if let Some(value) = self.0.get(parameter) {
            return value.clone();
        }
        let value = match parameter {
            "noteId" => alice.note("alice's").await,
            "keyId" => {
                let made = alice.api_key(&["notes:read"]).await;
                made["keyId"].as_str().unwrap().to_owned()
            }
            "archiveId" => alice.archive(&json!({ "files": ["file.txt"] })).await,
            "name+" => "file.txt".to_owned(),
            other => panic!("nothing is known for `{{{other}}}`"),
        };
        self.0.insert(parameter.to_owned(), value.clone());
        value
    }
}

async fn ask(cast: &Cast, route: &RouteInfo, things: &mut Things, show: &Show) -> Answer {
    let alice = &cast.alice;
    if things.0.is_empty() {
        alice.put("file.txt", "alice's").await.ok();
    }
    let mut path = route.path.to_owned();
    while let Some((before, rest)) = path.split_once('{') {
        let (parameter, after) = rest.split_once('}').unwrap();
        let value = things.value(alice, parameter).await;
        path = format!("{before}{value}{after}");
    }
    let body = match route.method {
        Method::POST | Method::PUT => Bytes::from(body().to_string()),
        _ => Bytes::new(),
    };
    let mut request = alice.request(route.method.clone(), &path, &[], body);
    show.put(&mut request);
    let answer = cast.place.send(request).await;
    if route.method == Method::DELETE && answer.status.is_success() {
        things.0.clear();
    }
    answer
}

/// A body that any route takes: each reads its own members.
fn body() -> Value {
    json!({ "content": "x", "name": "x", "scopes": ["notes:read"], "size": 1,
            "contentType": "text/plain", "files": ["file.txt"] })
}

/// The status, and what the error calls itself.
fn verdict(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    if answer.status.is_success() {
        return status.to_string();
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let name = ["title", "message"].iter().find_map(|name| body.get(name));
    let name = name.and_then(Value::as_str).unwrap_or_default();
    format!("{status} {name}").trim_end().to_owned()
}
