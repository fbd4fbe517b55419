//! The contracts of identity brokers and of accounts, on everything at hand that speaks Cognito's protocols.
//!
//! What no stand-in shows: Cognito's own throttling, and that a change in a user pool takes a moment to be seen
//! everywhere. moto (5.2) verifies no token, gives a new identity to each `GetId`, and has no `DeleteIdentities`: it
//! shows the form of `GetId` only. The local server verifies tokens as Cognito does.

use std::process;

use aws_sdk_cognitoidentity as identity;
use aws_sdk_cognitoidentityprovider::{
    Client, Config,
    types::{ExplicitAuthFlowsType, UsernameAttributeType},
};
use notewarden_cognito::{CognitoAccounts, CognitoIdentities};
use notewarden_domain::ports::{IdentityBroker, LoginOutcome};
use notewarden_testkit::{
    SeededIds, aws,
    contract::{self, LoginProvider},
};

use crate::support::{self, LocalServer, PoolUsers};

#[tokio::test]
async fn identities_on_the_local_server() {
    let server = LocalServer::start().await;
    let config = server.admin_at(&server.endpoint);
    let broker = CognitoIdentities::new(&config, &server.identity_pool);
    contract::identity_broker(&broker, &server.users(), &SeededIds::new(1)).await;
}

#[tokio::test]
async fn accounts_on_the_local_server() {
    let server = LocalServer::start().await;
    let config = server.admin_at(&server.endpoint);
    let accounts = CognitoAccounts::new(&config, &server.user_pool);
    contract::accounts(&accounts, &server.users()).await;
}

/// A user pool of the stand-in for AWS, as the template's.
async fn moto_users() -> PoolUsers {
    let config = support::config(&aws::endpoint(), "test", "test");
    let client = Client::from_conf(Config::new(&config));
    let name = format!("users-{}", process::id());
    let create = client.create_user_pool().pool_name(name);
    let create = create.username_attributes(UsernameAttributeType::Email);
    let pool = create.send().await.unwrap().user_pool.unwrap().id.unwrap();
    let create = client.create_user_pool_client().user_pool_id(&pool);
    let created = create
        .client_name("web")
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
        .send()
        .await
        .unwrap();
    let client_id = created.user_pool_client.unwrap().client_id.unwrap();
    PoolUsers::new(client, &pool, &client_id)
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn accounts_on_a_stand_in_for_aws() {
    let users = moto_users().await;
    let config = support::config(&aws::endpoint(), "test", "test");
    let accounts = CognitoAccounts::new(&config, users.pool_id());
    contract::accounts(&accounts, &users).await;
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn identities_on_a_stand_in_for_aws_that_verifies_nothing() {
    let users = moto_users().await;
    let config = support::config(&aws::endpoint(), "test", "test");
    let pools = identity::Client::from_conf(identity::Config::new(&config));
    let create = pools
        .create_identity_pool()
        .allow_unauthenticated_identities(false);
    let created = create.identity_pool_name("people").send().await.unwrap();
    let broker = CognitoIdentities::new(&config, created.identity_pool_id());
    let token = users.token(&users.newcomer().await).await;
    let outcome = broker.identify(&users.name(), &token).await.unwrap();
    assert!(matches!(outcome, LoginOutcome::Identity(_)), "{outcome:?}");
}
