//! The store on a stand-in for DynamoDB keeps the port's contract, with the permissions that are written down.
//!
//! The stand-in is moto. What it cannot show is shown by scripted answers in the other modules, or not at all:
//! - it never throttles, is never late, and knows no transaction but the one that it is just doing;
//! - it forgets the token of a transaction, so that one that is sent again is refused where AWS would say that it is done;
//! - it reads what was last written even where DynamoDB, not asked for strong consistency, might not: that each read asks
//!   for it is looked up in the requests;
//! - it removes nothing by its time to live, and does not tell who may do what;
//! - it hears of no bucket's changes: the index of files is told of them, as events tell of them.

use std::collections::BTreeSet;

use notewarden_testkit::{SeededIds, contract, http::Received};
use serde_json::Value;

use crate::support::{request, tables::Place};

/// One line for each permission: the action, and the table by its name in the template.
const PERMISSIONS: &str = include_str!("../permissions.golden");

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn dynamo_notes_are_a_note_store() {
    let place = Place::new().await;
    let tables = place.tables.clone();
    contract::note_store(&place.notes, &SeededIds::new(1)).await;
    let name_of = |table: &Value| match table.as_str().unwrap() {
        table if table == tables.notes => "Notes",
        table if table == tables.idempotency => "Idempotency",
        other => panic!("`{other}` is not a table of the store"),
    };
    assert_permissions(place.close().await, name_of, PERMISSIONS);
}

/// That what the store asked for is what is written down, a line for each action and table.
pub fn assert_permissions(
    requests: Vec<Received>,
    name_of: impl Fn(&Value) -> &'static str,
    written_down: &str,
) {
    let mut needed = BTreeSet::new();
    for received in requests {
        let (operation, body) = request(&received);
        match operation.as_str() {
            "TransactWriteItems" => {
                for member in body["TransactItems"].as_array().unwrap() {
                    for (action, member) in member.as_object().unwrap() {
                        let table = name_of(&member["TableName"]);
                        needed.insert(format!("dynamodb:{} {table}", item_action(action)));
                    }
                }
            }
            "BatchGetItem" => {
                for (table, asked) in body["RequestItems"].as_object().unwrap() {
                    assert_eq!(asked["ConsistentRead"], true, "in a {operation}");
                    let table = name_of(&Value::from(table.as_str()));
                    needed.insert(format!("dynamodb:{operation} {table}"));
                }
            }
            other => {
                needed.insert(format!("dynamodb:{other} {}", name_of(&body["TableName"])));
            }
        }
        if matches!(operation.as_str(), "GetItem" | "Query") {
            assert_eq!(body["ConsistentRead"], true, "in a {operation}");
        }
    }
    let needed: Vec<_> = needed.iter().map(String::as_str).collect();
    let written_down: Vec<_> = written_down.lines().collect();
    assert_eq!(needed, written_down, "what the store did, and its golden");
}

/// What a member of a transaction asks permission for: “IAM policies for DynamoDB transactions”.
fn item_action(member: &str) -> &'static str {
    match member {
        "ConditionCheck" => "ConditionCheckItem",
        "Delete" => "DeleteItem",
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        other => panic!("`{other}` is not a member of a transaction"),
    }
}
