//! What the adapters make of Cognito's bad days.

use std::time::Duration;

use notewarden_aws::Tuning;
use notewarden_cognito::{CognitoAccounts, CognitoIdentities};
use notewarden_domain::{
    StoreError,
    ports::{Accounts, IdentityBroker, LoginOutcome},
};
use notewarden_testkit::{
    SeededIds,
    contract::Users,
    fixtures::identity,
    http::{ScriptedServer, Step},
};
use serde_json::json;
use uuid::Uuid;

use crate::support::{self, LocalServer};

/// Three attempts without pauses; nothing in these tests takes as long as they may.
const QUICK: Tuning = Tuning {
    attempts: 3,
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(2),
    connect_timeout: Duration::from_secs(10),
    attempt_timeout: Duration::from_secs(20),
    request_timeout: Duration::from_secs(60),
};

/// As many attempts, soon over.
const IMPATIENT: Tuning = Tuning {
    attempt_timeout: Duration::from_millis(250),
    ..QUICK
};

const PROVIDER: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool";
const TOKEN: &str = "header.a-secret-of-hers.signature";
const ALICE: &str = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";

fn broker(server: &ScriptedServer, tuning: &Tuning) -> CognitoIdentities {
    let config = support::config(&server.endpoint(), "id", "secret");
    CognitoIdentities::tuned(&config, "us-east-1:pool", tuning)
}

fn accounts(server: &ScriptedServer, tuning: &Tuning) -> CognitoAccounts {
    let config = support::config(&server.endpoint(), "id", "secret");
    CognitoAccounts::tuned(&config, "us-east-1_Pool", tuning)
}

fn identified(id: &str) -> Step {
    Step::answer(200, json!({ "IdentityId": id }).to_string())
}

fn error(status: u16, kind: &str) -> Step {
    let body = json!({ "__type": kind, "message": "No." });
    Step::answer(status, body.to_string()).with("x-amzn-errortype", kind)
}

fn is_unavailable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable { .. }))
}

#[tokio::test]
async fn a_refused_login_is_an_outcome_and_not_tried_again() {
    for kind in ["NotAuthorizedException", "InvalidParameterException"] {
        let server = ScriptedServer::start(error(400, kind)).await;
        let outcome = broker(&server, &QUICK).identify(PROVIDER, TOKEN).await;
        assert_eq!(outcome.unwrap(), LoginOutcome::Refused, "{kind}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_the_service_would_not_take_is_not_asked() {
    let server = ScriptedServer::start(identified(ALICE)).await;
    let broker = broker(&server, &QUICK);
    let long = "x".repeat(50_001);
    for (provider, token) in [
        ("", TOKEN),
        (&long[..129], TOKEN),
        (PROVIDER, ""),
        (PROVIDER, &long),
    ] {
        let outcome = broker.identify(provider, token).await;
        assert_eq!(outcome.unwrap(), LoginOutcome::Refused);
    }
    assert_eq!(server.requests().len(), 0);
    let outcome = broker.identify(&long[..128], &long[..50_000]).await;
    assert_eq!(
        outcome.unwrap(),
        LoginOutcome::Identity(ALICE.parse().unwrap())
    );
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    for failure in [
        error(500, "InternalErrorException"),
        error(400, "TooManyRequestsException"),
        Step::answer(503, ""),
        Step::Reset,
        Step::Truncate {
            body: "{\"IdentityId\"".into(),
            missing: 20,
        },
    ] {
        let server = ScriptedServer::start(identified(ALICE)).await;
        server.play([failure.clone(), failure.clone()]);
        let outcome = broker(&server, &QUICK).identify(PROVIDER, TOKEN).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("after {failure:?}: {error:?}"));
        assert_eq!(outcome, LoginOutcome::Identity(ALICE.parse().unwrap()));
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn lasting_failures_are_given_up_and_told_apart() {
    let server = ScriptedServer::start(error(400, "TooManyRequestsException")).await;
    let outcome = broker(&server, &QUICK).identify(PROVIDER, TOKEN).await;
    assert!(matches!(outcome, Err(StoreError::Throttled)), "{outcome:?}");
    let deleted = accounts(&server, &QUICK).delete(Uuid::nil()).await;
    assert!(matches!(deleted, Err(StoreError::Throttled)), "{deleted:?}");
    assert_eq!(server.requests().len(), 6);

    for failure in [error(500, "InternalErrorException"), Step::Reset] {
        let server = ScriptedServer::start(failure).await;
        let broker = broker(&server, &QUICK);
        assert!(is_unavailable(&broker.identify(PROVIDER, TOKEN).await));
        assert!(is_unavailable(
            &broker.forget(&ALICE.parse().unwrap()).await
        ));
        assert!(is_unavailable(
            &accounts(&server, &QUICK).disable(Uuid::nil()).await
        ));
        assert_eq!(server.requests().len(), 9);
    }
    for kind in ["ResourceNotFoundException", "ExternalServiceException"] {
        let server = ScriptedServer::start(error(400, kind)).await;
        let outcome = broker(&server, &QUICK).identify(PROVIDER, TOKEN).await;
        assert!(is_unavailable(&outcome), "{kind}");
    }
}

#[tokio::test]
async fn late_answers_are_tried_again_and_then_given_up() {
    let server = ScriptedServer::start(identified(ALICE)).await;
    server.play([Step::never()]);
    let broker = broker(&server, &IMPATIENT);
    let outcome = broker.identify(PROVIDER, TOKEN).await;
    assert_eq!(
        outcome.unwrap(),
        LoginOutcome::Identity(ALICE.parse().unwrap())
    );
    assert!(server.requests().len() > 1);

    server.play(std::iter::repeat_n(Step::never(), 3));
    assert!(is_unavailable(&broker.identify(PROVIDER, TOKEN).await));
    assert_eq!(server.waiting(), 0);
}

#[tokio::test]
async fn refused_credentials_are_final() {
    for kind in ["AccessDeniedException", "UnrecognizedClientException"] {
        let server = ScriptedServer::start(error(400, kind)).await;
        let forgotten = broker(&server, &QUICK)
            .forget(&ALICE.parse().unwrap())
            .await;
        assert!(
            matches!(forgotten, Err(StoreError::Denied)),
            "{forgotten:?}"
        );
        let disabled = accounts(&server, &QUICK).disable(Uuid::nil()).await;
        assert!(matches!(disabled, Err(StoreError::Denied)), "{disabled:?}");
        assert_eq!(server.requests().len(), 2, "each was tried once");
    }
    let server = ScriptedServer::start(error(400, "NotAuthorizedException")).await;
    let deleted = accounts(&server, &QUICK).delete(Uuid::nil()).await;
    assert!(matches!(deleted, Err(StoreError::Denied)), "{deleted:?}");
}

#[tokio::test]
async fn an_answer_without_a_usable_identity_is_none() {
    for body in ["{}", "{\"IdentityId\":\"alice\"}", "[]", "not JSON"] {
        let server = ScriptedServer::start(Step::answer(200, body)).await;
        let outcome = broker(&server, &QUICK).identify(PROVIDER, TOKEN).await;
        assert!(outcome.is_err(), "{body}: {outcome:?}");
    }
}

#[tokio::test]
async fn an_identity_that_was_not_processed_is_not_forgotten() {
    let unprocessed = |code| {
        let entry = json!({ "IdentityId": ALICE, "ErrorCode": code });
        let body = json!({ "UnprocessedIdentityIds": [entry] });
        Step::answer(200, body.to_string())
    };
    let server = ScriptedServer::start(unprocessed("InternalServerError")).await;
    let broker = broker(&server, &QUICK);
    let alice = ALICE.parse().unwrap();
    assert!(is_unavailable(&broker.forget(&alice).await));
    server.play([unprocessed("AccessDenied")]);
    let forgotten = broker.forget(&alice).await;
    assert!(
        matches!(forgotten, Err(StoreError::Denied)),
        "{forgotten:?}"
    );
    server.play([unprocessed("SomethingNew")]);
    assert!(is_unavailable(&broker.forget(&alice).await));
}

#[tokio::test]
async fn a_deletion_whose_answers_are_lost_is_done() {
    let local = LocalServer::start().await;
    let users = local.users();
    let alice = users.sign_up().await;
    let server = ScriptedServer::start(Step::Forward(local.endpoint.clone())).await;
    let lose = || Step::ForwardAndLose(local.endpoint.clone());
    let config = local.admin_at(&server.endpoint());
    let accounts = CognitoAccounts::tuned(&config, &local.user_pool, &QUICK);
    // The sign-out and the deletion, each answered only when it is sent again.
    server.play([lose(), Step::Forward(local.endpoint.clone()), lose()]);
    accounts.delete(alice).await.unwrap();
    assert_eq!(server.requests().len(), 4);
    assert_eq!(users.sign_in(alice).await, None);

    let broker = CognitoIdentities::tuned(&config, &local.identity_pool, &QUICK);
    server.play([lose()]);
    broker.forget(&identity(&SeededIds::new(3))).await.unwrap();
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn errors_hold_no_token() {
    let server = ScriptedServer::start(error(500, "InternalErrorException")).await;
    let outcome = broker(&server, &QUICK).identify(PROVIDER, TOKEN).await;
    let error = outcome.unwrap_err();
    assert!(!format!("{error:?}").contains("a-secret-of-hers"));
}
