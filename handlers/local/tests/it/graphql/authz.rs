//! Every field, asked for by everybody: `graphql.golden` says what they get, as `authz.golden` does for the rest.

use std::{fmt::Write, path::Path, time::Duration};

use notewarden_userpool::Principal;
use serde_json::{Value, json};

use super::{place, request};
use crate::support::{Actor, Answer, Keys, Place, Signing};

const GOLDEN: &str = "tests/it/graphql.golden";

/// What is asked of each field, about what is alice's.
struct Case {
    kind: String,
    field: String,
    variables: Value,
}

impl Case {
    fn body(&self) -> String {
        let Self { kind, field, .. } = self;
        let (parameters, selection) = match field.as_str() {
            "note" => ("noteId", "{noteId}"),
            "notes" | "archives" | "files" => ("", "{cursor}"),
            "file" => ("name", "{name}"),
            "fileDownload" => ("name", "{url}"),
            "archive" => ("archiveId", "{archiveId}"),
            "archiveDownload" => ("archiveId", "{url}"),
            "me" => ("", "{usage{notes}}"),
            "createNote" => ("content", "{noteId}"),
            "updateNote" => ("noteId content", "{noteId}"),
            "deleteNote" => ("noteId", ""),
            "createFile" => ("name size contentType", "{name}"),
            "deleteFile" => ("name", ""),
            "createArchive" => ("files", "{archiveId}"),
            "deleteArchive" => ("archiveId", ""),
            other => panic!("`{other}` is served and not in the table"),
        };
        let types = |name: &str| match name {
            "noteId" | "archiveId" => "ID!",
            "size" => "Float!",
            "files" => "[String!]",
            _ => "String!",
        };
        let names: Vec<_> = parameters.split_whitespace().collect();
        let declared: Vec<_> = names
            .iter()
            .map(|name| format!("${name}:{}", types(name)))
            .collect();
        let given: Vec<_> = names.iter().map(|name| format!("{name}:${name}")).collect();
        let list = |items: &[String]| match items {
            [] => String::new(),
            items => format!("({})", items.join(",")),
        };
        let operation = kind.to_lowercase();
        let query = format!(
            "{operation}{} {{ {field}{} {selection} }}",
            list(&declared),
            list(&given)
        );
        json!({ "query": query, "variables": self.variables }).to_string()
    }
}

/// What is asked about, made anew for each who asks.
async fn variables(alice: &Actor) -> Value {
    alice.put("mine.txt", "x").await.ok();
    let archive = alice.archive(&json!({ "files": ["mine.txt"] })).await;
    json!({
        "noteId": alice.note("alice's").await,
        "archiveId": archive,
        "name": "mine.txt",
        "files": ["mine.txt"],
        "content": "x",
        "size": 1,
        "contentType": "text/plain"
    })
}

/// Credentials of a session that a role has, for this long.
async fn session(place: &Place, role: &str, seconds: u64) -> Keys {
    let role = Principal::session(
        "000000000000",
        role,
        "AROAOTHERROLE0000000",
        "session",
        None,
    );
    let lifetime = Duration::from_secs(seconds);
    let issued = place
        .app()
        .credentials
        .issue_session(role, lifetime)
        .await
        .unwrap();
    Keys {
        id: issued.access_key_id.clone(),
        secret: issued.secret_access_key.expose().to_owned(),
        token: issued
            .session_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
    }
}

#[tokio::test]
async fn the_table_is_as_committed() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let bob = Actor::sign_up(&place, "bob").await;
    let forged = Keys {
        secret: "wrong".to_owned(),
        ..alice.keys.clone()
    };
    let tokenless = Keys {
        token: None,
        ..alice.keys.clone()
    };
    let actors = [
        ("nobody", None),
        ("forger", Some((forged, "appsync"))),
        ("tokenless", Some((tokenless, "appsync"))),
        (
            "expired",
            Some((session(&place, "OtherRole", 0).await, "appsync")),
        ),
        ("misled", Some((alice.keys.clone(), "execute-api"))),
        (
            "stranger",
            Some((session(&place, "OtherRole", 60).await, "appsync")),
        ),
        ("admin", Some((place.admin_keys(), "appsync"))),
        ("bob", Some((bob.keys.clone(), "appsync"))),
        ("alice", Some((alice.keys.clone(), "appsync"))),
    ];
    let mut table = String::from(
        "# actor × field → verdict, as a real server answers. Everything asked for is alice's.\n\
         # nobody does not sign, forger has a wrong secret, tokenless no session token, expired a session that is over,\n\
         # misled signs for another service, stranger has a role without the permission, bob is another person.\n",
    );
    let fields = place.app().graphql.as_ref().unwrap().fields();
    for (kind, field) in fields {
        writeln!(table, "\n{kind}.{field}").unwrap();
        for (actor, keys) in &actors {
            let case = Case {
                kind: kind.to_owned(),
                field: field.to_owned(),
                variables: variables(&alice).await,
            };
            let mut request = request(&alice, case.body());
            if let Some((keys, service)) = keys {
                Signing::new(keys, service).sign(&mut request);
            }
            let answer = place.send(request).await;
            writeln!(table, "  {actor:<9} {}", verdict(&answer, field)).unwrap();
            assert!(!answer.status.is_server_error(), "{answer:?}");
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

/// The status, and the type of the error or that there is data.
fn verdict(answer: &Answer, field: &str) -> String {
    let status = answer.status.as_u16();
    let body = answer.json();
    match body["errors"][0]["errorType"].as_str() {
        Some(kind) => {
            assert!(body["data"][field].is_null(), "{body}");
            format!("{status} {kind}")
        }
        None => {
            assert!(!body["data"][field].is_null(), "{body}");
            status.to_string()
        }
    }
}

#[tokio::test]
async fn one_field_that_is_not_permitted_refuses_the_whole_request_before_anything_is_done() {
    let template = include_str!("../../../../../infra/template.yaml").replacen(
        "                    - !Sub \"${GraphQlApi.Arn}/types/Mutation/fields/deleteNote\"\n",
        "",
        1,
    );
    let place = Place::start_as(|settings| {
        let path = settings.data_dir.join("template.yaml");
        std::fs::write(&path, &template).unwrap();
        let parameters = [("GraphQl".to_owned(), "iam".to_owned())].into();
        notewarden::wiring::Settings {
            template: Some(path),
            parameters,
            ..settings
        }
    })
    .await;
    let alice = Actor::sign_up(&place, "alice").await;
    let note = alice.note("mine").await;
    let query = "mutation($n: ID!) { updateNote(noteId: $n, content: \"changed\") { version } deleteNote(noteId: $n) }";
    let body = json!({ "query": query, "variables": { "n": note } });
    let answer = super::send(&alice, body.to_string()).await.status(401);
    assert_eq!(
        answer.json(),
        json!({ "errors": [{ "errorType": "UnauthorizedException", "message": "Permission denied" }] })
    );
    assert_eq!(answer.headers["x-amzn-errortype"], "UnauthorizedException");
    let kept = alice.get(&format!("/notes/{note}")).await.ok().json();
    assert_eq!(kept["content"], "mine");

    let decision = place.decision_on(&answer).await;
    assert_eq!(decision["action"], "appsync:GraphQL");
    let resource = decision["resource"].as_str().unwrap();
    assert!(
        resource.starts_with("arn:aws:appsync:us-east-1:000000000000:apis/"),
        "{resource}"
    );
    assert!(
        resource.ends_with("/types/Mutation/fields/deleteNote"),
        "{resource}"
    );
}

#[tokio::test]
async fn without_the_parameter_there_is_no_such_api() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let answer = super::send(&alice, r#"{"query":"{me{userId}}"}"#)
        .await
        .status(404);
    assert_eq!(answer.json(), json!({ "message": "Not Found" }));
    assert_eq!(place.outputs.get("GraphQlApi"), None);
}
