//! The OpenAPI document says what the API does.

use std::collections::BTreeSet;

use notewarden_api::{Auth, RouteInfo, routes};
use serde_json::{Value, json};

/// The document as it was when it was last looked at.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/openapi.json");

use crate::world::World;

async fn document() -> Value {
    World::new().person().get("/openapi.json").await.ok().json()
}

/// A route's path as OpenAPI has it, which knows no parameter that takes the rest of a path.
fn described_path(route: &RouteInfo) -> String {
    route.path.replace("+}", "}")
}

/// Every `$ref` in `value`.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                found.push(target);
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// A change of the contract shows in review. `UPDATE_GOLDEN=1` writes the document anew.
#[tokio::test]
async fn the_document_is_the_one_that_was_reviewed() {
    let mut document = serde_json::to_string_pretty(&document().await).unwrap();
    document.push('\n');
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &document).unwrap();
    }
    let reviewed = std::fs::read_to_string(GOLDEN).unwrap();
    assert_eq!(
        document, reviewed,
        "run this test with UPDATE_GOLDEN=1 and review the difference"
    );
}

#[tokio::test]
async fn every_route_is_described_and_no_other() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.insert((method.to_uppercase(), path.clone()));
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "two operations `{name}`");
        }
    }
    let routed: BTreeSet<_> = routes()
        .iter()
        .map(|route| (route.method.to_string(), described_path(route)))
        .collect();
    assert_eq!(described, routed);
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = document().await;
    let mut targets = Vec::new();
    references(&document, &mut targets);
    for target in &targets {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
    let components = document["components"].as_object().unwrap();
    for (kind, members) in components
        .iter()
        .filter(|(kind, _)| *kind != "securitySchemes")
    {
        for name in members.as_object().unwrap().keys() {
            let target = format!("#/components/{kind}/{name}");
            assert!(targets.contains(&target.as_str()), "{target} is unused");
        }
    }
}

#[tokio::test]
async fn parameters_of_paths_are_described_and_security_is_the_routes() {
    let document = document().await;
    for route in routes() {
        let method = route.method.as_str().to_lowercase();
        let path = described_path(route);
        let operation = &document["paths"][&path][method];
        let security = match route.auth {
            Auth::Iam => json!([{ "sigv4": [] }, { "bearer": [] }, { "apiKey": [] }]),
            Auth::None => json!([]),
        };
        assert_eq!(operation["security"], security, "{}", route.operation_id);
        for (name, component) in [
            ("noteId", "NoteId"),
            ("archiveId", "ArchiveId"),
            ("name", "Name"),
        ] {
            let reference = json!({ "$ref": format!("#/components/parameters/{component}") });
            let parameters = operation["parameters"].as_array();
            assert_eq!(
                parameters.is_some_and(|list| list.contains(&reference)),
                path.contains(&format!("{{{name}}}")),
                "`{name}` of {}",
                route.operation_id
            );
            let parameter = &document["components"]["parameters"][component];
            assert_eq!(parameter["name"], name);
        }
    }
}

#[tokio::test]
async fn the_schema_of_a_note_has_the_members_of_a_note() {
    let alice = World::new().person();
    let path = alice.note("text").await;
    let note = alice.get(&path).await.ok().json();
    let document = alice.get("/openapi.json").await.ok().json();
    assert_members(&document, "Note", &note);
    let required = document["components"]["schemas"]["Note"]["required"].as_array();
    let members = note.as_object().unwrap();
    assert_eq!(required.map(Vec::len), Some(members.len()));

    let problem = alice.get("/notes?limit=0").await.bad_request().json();
    assert_members(&document, "Problem", &problem);
}

/// The schema has the members that the value has, and no others.
fn assert_members(document: &Value, schema: &str, value: &Value) {
    let members: Vec<_> = value.as_object().unwrap().keys().collect();
    let schema = &document["components"]["schemas"][schema];
    let described: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(members, described);
}

#[tokio::test]
async fn the_schemas_of_files_and_archives_have_their_members() {
    let world = World::new();
    let alice = world.person();
    let document = alice.get("/openapi.json").await.ok().json();
    world.upload(&alice, &["a", "b"]);
    let me = alice.get("/me").await.ok().json();
    assert_members(&document, "Me", &me);
    let file = alice.get("/files/a").await.ok().json();
    assert_members(&document, "File", &file);
    let body = json!({ "name": "c", "size": 1, "contentType": "text/plain" });
    let upload = alice.post("/files", body).await.created().json();
    assert_members(&document, "Upload", &upload);
    let link = &document["components"]["schemas"]["Upload"]["properties"]["upload"];
    let members: Vec<_> = upload["upload"].as_object().unwrap().keys().collect();
    let described: Vec<_> = link["properties"].as_object().unwrap().keys().collect();
    assert_eq!(members, described);

    // A job that is ready and one that has failed have together all that jobs have.
    let mut members = BTreeSet::new();
    for job in crate::archives::ended(&world, &alice).await {
        members.extend(job.as_object().unwrap().keys().cloned());
    }
    let schema = &document["components"]["schemas"]["Archive"]["properties"];
    let described: BTreeSet<_> = schema.as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, described);
}
