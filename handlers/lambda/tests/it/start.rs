//! How functions begin, and why they do not.

use serde_json::{Value, json};

use crate::function::{Function, STORES, http_event};

/// What the function says, to Lambda and in its log, before it ends.
async fn refusal(handler: &str, variables: &[(&str, &str)]) -> String {
    let function = Function::start(handler, variables).await;
    let error = function.lambda.init_error().await;
    assert_eq!(error["errorType"], "Runtime.InvalidConfiguration");
    let message = error["errorMessage"].as_str().unwrap().to_owned();
    let (status, log) = function.ended().await;
    assert_eq!(status.code(), Some(1));
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0]["level"], "ERROR");
    assert_eq!(log[0]["error"], message.as_str());
    message
}

#[tokio::test]
async fn a_function_names_all_that_it_lacks() {
    assert_eq!(
        refusal("api", &[("BUCKET", "files")]).await,
        "the environment lacks `NOTES_TABLE`, `IDEMPOTENCY_TABLE`, `ARCHIVES_TABLE`, `FILES_TABLE`, \
         `API_KEYS_TABLE`, `QUEUE_URL`, `IDENTITY_POOL`, `USER_POOL`, `IDENTITY_LINKS_TABLE`"
    );
    assert_eq!(
        refusal("", &STORES).await,
        "the environment lacks `_HANDLER`"
    );
}

#[tokio::test]
async fn a_function_knows_its_entry_points() {
    assert_eq!(
        refusal("bootstrap", &STORES).await,
        "`_HANDLER` is `bootstrap`: it must be `api`, `archiver`, `authorizer`, `graphql` or `indexer`"
    );
}

#[tokio::test]
async fn a_malformed_event_is_an_error_and_the_next_one_is_served() {
    let function = Function::api("http://127.0.0.1:1").await;
    let secret = "what alice wrote";
    let error = function
        .invoke(&json!({ "text": secret }))
        .await
        .unwrap_err();
    assert_eq!(
        (&error["errorType"], &error["errorMessage"]),
        (
            &json!("InvalidEvent"),
            &json!("the event is not an HTTP event")
        )
    );
    let context = notewarden_testkit::fixtures::unsigned_request_context("GET", "/openapi.json");
    let reply = function.invoke(&http_event(&context, None)).await.unwrap();
    assert_eq!(reply["statusCode"], 200);
    let log = function.log_with(|line| line["status"] == 200).await;
    let outcomes = log.iter().filter(|line| line["outcome"].is_string());
    let outcomes: Vec<_> = outcomes.map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["invalid-event", "answered"]);
    assert!(!Value::from(log).to_string().contains(secret));
}
