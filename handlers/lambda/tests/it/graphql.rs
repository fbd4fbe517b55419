//! The function that resolves AppSync's fields.

use serde_json::{Value, json};

use crate::function::{Function, STORES};

/// Nobody listens there.
const NOWHERE: (&str, &str) = ("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
const IDENTITY: &str = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";

async fn function() -> Function {
    Function::start("graphql", &[&[NOWHERE], &STORES[..]].concat()).await
}

/// As the template's request handler sends it.
fn event(field: &str, arguments: &Value, sign_in: &str) -> Value {
    json!({
        "info": { "parentTypeName": "Query", "fieldName": field },
        "arguments": arguments,
        "identity": {
            "accountId": "000000000000",
            "cognitoIdentityPoolId": "us-east-1:00000000-0000-4000-8000-00000000000a",
            "cognitoIdentityId": IDENTITY,
            "sourceIp": ["203.0.113.9"],
            "username": "AROAEXAMPLE:CognitoIdentityCredentials",
            "userArn": "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials",
            "cognitoIdentityAuthType": sign_in,
            "cognitoIdentityAuthProvider": null
        }
    })
}

#[tokio::test]
async fn a_problem_is_an_answer_and_the_log_has_the_field_and_nothing_that_people_wrote() {
    let function = function().await;
    let nobodys = "00000000-0000-7000-8000-000000000001";
    let unreached = event("note", &json!({ "noteId": nobodys }), "authenticated");
    let answer = function.invoke(&unreached).await.unwrap();
    let error = &answer["error"];
    assert_eq!(
        (&error["type"], &error["info"]["status"]),
        (&json!("Unavailable"), &json!(503))
    );

    let guest = function
        .invoke(&event("me", &json!({}), "unauthenticated"))
        .await
        .unwrap();
    assert_eq!(guest["error"]["type"], "NotSignedIn");
    let secret = "what alice wrote";
    let unknown = event(secret, &json!({ "x": secret }), "authenticated");
    let unknown = function.invoke(&unknown).await.unwrap();
    assert_eq!(unknown["error"]["type"], "MalformedRequest");

    let log = function.log_with(|line| line["status"] == 400).await;
    // What went wrong has a line of its own, with the status but without an outcome.
    let is_of = |line: &&Value, status| line["status"] == status && line["outcome"].is_string();
    let of = |status: u16| log.iter().find(|line| is_of(line, status)).unwrap();
    assert_eq!(
        (&of(503)["route"], &of(503)["errors"]),
        (&json!("Query.note"), &json!(1))
    );
    assert_eq!(
        (&of(403)["route"], &of(403)["errors"]),
        (&json!("Query.me"), &json!(0))
    );
    assert_eq!(of(400).get("route"), None);
    assert_eq!(of(503)["requestId"], error["info"]["requestId"]);
    let log = Value::from(log).to_string();
    assert!(!log.contains(secret) && !log.contains(IDENTITY), "{log}");
}

#[tokio::test]
async fn what_is_no_field_is_refused() {
    let function = function().await;
    let error = function.invoke(&json!({ "info": {} })).await.unwrap_err();
    assert_eq!(error["errorType"], "InvalidEvent");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with("the event is not an AppSync event: "),
        "{message}"
    );
}
