//! The items as they are documented, spelled out: tables outlive the versions of the program that write them.

use notewarden_domain::{
    Timestamp,
    idempotency::{IdempotencyClaim, RequestHash},
    ports::NoteStore,
};
use notewarden_testkit::fixtures::{NOON, attachments, changed, content};
use serde_json::{Value, json};

use crate::support::{
    Scripted, answer, new_note, not_met, plain_note, reference, stored,
    template::{keys, time_to_live},
};

/// What a request stores or removes, each with the table, and with its condition if it has one.
fn changes(body: &Value) -> Vec<(String, Value, Value)> {
    let members = body["TransactItems"].as_array().unwrap().iter();
    members
        .map(|member| {
            let (kind, change) = member.as_object().unwrap().iter().next().unwrap();
            let table = change["TableName"].as_str().unwrap();
            let item = if kind == "Put" { "Item" } else { "Key" };
            let condition = change["ConditionExpression"].clone();
            (format!("{kind} {table}"), change[item].clone(), condition)
        })
        .collect()
}

#[tokio::test]
async fn a_note_its_claim_and_its_references_are_stored_as_documented() {
    let note = new_note();
    let claim = IdempotencyClaim {
        owner: note.owner.clone(),
        key: "key".parse().unwrap(),
        request: RequestHash([7; 32]),
        expires_at: Timestamp::from_millis(NOON.as_millis() + 86_400_001),
    };
    let scripted = Scripted::with([]).await;
    scripted.notes.create(&note, Some(&claim)).await.unwrap();
    let requests = scripted.requests();
    let [(operation, body)] = &requests[..] else {
        panic!("one request, not {requests:?}")
    };
    assert_eq!(operation, "TransactWriteItems");
    let owner = note.owner.as_str();
    let held = json!({
        "userId": { "S": owner },
        "idempotencyKey": { "S": "key" },
        "requestHash": { "B": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=" },
        "createdId": { "S": note.id.to_string() },
        "createdAt": { "N": "1795262400000" },
        "expiresAtMillis": { "N": "1795348800001" },
        "expiresAt": { "N": "1795348801" },
    });
    let of = |index: usize| reference(&note.owner, &note.attachments.names()[index], note.id);
    let expected = [
        (
            "Put notes",
            stored(&note),
            json!("attribute_not_exists(noteId)"),
        ),
        (
            "Put idempotency",
            held,
            json!("attribute_not_exists(idempotencyKey) OR expiresAtMillis <= :now"),
        ),
        ("Put notes", of(0), Value::Null),
        ("Put notes", of(1), Value::Null),
    ];
    let expected = expected.map(|(change, item, when)| (change.to_owned(), item, when));
    assert_eq!(changes(body), expected);

    for (_, item, _) in [&expected[0], &expected[2]] {
        assert!(keys("Notes").iter().all(|key| item[key].is_object()));
    }
    let held = &expected[1].1;
    assert!(keys("Idempotency").iter().all(|key| held[key].is_object()));
    assert_eq!(held[time_to_live("Idempotency")]["N"], "1795348801");
}

#[tokio::test]
async fn a_long_text_is_stored_packed_and_read_back() {
    let mut long = plain_note();
    long.content = content("😀".repeat(100_000));
    let scripted = Scripted::with([]).await;
    scripted.notes.create(&long, None).await.unwrap();
    let (operation, body) = scripted.requests().remove(0);
    assert_eq!(operation, "PutItem");
    assert_eq!(body["TableName"], "notes");
    let packed = body["Item"]["content"]["B"].as_str().unwrap();
    assert_eq!(packed, "AfYA".repeat(100_000));

    let scripted = Scripted::with([answer(&json!({ "Item": body["Item"] }))]).await;
    let found = scripted.notes.get(&long.owner, long.id).await.unwrap();
    assert!(found == Some(long));
}

#[tokio::test]
async fn a_change_of_files_changes_only_their_references() {
    let first = new_note();
    let mut second = changed(&first, "second");
    second.attachments = attachments(&["b/c.txt", "d"]);
    let scripted = Scripted::with([not_met(Some(&stored(&first)))]).await;
    scripted
        .notes
        .replace(&second, first.version)
        .await
        .unwrap();
    let requests = scripted.requests();
    assert_eq!(requests[0].0, "PutItem");
    assert_eq!(requests[1].0, "TransactWriteItems");
    let of = |name: &str| reference(&first.owner, &name.parse().unwrap(), first.id);
    let condition = json!("version = :version AND attachments = :attachments");
    let expected = [
        ("Put notes", stored(&second), condition),
        ("Delete notes", of("a.txt"), Value::Null),
        ("Put notes", of("d"), Value::Null),
    ];
    let expected = expected.map(|(change, item, when)| (change.to_owned(), item, when));
    assert_eq!(changes(&requests[1].1), expected);
    let supposed = &requests[1].1["TransactItems"][0]["Put"]["ExpressionAttributeValues"];
    assert_eq!(supposed[":attachments"], stored(&first)["attachments"]);
}

#[tokio::test]
async fn a_deletion_takes_the_references_with_it() {
    let note = new_note();
    let scripted = Scripted::with([answer(&json!({ "Item": stored(&note) }))]).await;
    let deleted = scripted
        .notes
        .delete(&note.owner, note.id, note.version)
        .await;
    deleted.unwrap();
    let requests = scripted.requests();
    assert_eq!(
        requests[0].1["ProjectionExpression"],
        "version, attachments"
    );
    let key = json!({ "userId": stored(&note)["userId"], "noteId": stored(&note)["noteId"] });
    let of = |index: usize| reference(&note.owner, &note.attachments.names()[index], note.id);
    let expected = [
        ("Delete notes", key, json!("version = :version")),
        ("Delete notes", of(0), Value::Null),
        ("Delete notes", of(1), Value::Null),
    ];
    let expected = expected.map(|(change, item, when)| (change.to_owned(), item, when));
    assert_eq!(changes(&requests[1].1), expected);
}
