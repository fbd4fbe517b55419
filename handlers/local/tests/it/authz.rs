//! Who may do what: every route and every operation, asked by everybody, of a real server. The table is
//! committed (`authz.golden`), so that a change of what anybody may do is a change that a reviewer reads.
//! `UPDATE_GOLDEN=1` writes it anew.

mod requests;

use std::{fmt::Write, path::Path};

use http::{StatusCode, header};

use crate::support::{Actor, Answer, Keys, Place, Signing};

use requests::{Case, cases};

const GOLDEN: &str = "tests/it/authz.golden";

/// Who asks.
const ACTORS: [&str; 5] = ["nobody", "forger", "bob", "alice", "admin"];

#[tokio::test]
async fn the_table_is_as_committed() {
    let mut table = String::from(
        "# actor × action × resource → verdict, as a real server answers. Everything asked for is alice's.\n\
         # nobody does not sign, forger has alice's key id and a wrong secret, bob is another person, admin owns\n\
         # the data directory.\n",
    );
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let bob = Actor::sign_up(&place, "bob").await;
    for case in cases() {
        writeln!(table, "\n{}", case.name).unwrap();
        for actor in ACTORS {
            // What is asked for is made anew for each, as some requests remove it.
            let request = (case.prepare)(alice.clone()).await;
            let answer = ask(actor, &case, &alice, &bob, request).await;
            writeln!(table, "  {actor:<7} {}", verdict(&answer)).unwrap();
            let is_broken =
                answer.status.is_server_error() && answer.status != StatusCode::NOT_IMPLEMENTED;
            assert!(!is_broken, "{} by {actor}: {answer:?}", case.name);
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

/// Nothing escapes the table: every route of the template, every operation that a service serves.
#[test]
fn everything_that_is_served_is_in_the_table() {
    let cases: Vec<String> = cases().iter().map(|case| case.name.clone()).collect();
    for served in requests::served() {
        assert!(
            cases
                .iter()
                .any(|case| case == &served || case.starts_with(&format!("{served} "))),
            "`{served}` is served and not in the table"
        );
    }
}

async fn ask(
    actor: &str,
    case: &Case,
    alice: &Actor,
    bob: &Actor,
    mut request: http::Request<bytes::Bytes>,
) -> Answer {
    let place = &alice.place;
    let keys = match actor {
        "nobody" => return place.send(request).await,
        "forger" => Keys {
            secret: "wrong".to_owned(),
            ..alice.keys.clone()
        },
        "bob" => bob.keys.clone(),
        "alice" => alice.keys.clone(),
        _ => place.admin_keys(),
    };
    Signing::new(&keys, case.service).sign(&mut request);
    place.send(request).await
}

/// The status, and the error's name if it has one.
fn verdict(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    let text = String::from_utf8_lossy(&answer.body);
    let name = match answer
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
    {
        // An answer about several keys has the errors of some.
        Some("application/xml" | "text/xml") => text
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"))
            .map(|(code, _)| code.to_owned()),
        Some(_) if !answer.status.is_success() && !text.is_empty() => {
            let body: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            ["__type", "title", "message"]
                .iter()
                .find_map(|member| Some(body.get(member)?.as_str()?.to_owned()))
        }
        _ => None,
    };
    name.map_or_else(|| status.to_string(), |name| format!("{status} {name}"))
}
