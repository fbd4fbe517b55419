//! Transactions that are cancelled, and plain writes that meet one.

use notewarden_aws::Tuning;
use notewarden_domain::{Note, StoreError, idempotency::Creation, ports::NoteStore};
use notewarden_testkit::http::Step;

use crate::support::{
    QUICK, Scripted, cancelled, claim, error, held, new_note, plain_note, sentences, stored,
};

/// Reasons for a note with two files, of which one is this.
fn because(code: &str) -> Step {
    cancelled(&[("None", None), (code, None), ("None", None)])
}

#[tokio::test]
async fn a_transaction_that_meets_another_is_tried_again() {
    let note = new_note();
    for code in [
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    ] {
        let scripted = Scripted::with([because(code), because(code)]).await;
        let creation = scripted.notes.create(&note, None).await.unwrap();
        assert_eq!(creation, Creation::Stored, "after {code}");
        let requests = scripted.requests();
        let tokens: Vec<_> = requests
            .iter()
            .map(|(_, body)| body["ClientRequestToken"].as_str().unwrap())
            .collect();
        // A cancelled transaction is over: the next is another.
        let [a, b, c] = tokens[..] else {
            panic!("three transactions, not {requests:?}")
        };
        assert!(a != b && b != c && a != c, "{tokens:?}");
    }
}

#[tokio::test]
async fn a_plain_write_that_meets_a_transaction_is_tried_again() {
    let conflict = || error(400, "TransactionConflictException");
    let note = plain_note();
    let scripted = Scripted::with([conflict(), conflict()]).await;
    scripted.notes.create(&note, None).await.unwrap();
    scripted.notes.replace(&note, note.version).await.unwrap();
    assert_eq!(scripted.operations(), ["PutItem"; 4]);

    let scripted = Scripted::always(conflict()).await;
    let refusal = scripted.notes.create(&note, None).await.unwrap_err();
    assert!(
        matches!(refusal, StoreError::Unavailable { .. }),
        "{refusal:?}"
    );
    assert_eq!(scripted.operations().len(), QUICK.attempts as usize);
}

#[tokio::test]
async fn a_transaction_that_always_meets_another_is_given_up() {
    let note = new_note();
    for (code, is_throttling) in [
        ("TransactionConflict", false),
        ("ThrottlingError", true),
        ("ProvisionedThroughputExceeded", true),
    ] {
        let scripted = Scripted::always(because(code)).await;
        match scripted.notes.create(&note, None).await {
            Err(StoreError::Throttled) => assert!(is_throttling, "{code}"),
            Err(StoreError::Unavailable { .. }) => assert!(!is_throttling, "{code}"),
            other => panic!("{code} for ever is {other:?}"),
        }
        assert_eq!(scripted.operations().len(), QUICK.attempts as usize);
    }
}

#[tokio::test]
async fn a_transaction_is_not_waited_for_longer_than_one_request_may_take() {
    let patient = Tuning {
        first_pause: QUICK.request_timeout,
        longest_pause: QUICK.request_timeout,
        ..QUICK
    };
    let scripted = Scripted::tuned(patient, because("TransactionConflict"), []).await;
    let refusal = scripted.notes.create(&new_note(), None).await.unwrap_err();
    assert!(
        matches!(refusal, StoreError::Unavailable { .. }),
        "{refusal:?}"
    );
    assert_eq!(scripted.operations(), ["TransactWriteItems"]);
}

/// Of two requests with one key, one meets the other, and then what it has left.
#[tokio::test]
async fn what_the_other_transaction_leaves_decides() {
    let note = plain_note();
    let first = Note {
        id: "0193bb5a-7c00-7000-8000-00000000000a".parse().unwrap(),
        ..note.clone()
    };
    let conflict = cancelled(&[("None", None), ("TransactionConflict", None)]);
    let of_first = held(&first);
    let refusal = cancelled(&[("None", None), ("ConditionalCheckFailed", Some(&of_first))]);
    let scripted = Scripted::with([conflict, refusal]).await;
    let creation = scripted.notes.create(&note, Some(&claim(&note))).await;
    let replay = Creation::Replayed {
        id: first.id.as_uuid(),
        created_at: first.created_at,
    };
    assert_eq!(creation.unwrap(), replay);
}

/// AWS always shows it; a stand-in may not.
#[tokio::test]
async fn a_key_whose_holder_is_not_shown_is_not_answered_for() {
    let note = plain_note();
    let refusal = cancelled(&[("None", None), ("ConditionalCheckFailed", None)]);
    let scripted = Scripted::with([refusal]).await;
    let creation = scripted.notes.create(&note, Some(&claim(&note))).await;
    assert_eq!(
        sentences(&creation.unwrap_err()),
        "the store is unavailable: the idempotency key is held, and the store does not show by what"
    );
}

/// An attempt that was not answered had its effect while the next one was being cancelled.
#[tokio::test]
async fn what_an_attempt_before_a_conflict_did_is_remembered() {
    let note = new_note();
    let own = stored(&note);
    let refusal = cancelled(&[
        ("ConditionalCheckFailed", Some(&own)),
        ("None", None),
        ("None", None),
    ]);
    let steps = [Step::Reset, because("TransactionConflict"), refusal];
    let scripted = Scripted::with(steps).await;
    let creation = scripted.notes.create(&note, None).await.unwrap();
    assert_eq!(creation, Creation::Stored);
    assert_eq!(scripted.operations().len(), 3);
}

#[tokio::test]
async fn a_conflict_outweighs_a_condition() {
    let note = new_note();
    let existing = stored(&note);
    let both = cancelled(&[
        ("ConditionalCheckFailed", Some(&existing)),
        ("TransactionConflict", None),
        ("None", None),
    ]);
    let scripted = Scripted::with([both]).await;
    let creation = scripted.notes.create(&note, None).await.unwrap();
    assert_eq!(creation, Creation::Stored);
    assert_eq!(scripted.operations(), ["TransactWriteItems"; 2]);
}

#[tokio::test]
async fn other_reasons_are_named_at_once() {
    let note = new_note();
    let item = stored(&note);
    for (reason, expected) in [
        (because("ValidationError"), ""),
        (because("ItemCollectionSizeLimitExceeded"), ""),
        (cancelled(&[("Unheard", Some(&item))]), ": so"),
        (cancelled(&[]), ""),
    ] {
        let scripted = Scripted::with([reason]).await;
        let refusal = scripted.notes.create(&note, None).await.unwrap_err();
        assert_eq!(
            sentences(&refusal),
            format!(
                "the store is unavailable: `TransactWriteItems` failed: TransactionCanceledException: as the \
                 script says{expected} (request `REQUEST1`)"
            )
        );
        assert_eq!(scripted.operations(), ["TransactWriteItems"]);
    }
}
