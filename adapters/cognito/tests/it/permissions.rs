//! The permissions that the adapters need: what they call while they keep their contracts.

use std::collections::BTreeSet;

use notewarden_cognito::{CognitoAccounts, CognitoIdentities};
use notewarden_testkit::{
    SeededIds, contract,
    http::{Received, ScriptedServer, Step},
};
use serde_json::{Value, json};

use crate::support::LocalServer;

/// Sorted lines of an action and of the resource of the template that it is on, or `*`.
const COMMITTED: &str = include_str!("../permissions.golden");

#[tokio::test]
async fn the_contracts_need_the_permissions_that_are_committed() {
    let server = LocalServer::start().await;
    let witness = ScriptedServer::start(Step::Forward(server.endpoint.clone())).await;
    let config = server.admin_at(&witness.endpoint());
    let users = server.users();
    let broker = CognitoIdentities::new(&config, &server.identity_pool);
    contract::identity_broker(&broker, &users, &SeededIds::new(2)).await;
    let accounts = CognitoAccounts::new(&config, &server.user_pool);
    contract::accounts(&accounts, &users).await;

    let requests = witness.requests();
    let needed = requests
        .iter()
        .filter_map(|request| permission(request, &server));
    let needed: BTreeSet<String> = needed.collect();
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    let committed: Vec<&str> = COMMITTED.lines().collect();
    assert_eq!(needed, committed, "needed, and in `permissions.golden`");
}

/// What a request needs, by “Actions, resources, and condition keys” of the two services.
fn permission(request: &Received, server: &LocalServer) -> Option<String> {
    let is_signed = request.header("authorization").is_some();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    match request
        .header("x-amz-target")
        .unwrap()
        .split_once('.')
        .unwrap()
    {
        ("AWSCognitoIdentityService", "GetId") => {
            assert!(!is_signed, "`GetId` takes no signature: {request:?}");
            None
        }
        ("AWSCognitoIdentityService", "DeleteIdentities") => {
            assert!(is_signed, "{request:?}");
            // The action has no resource type: a statement that names the pool would not allow it.
            Some("cognito-identity:DeleteIdentities *".to_owned())
        }
        ("AWSCognitoIdentityProviderService", operation) if operation.starts_with("Admin") => {
            assert!(is_signed, "{request:?}");
            assert_eq!(body.get("UserPoolId"), Some(&json!(server.user_pool)));
            Some(format!("cognito-idp:{operation} UserPool"))
        }
        _ => panic!("say here what this request needs: {request:?}"),
    }
}
