//! Writes whose answer is lost after their effect: the SDK sends them again, and what the store makes of the refusal.

use notewarden_domain::{Note, StoreError, Version, idempotency::Creation, ports::NoteStore};
use notewarden_testkit::{
    SeededIds, aws,
    fixtures::{NOON, attachments, changed, file, identity, noon_plus, note},
    http::Step,
};
use serde_json::json;

use crate::support::{
    Scripted, answer, cancelled, claim, held, new_note, not_met, plain_note, sentences, stored,
    tables::Place,
};

/// A write that is refused because this is stored: after a lost answer, and at once.
async fn lost_and_at_once(refusal: Step) -> [Scripted; 2] {
    [
        Scripted::with([Step::Reset, refusal.clone()]).await,
        Scripted::with([refusal]).await,
    ]
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_has_been_made() {
    let note = plain_note();
    let since = changed(&note, "changed since");
    for found in [&note, &since] {
        let [lost, at_once] = lost_and_at_once(not_met(Some(&stored(found)))).await;
        let creation = lost.notes.create(&note, None).await.unwrap();
        assert_eq!(creation, Creation::Stored);
        assert_eq!(lost.operations(), ["PutItem"; 2]);
        let creation = at_once.notes.create(&note, None).await;
        assert!(matches!(creation, Err(StoreError::AlreadyExists)));
    }
    let other = Note {
        created_at: noon_plus(1),
        ..note.clone()
    };
    for scripted in lost_and_at_once(not_met(Some(&stored(&other)))).await {
        let creation = scripted.notes.create(&note, None).await;
        assert!(matches!(creation, Err(StoreError::AlreadyExists)));
    }
}

#[tokio::test]
async fn a_claimed_creation_whose_answer_is_lost_has_been_made() {
    let note = plain_note();
    let replay = Creation::Replayed {
        id: note.id.as_uuid(),
        created_at: note.created_at,
    };
    let (own, own_claim) = (stored(&note), held(&note));
    let refusal = cancelled(&[
        ("ConditionalCheckFailed", Some(&own)),
        ("ConditionalCheckFailed", Some(&own_claim)),
    ]);
    let [lost, at_once] = lost_and_at_once(refusal).await;
    let creation = lost.notes.create(&note, Some(&claim(&note))).await;
    assert_eq!(creation.unwrap(), Creation::Stored);
    let tokens: Vec<_> = lost
        .requests()
        .into_iter()
        .map(|(_, body)| body["ClientRequestToken"].clone())
        .collect();
    assert!(
        tokens[0].is_string() && tokens[0] == tokens[1],
        "{tokens:?}"
    );
    let creation = at_once.notes.create(&note, Some(&claim(&note))).await;
    assert_eq!(creation.unwrap(), replay);

    // Another request of the person came first.
    let first = new_note();
    let second = Note {
        id: "0193bb5a-7c00-7000-8000-00000000000a".parse().unwrap(),
        ..first.clone()
    };
    let others = held(&first);
    let refusal = cancelled(&[("None", None), ("ConditionalCheckFailed", Some(&others))]);
    for scripted in lost_and_at_once(refusal).await {
        let creation = scripted.notes.create(&second, Some(&claim(&second))).await;
        assert_eq!(creation.unwrap(), replay);
    }
}

#[tokio::test]
async fn a_replacement_whose_answer_is_lost_has_been_made() {
    let first = plain_note();
    let second = changed(&first, "second");
    let [lost, at_once] = lost_and_at_once(not_met(Some(&stored(&second)))).await;
    lost.notes.replace(&second, first.version).await.unwrap();
    assert_eq!(lost.operations(), ["PutItem"; 2]);
    let refusal = at_once.notes.replace(&second, first.version).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));

    // Another request was faster.
    let other = changed(&first, "other");
    for scripted in lost_and_at_once(not_met(Some(&stored(&other)))).await {
        let refusal = scripted.notes.replace(&second, first.version).await;
        assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    }

    for scripted in lost_and_at_once(not_met(None)).await {
        let refusal = scripted.notes.replace(&second, first.version).await;
        assert!(matches!(refusal, Err(StoreError::NotFound)));
    }
}

#[tokio::test]
async fn a_replacement_is_undecided_if_the_note_has_gone_on_since_its_answer_was_lost() {
    let first = plain_note();
    let second = changed(&first, "second");
    let third = changed(&second, "third");
    let [lost, at_once] = lost_and_at_once(not_met(Some(&stored(&third)))).await;
    let refusal = lost.notes.replace(&second, first.version).await;
    assert_eq!(
        sentences(&refusal.unwrap_err()),
        "the store is unavailable: the answer to a write was lost, and the note was changed again since: it is \
         not known whether the write was made"
    );
    let refusal = at_once.notes.replace(&second, first.version).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
}

#[tokio::test]
async fn a_deletion_whose_answer_is_lost_has_been_made() {
    for (note, refusal) in [
        (plain_note(), not_met(None)),
        (
            new_note(),
            cancelled(&[
                ("ConditionalCheckFailed", None),
                ("None", None),
                ("None", None),
            ]),
        ),
    ] {
        let found = answer(&json!({ "Item": stored(&note) }));
        let lost = Scripted::with([found.clone(), Step::Reset, refusal.clone()]).await;
        let deleted = lost.notes.delete(&note.owner, note.id, note.version).await;
        deleted.unwrap();
        assert_eq!(lost.requests().len(), 3);

        let at_once = Scripted::with([found, refusal]).await;
        let refusal = at_once.notes.delete(&note.owner, note.id, note.version);
        assert!(matches!(refusal.await, Err(StoreError::NotFound)));
    }
}

#[tokio::test]
async fn a_note_that_another_request_changed_is_not_deleted() {
    let note = plain_note();
    let found = answer(&json!({ "Item": stored(&note) }));
    let refusal = not_met(Some(&stored(&changed(&note, "other"))));
    for steps in [
        vec![found.clone(), refusal.clone()],
        vec![found, Step::Reset, refusal],
    ] {
        let scripted = Scripted::with(steps).await;
        let refusal = scripted.notes.delete(&note.owner, note.id, note.version);
        assert!(matches!(refusal.await, Err(StoreError::PreconditionFailed)));
        assert_eq!(scripted.operations()[0], "GetItem");
    }
}

/// With a DynamoDB that makes each write, and forgets the tokens of transactions: each is refused when it comes again.
#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn writes_whose_answers_are_lost_are_made_once() {
    let place = Place::new().await;
    let notes = &place.notes;
    let ids = SeededIds::new(1);
    let owner = identity(&ids);
    let lose = || Step::ForwardAndLose(aws::endpoint());
    let forward = || Step::Forward(aws::endpoint());
    for (names, is_claimed) in [(vec![], false), (vec!["a", "b"], false), (vec!["a"], true)] {
        let mut first = note(&owner, &ids, NOON, "first");
        first.attachments = attachments(&names);
        let claim = is_claimed.then(|| claim(&first));
        place.server.play([lose()]);
        let creation = notes.create(&first, claim.as_ref()).await;
        assert_eq!(creation.unwrap(), Creation::Stored);

        let mut last = changed(&first, "second");
        place.server.play([lose()]);
        notes.replace(&last, Version::FIRST).await.unwrap();

        // The supposition that the files stay is refused, and only the transaction's answer is lost.
        last = changed(&last, "third");
        last.attachments = attachments(&["b", "c"]);
        place.server.play([forward(), lose()]);
        notes.replace(&last, Version::new(2)).await.unwrap();
        let found = notes.get(&owner, first.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&last));
        for (name, users) in [("a", vec![]), ("b", vec![last.id]), ("c", vec![last.id])] {
            let using = notes.notes_using(&owner, &file(name), 10).await;
            assert_eq!(using.unwrap(), users, "users of `{name}`");
        }

        place.server.play([forward(), lose()]);
        notes.delete(&owner, last.id, last.version).await.unwrap();
        assert_eq!(notes.get(&owner, last.id).await.unwrap(), None);
        let using = notes.notes_using(&owner, &file("b"), 10).await;
        assert_eq!(using.unwrap(), []);
    }
    assert_eq!(place.server.waiting(), 0);
    place.close().await;
}
