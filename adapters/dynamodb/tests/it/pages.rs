//! Queries whose answers come in pieces: short ones, empty ones, and pieces behind which there is nothing.

use notewarden_domain::{
    IdentityId, Note, NoteId,
    ports::{NotePage, NoteQuery, NoteStore, Order},
};
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, file, identity, note},
    http::Step,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Scripted, answer, reference, stored};

const NEWEST: NoteQuery = NoteQuery {
    order: Order::Newest,
    after: None,
    limit: 2,
    max_bytes: 1_000,
};

fn three() -> (IdentityId, [Note; 3]) {
    let ids = SeededIds::new(1);
    let owner = identity(&ids);
    let new = |text| note(&owner, &ids, NOON, text);
    let mut notes = ["first", "second", "third"].map(new);
    notes.reverse();
    (owner, notes)
}

fn key(item: &Value) -> Value {
    json!({ "userId": item["userId"], "noteId": item["noteId"] })
}

/// A piece with these notes, and more behind `last`.
fn piece(notes: &[&Note], last: Option<&Note>) -> Step {
    let items: Vec<_> = notes.iter().map(|note| stored(note)).collect();
    let mut body = json!({ "Items": items });
    if let Some(last) = last {
        body["LastEvaluatedKey"] = key(&stored(last));
    }
    answer(&body)
}

#[tokio::test]
async fn a_page_is_made_of_pieces_and_told_when_there_is_more() {
    let (owner, [a, b, c]) = three();
    let steps = [
        piece(&[], Some(&a)),
        piece(&[&a], Some(&a)),
        piece(&[], Some(&a)),
        piece(&[&b], Some(&b)),
        piece(&[&c], Some(&c)),
    ];
    let scripted = Scripted::with(steps).await;
    let page = scripted.notes.list(&owner, &NEWEST).await.unwrap();
    let expected = NotePage {
        notes: vec![a.clone(), b.clone()],
        more: true,
    };
    assert_eq!(page, expected);
    let mut behind = Vec::new();
    let mut limits = Vec::new();
    for (operation, body) in scripted.requests() {
        assert_eq!(operation, "Query");
        assert_eq!(body["ScanIndexForward"], false);
        limits.push(body["Limit"].as_u64().unwrap());
        behind.push(body["ExclusiveStartKey"].clone());
    }
    assert_eq!(limits, [3, 3, 2, 2, 1]);
    let [a, b] = [&a, &b].map(|note| key(&stored(note)));
    assert_eq!(behind, [Value::Null, a.clone(), a.clone(), a, b]);
}

#[tokio::test]
async fn a_full_page_with_nothing_behind_it_has_no_more() {
    let (owner, [a, b, _]) = three();
    let steps = [
        piece(&[&a, &b], Some(&b)),
        piece(&[], Some(&b)),
        answer(&json!({ "Items": [], "LastEvaluatedKey": {} })),
    ];
    let scripted = Scripted::with(steps).await;
    let page = scripted.notes.list(&owner, &NEWEST).await.unwrap();
    assert_eq!(page.notes, [a, b]);
    assert!(!page.more);
    assert_eq!(scripted.requests().len(), 3);
}

#[tokio::test]
async fn a_page_ends_within_a_piece_when_its_bytes_are_full() {
    let (owner, [a, b, c]) = three();
    let scripted = Scripted::with([piece(&[&a, &b, &c], None)]).await;
    let query = NoteQuery {
        limit: usize::MAX,
        max_bytes: "third".len() + 1,
        ..NEWEST
    };
    let page = scripted.notes.list(&owner, &query).await.unwrap();
    assert_eq!(page.notes, [a, b]);
    assert!(page.more);
    assert_eq!(scripted.requests()[0].1["Limit"], i32::MAX);
}

#[tokio::test]
async fn only_the_notes_behind_a_position_are_asked_for() {
    let (owner, _) = three();
    let asked = async |order, after: u128| {
        let scripted = Scripted::with([]).await;
        let query = NoteQuery {
            order,
            after: Some(NoteId::new(Uuid::from_u128(after))),
            ..NEWEST
        };
        let page = scripted.notes.list(&owner, &query).await.unwrap();
        assert_eq!(page, NotePage::default());
        let requests = scripted.requests();
        requests.first().map(|(_, body)| {
            let values = &body["ExpressionAttributeValues"];
            [":first", ":last"].map(|name| values[name]["S"].as_str().unwrap().to_owned())
        })
    };
    let least = "00000000-0000-0000-0000-000000000000";
    let greatest = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    let [before, behind] = [
        "0000000f-ffff-ffff-ffff-ffffffffffff",
        "00000010-0000-0000-0000-000000000001",
    ];
    let after = 0x10_0000_0000_0000_0000_0000_0000;
    let range = |first: &str, last: &str| Some([first.to_owned(), last.to_owned()]);
    assert_eq!(asked(Order::Newest, after).await, range(least, before));
    assert_eq!(asked(Order::Oldest, after).await, range(behind, greatest));
    // Nothing is behind the last one, and nothing is asked for.
    assert_eq!(asked(Order::Newest, u128::MIN).await, None);
    assert_eq!(asked(Order::Oldest, u128::MAX).await, None);
}

#[tokio::test]
async fn references_come_in_pieces_too() {
    let (owner, [a, b, c]) = three();
    let name = file("a/b.txt");
    let of = |note: &Note| reference(&owner, &name, note.id);
    let steps = [
        answer(&json!({ "Items": [], "LastEvaluatedKey": of(&a) })),
        answer(&json!({ "Items": [of(&a)], "LastEvaluatedKey": of(&a) })),
        answer(&json!({ "Items": [of(&b), of(&c)], "LastEvaluatedKey": of(&c) })),
    ];
    let scripted = Scripted::with(steps).await;
    let using = scripted.notes.notes_using(&owner, &name, 3).await.unwrap();
    assert_eq!(using, [a.id, b.id, c.id]);
    let requests = scripted.requests();
    let limits: Vec<_> = requests
        .iter()
        .map(|(_, body)| body["Limit"].clone())
        .collect();
    assert_eq!(limits, [3, 3, 2]);
    assert_eq!(requests[2].1["ExclusiveStartKey"], of(&a));

    let scripted = Scripted::with([]).await;
    let using = scripted.notes.notes_using(&owner, &name, 0).await.unwrap();
    assert_eq!(using, []);
    assert_eq!(scripted.operations(), [""; 0]);
}
