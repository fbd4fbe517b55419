//! Failures of single requests: which are tried again, how often, and what is said in the end.

use std::time::Duration;

use notewarden_aws::Tuning;
use notewarden_domain::{
    StoreError,
    ports::{NoteQuery, NoteStore, Order},
};
use notewarden_testkit::{fixtures::file, http::Step};
use serde_json::json;

use crate::support::{
    QUICK, Scripted, answer, error, error_with, new_note, plain_note, sentences, stored,
};

/// Failures that pass, and whether they are DynamoDB's wish for fewer requests.
fn passing() -> Vec<(Step, bool)> {
    let mut steps = Vec::new();
    for (status, code, is_throttling) in [
        (500, "InternalServerError", false),
        (503, "ServiceUnavailable", false),
        (400, "TransactionInProgressException", false),
        (400, "ThrottlingException", true),
        (400, "ProvisionedThroughputExceededException", true),
        (400, "RequestLimitExceeded", true),
    ] {
        steps.push((error(status, code), is_throttling));
    }
    steps.push((Step::answer(500, "not JSON"), false));
    steps.push((Step::answer(502, ""), false));
    steps.push((Step::Reset, false));
    let body = json!({ "Item": stored(&new_note()) }).to_string();
    let truncated = Step::Truncate {
        body: body.into(),
        missing: 1,
    };
    steps.push((truncated, false));
    steps
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let note = plain_note();
    for (step, _) in passing() {
        let what = format!("after {step:?}");
        let found = answer(&json!({ "Item": stored(&note) }));
        let scripted = Scripted::with([step.clone(), step.clone(), found]).await;
        let got = scripted.notes.get(&note.owner, note.id).await.unwrap();
        assert_eq!(got.as_ref(), Some(&note), "{what}");
        assert_eq!(scripted.operations(), ["GetItem"; 3], "{what}");

        let scripted = Scripted::with([step.clone(), step]).await;
        scripted.notes.create(&note, None).await.unwrap();
        assert_eq!(scripted.operations(), ["PutItem"; 3], "{what}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_given_up() {
    let note = new_note();
    for (step, is_throttling) in passing() {
        let what = format!("{step:?} for ever");
        let check = |result: Result<(), StoreError>| match result {
            Err(StoreError::Throttled) => assert!(is_throttling, "{what}"),
            Err(StoreError::Unavailable { .. }) => assert!(!is_throttling, "{what}"),
            other => panic!("{what} is {other:?}"),
        };
        let scripted = Scripted::always(step).await;
        let notes = &scripted.notes;
        check(notes.get(&note.owner, note.id).await.map(drop));
        let using = notes.notes_using(&note.owner, &file("a.txt"), 1).await;
        check(using.map(drop));
        check(notes.create(&plain_note(), None).await.map(drop));
        check(notes.create(&note, None).await.map(drop));
        check(notes.replace(&note, note.version).await);
        check(notes.delete(&note.owner, note.id, note.version).await);
        let operations = scripted.operations();
        let attempts = QUICK.attempts as usize;
        assert_eq!(operations.len(), 6 * attempts, "{what}: {operations:?}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_asked_for_again() {
    let note = plain_note();
    let impatient = Tuning {
        attempts: 20,
        attempt_timeout: Duration::from_millis(100),
        ..QUICK
    };
    let found = answer(&json!({ "Item": stored(&note) }));
    let scripted = Scripted::tuned(impatient, found, [Step::never()]).await;
    let got = scripted.notes.get(&note.owner, note.id).await.unwrap();
    assert_eq!(got, Some(note));
    assert!(scripted.operations().len() >= 2);
}

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up() {
    let impatient = Tuning {
        attempts: 2,
        attempt_timeout: Duration::from_millis(20),
        ..QUICK
    };
    let scripted = Scripted::tuned(impatient, Step::never(), []).await;
    let note = new_note();
    let error = scripted.notes.get(&note.owner, note.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    let sentences = sentences(&error);
    assert!(sentences.contains("timeout"), "{sentences}");
    assert!(scripted.operations().len() <= 2);
}

#[tokio::test]
async fn a_request_ends_with_all_its_attempts() {
    let impatient = Tuning {
        request_timeout: Duration::from_millis(20),
        ..QUICK
    };
    let scripted = Scripted::tuned(impatient, Step::never(), []).await;
    let note = new_note();
    let error = scripted.notes.get(&note.owner, note.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    assert!(scripted.server.requests().len() <= 1);
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let scripted = Scripted::with([]).await;
    let (notes, note) = (scripted.notes.clone(), new_note());
    drop(scripted);
    let error = notes.get(&note.owner, note.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn credentials_that_are_refused_are_denied_at_once() {
    let note = new_note();
    for code in [
        "AccessDeniedException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "MissingAuthenticationTokenException",
    ] {
        let scripted = Scripted::with([error(400, code)]).await;
        let refusal = scripted.notes.get(&note.owner, note.id).await;
        assert!(matches!(refusal, Err(StoreError::Denied)), "{code}");
        assert_eq!(scripted.operations(), ["GetItem"]);
    }
}

#[tokio::test]
async fn what_the_program_does_wrong_is_named_at_once() {
    let note = new_note();
    for code in ["ResourceNotFoundException", "ValidationException"] {
        let scripted = Scripted::with([error(400, code)]).await;
        let refusal = scripted.notes.get(&note.owner, note.id).await;
        assert_eq!(
            sentences(&refusal.unwrap_err()),
            format!(
                "the store is unavailable: `GetItem` failed: {code}: as the script says (request `REQUEST1`)"
            )
        );
        assert_eq!(scripted.operations(), ["GetItem"]);
    }
}

#[tokio::test]
async fn errors_hold_nothing_of_a_note() {
    let note = new_note();
    let item = json!({ "Item": stored(&note) });
    for step in [
        error_with(400, "ValidationException", &item),
        error_with(500, "InternalServerError", &item),
        Step::answer(500, item.to_string()),
        Step::answer(200, item.to_string().replace('}', "")),
    ] {
        let scripted = Scripted::always(step).await;
        for error in [
            scripted.notes.get(&note.owner, note.id).await.unwrap_err(),
            scripted.notes.create(&note, None).await.unwrap_err(),
        ] {
            let shown = format!("{error:?} {}", sentences(&error));
            for secret in [note.content.as_str(), "a.txt"] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_named() {
    let note = new_note();
    let (owner, id) = (&note.owner, note.id);
    let mut damaged = stored(&note);
    damaged["version"] = json!({ "S": "1" });
    let steps = [
        answer(&json!({ "Item": damaged })),
        answer(&json!({ "Items": [damaged] })),
        answer(&json!({ "Item": damaged })),
        answer(&json!({ "Items": [{ "noteId": { "S": "ref\\a.txt\\1" } }] })),
    ];
    let scripted = Scripted::with(steps).await;
    let notes = &scripted.notes;
    let query = NoteQuery {
        order: Order::Newest,
        after: None,
        limit: 1,
        max_bytes: 1,
    };
    for error in [
        notes.get(owner, id).await.unwrap_err(),
        notes.list(owner, &query).await.unwrap_err(),
        notes.delete(owner, id, note.version).await.unwrap_err(),
    ] {
        assert_eq!(
            sentences(&error),
            format!(
                "stored note `{id}` of `{owner}` is corrupt: its attribute `version` is not of type N"
            )
        );
    }
    let error = notes
        .notes_using(owner, &file("a.txt"), 1)
        .await
        .unwrap_err();
    assert_eq!(
        sentences(&error),
        format!(
            "stored reference to `a.txt` of `{owner}` is corrupt: its key is not one that is written here"
        )
    );
    assert_eq!(
        scripted.operations(),
        ["GetItem", "Query", "GetItem", "Query"]
    );
}
