//! Who the caller is: whom the gateway verified, or nobody.

use http::StatusCode;
use notewarden_api::{Auth, GatewayContext, routes};
use notewarden_testkit::{
    SeededIds,
    client::Actor,
    fixtures::{identity, request_context, unsigned_request_context},
};
use serde_json::{Value, json};

use crate::world::World;

/// Asks every route that needs a caller, and is refused.
async fn is_refused_everywhere(actor: &Actor<axum::Router>) {
    for route in routes().iter().filter(|route| route.auth == Auth::Iam) {
        let id = "0193bb5a-7c00-7000-8000-00000000000a";
        let path = route.path.replace("{noteId}", id);
        let path = path.replace("{archiveId}", id).replace("{name+}", "a/b");
        let call = actor.request(route.method.clone(), &path);
        let answer = call.body(r#"{"content":""}"#).send().await;
        let body = answer.has(StatusCode::FORBIDDEN).json();
        let kind = &body["type"];
        assert_eq!(
            kind, "urn:notewarden:problem:not-signed-in",
            "{}",
            route.path
        );
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_verified_identity() {
    let world = World::new();
    let id = identity(&*world.ids);
    let with = |pointer: &'static str, value: Value| {
        let id = id.clone();
        world.actor(move |method, path| {
            let mut context = request_context(&id, method, path);
            *context.pointer_mut(pointer).unwrap() = value.clone();
            context
        })
    };
    let cognito = "/authorizer/iam/cognitoIdentity";
    for actor in [
        Actor::new(world.router.clone(), |_, _| {}),
        world.actor(unsigned_request_context),
        with("/authorizer", json!({ "jwt": { "claims": { "sub": id } } })),
        with("/authorizer/iam", Value::Null),
        with(cognito, Value::Null),
        with("/authorizer/iam/cognitoIdentity/identityId", json!("")),
        with(
            "/authorizer/iam/cognitoIdentity/identityId",
            json!("us-east-1:*"),
        ),
        with(
            "/authorizer/iam/cognitoIdentity/amr",
            json!(["unauthenticated"]),
        ),
    ] {
        is_refused_everywhere(&actor).await;
    }
}

#[tokio::test]
async fn the_contract_is_open_to_anybody() {
    let world = World::new();
    let actor = world.actor(unsigned_request_context);
    actor.get("/openapi.json").await.ok();
}

#[test]
fn the_context_is_read_and_written_as_aws_spells_it() {
    let id = identity(&SeededIds::new(1));
    for json in [
        request_context(&id, "GET", "/notes"),
        unsigned_request_context("GET", "/notes"),
    ] {
        let context: GatewayContext = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&context).unwrap(), json);
    }
}
