//! Every route by every way in: a real server's verdicts, committed as `ways.golden`, so that a change of what any
//! credential reaches is one that a reviewer reads. `UPDATE_GOLDEN=1` writes it anew; a route that is not in it fails.

mod credentials;
mod modes;

use std::{fmt::Write, path::Path, sync::Arc};

use bytes::Bytes;
use http::{Method, Request};
use notewarden_api::{Auth, RouteInfo, routes};
use serde_json::{Value, json};

use self::credentials::{Credential, credentials};
use crate::{
    federation::issuer::Issuer,
    support::{Actor, Answer, Place},
};

const GOLDEN: &str = "tests/it/ways.golden";

#[tokio::test]
async fn the_table_of_ways_is_as_committed() {
    let issuer = Issuer::start().await;
    let place = Place::start_with(None, Some(&issuer.description())).await;
    let alice = Actor::sign_up(&place, "alice").await;
    let bob = Actor::sign_up(&place, "bob").await;
    let credentials = credentials(&place, &issuer, &alice, &bob).await;
    let mut table = String::from(
        "# way × credential × route → verdict, as a real server answers. Everything asked for is alice's.\n",
    );
    // Whoever may end an account is nobody afterwards: such a route comes last.
    let (last, rest): (Vec<_>, Vec<_>) = routes().iter().partition(|route| ends_account(route));
    for route in rest.into_iter().chain(last) {
        writeln!(table, "\n{} {}", route.method, route.path).unwrap();
        for credential in &credentials {
            let answer = ask(&place, route, &alice, credential).await;
            assert!(!answer.status.is_server_error(), "{answer:?}");
            let (way, whose) = credential.name;
            let verdict = verdict(&answer);
            writeln!(table, "  {way:<12} {whose:<34} {verdict}").unwrap();
            never_anothers(route, &alice, credential, &answer);
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

/// Whether an account ends by it.
fn ends_account(route: &RouteInfo) -> bool {
    route.method == Method::DELETE && route.path == "/me"
}

/// What is not somebody's own says nothing of whose it is.
fn never_anothers(route: &RouteInfo, alice: &Actor, credential: &Credential, answer: &Answer) {
    if route.auth == Auth::None || credential.is_alices {
        return;
    }
    let body = String::from_utf8_lossy(&answer.body);
    assert!(!body.contains(&alice.identity_id), "{}: {body}", route.path);
}

async fn ask(
    place: &Arc<Place>,
    route: &RouteInfo,
    alice: &Actor,
    credential: &Credential,
) -> Answer {
    let mut path = route.path.to_owned();
    while let Some((before, rest)) = path.split_once('{') {
        let (parameter, after) = rest.split_once('}').unwrap();
        let value = value(alice, parameter).await;
        path = format!("{before}{value}{after}");
    }
    let body = match route.method {
        Method::POST | Method::PUT => Bytes::from(body(route).to_string()),
        _ => Bytes::new(),
    };
    let mut request: Request<Bytes> = alice.request(route.method.clone(), &path, &[], body);
    (credential.show)(&mut request);
    place.send(request).await
}

/// Something of alice's for a parameter of a path.
async fn value(alice: &Actor, parameter: &str) -> String {
    match parameter {
        "noteId" => alice.note("alice's").await,
        "keyId" => {
            let made = alice.api_key(&["notes:read"]).await;
            made["keyId"].as_str().unwrap().to_owned()
        }
        "name" | "name+" => {
            alice.put("file.txt", "alice's").await.ok();
            "file.txt".to_owned()
        }
        _ => "0193bb5a-7c00-7000-8000-00000000000a".to_owned(),
    }
}

/// A body that any route takes: each reads its own members.
fn body(_: &RouteInfo) -> Value {
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
