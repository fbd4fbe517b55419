//! API keys and links of logins on a stand-in for DynamoDB, with the permissions that are written down.

use std::sync::Arc;

use notewarden_domain::{
    Caller, Scopes,
    api_keys::{ApiKeys, KeyDraft},
    ports::ApiKeyStore,
};
use notewarden_dynamodb::{DynamoApiKeys, DynamoLinks};
use notewarden_testkit::{
    FixedClock, SeededIds, contract,
    fixtures::{NOON, identity},
};
use serde_json::Value;

use crate::{contract::assert_permissions, support::tables::Place};

/// One line for each permission: the action, and the table by its name in the template.
const PERMISSIONS: &str = include_str!("../ways_in.golden");

/// The same for whoever only tells whose a key is.
const AUTHENTICATION: &str = include_str!("../authentication.golden");

/// The same for whoever only revokes all that a person has.
const REVOCATION: &str = include_str!("../revocation.golden");

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn dynamo_stores_of_ways_in_keep_their_contracts() {
    let mut place = Place::new().await;
    let [keys, links] = [
        place.table("ApiKeys").await,
        place.table("IdentityLinks").await,
    ];
    let store = DynamoApiKeys::beside(&place.notes, &keys);
    contract::api_key_store(&store, &SeededIds::new(1)).await;
    let store = DynamoLinks::beside(&place.notes, &links);
    contract::identity_links(&store, &SeededIds::new(2)).await;
    let name_of = move |table: &Value| match table.as_str().unwrap() {
        table if table == keys => "ApiKeys",
        table if table == links => "IdentityLinks",
        other => panic!("`{other}` is not a table of these stores"),
    };
    assert_permissions(place.close().await, name_of, PERMISSIONS);
}

#[tokio::test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
async fn to_tell_whose_a_key_is_and_to_revoke_all_needs_less() {
    let mut place = Place::new().await;
    let table = place.table("ApiKeys").await;
    let store = Arc::new(DynamoApiKeys::beside(&place.notes, &table));
    let ids = Arc::new(SeededIds::new(3));
    let keys = ApiKeys::new(store.clone(), Arc::new(FixedClock::at(NOON)), ids.clone());
    let draft = KeyDraft {
        name: "x".parse().unwrap(),
        scopes: Scopes::GRANTABLE,
        expires_at: None,
    };
    let caller = Caller::signed_in(identity(&*ids));
    let (key, token) = keys.create(&caller, draft).await.unwrap();
    let before = place.server.requests().len();
    let found = keys.authenticate(&token.expose()).await.unwrap();
    assert_eq!(found, Some(key));
    let told = place.server.requests().split_off(before);
    let before = before + told.len();
    assert_permissions(told, |_| "ApiKeys", AUTHENTICATION);
    for key in store.list(&caller.identity).await.unwrap() {
        store.delete(&caller.identity, key.id).await.unwrap();
    }
    let revoked = place.close().await.split_off(before);
    assert_permissions(revoked, |_| "ApiKeys", REVOCATION);
}
