//! The GraphQL API of a real server: who may ask for what, the same state and refusals as by the HTTP API, and what is
//! done to it.

mod attacks;
mod authz;
mod doors;

use std::sync::Arc;

use http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{Actor, Answer, Place, Signing};

/// A server with the API.
async fn place() -> Arc<Place> {
    Place::start_where(|settings| {
        let parameters = &mut settings.parameters;
        parameters.insert("GraphQl".to_owned(), "iam".to_owned());
    })
    .await
}

/// A request to the API, not signed.
fn request(actor: &Actor, body: impl Into<bytes::Bytes>) -> Request<bytes::Bytes> {
    let headers = [("content-type", "application/json")];
    actor.request(Method::POST, "/graphql", &headers, body)
}

/// Sends a body that is signed.
async fn send(actor: &Actor, body: impl Into<bytes::Bytes>) -> Answer {
    let mut request = request(actor, body);
    Signing::new(&actor.keys, "appsync").sign(&mut request);
    actor.place.send(request).await
}

/// What is answered to a query with these variables.
async fn ask(actor: &Actor, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    let answer = send(actor, body.to_string()).await.status(200);
    assert_eq!(answer.headers["content-type"], "application/json");
    answer.json()
}

/// The data of an answer without errors.
async fn data(actor: &Actor, query: &str, variables: Value) -> Value {
    let answer = ask(actor, query, variables).await;
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"].clone()
}

/// The one error of an answer.
async fn error(actor: &Actor, query: &str, variables: Value) -> Value {
    let answer = ask(actor, query, variables).await;
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{answer}");
    errors[0].clone()
}
