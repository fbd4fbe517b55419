//! The pools keep the contracts of the ports that use cases know them by.

use std::sync::Arc;

use async_trait::async_trait;
use notewarden_domain::policy::{Policy, PolicyKind};
use notewarden_testkit::{
    SeededIds,
    contract::{self, LoginProvider, Users},
};
use notewarden_userpool::{
    IdentityPool, IdentityPoolSettings, Role, Roles, UserPool,
    identity_pool::{Providers, UserPoolLogin},
    user_pool::{Progress, Tokens},
};
use uuid::Uuid;

use crate::{
    data_directory::ACCOUNT,
    user_pool::pool::{PASSWORD, Pool, WEB},
};

const IDENTITY_POOL: &str = "us-east-1:11111111-2222-4333-8444-555555555555";

/// A user pool, and an identity pool that trusts it.
struct Pools {
    users: Pool,
    identities: IdentityPool,
}

impl Pools {
    fn new() -> Self {
        let users = Pool::new();
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
            "Principal": "*", "Action": "sts:*"}]}"#;
        let trust = Policy::parse(trust, PolicyKind::Trust).unwrap();
        let role = Role::new(ACCOUNT, "AuthRole", trust);
        let settings = IdentityPoolSettings::new(IDENTITY_POOL, role.arn.clone());
        let login = UserPoolLogin::new(users.pool.clone(), vec![WEB.id.to_owned()]);
        let name = UserPoolLogin::provider_name(&users.pool);
        let identities = IdentityPool::new(
            settings,
            Providers::from([(name.to_owned(), Arc::new(login) as _)]),
            Arc::new(Roles::from_iter([role])),
            users.data.identities(),
            users.data.credentials(),
            users.data.clock(),
        );
        Self { users, identities }
    }

    fn pool(&self) -> &UserPool {
        &self.users.pool
    }

    async fn try_sign_in(&self, username: &str) -> Option<Tokens> {
        let progress = self
            .pool()
            .sign_in_with_password(WEB, username, PASSWORD)
            .await;
        match progress.ok()? {
            Progress::SignedIn(tokens) => Some(tokens),
            _ => None,
        }
    }
}

#[async_trait]
impl Users for Pools {
    async fn sign_up(&self) -> Uuid {
        let count = self.pool().inbox().unwrap().len();
        let address = format!("user-{count}@example.com");
        self.users.sign_up(&address).await;
        self.pool().admin_confirm_sign_up(&address).await.unwrap();
        self.pool().admin_get_user(&address).unwrap().id
    }

    async fn sign_in(&self, subject: Uuid) -> Option<String> {
        let tokens = self.try_sign_in(&subject.to_string()).await?;
        Some(tokens.refresh.unwrap().expose().to_owned())
    }

    async fn is_open(&self, session: &str) -> bool {
        self.pool().refresh(WEB, session).await.is_ok()
    }
}

#[async_trait]
impl LoginProvider for Pools {
    fn name(&self) -> String {
        UserPoolLogin::provider_name(self.pool()).to_owned()
    }

    async fn newcomer(&self) -> String {
        self.sign_up().await.to_string()
    }

    async fn token(&self, person: &str) -> String {
        let tokens = self.try_sign_in(person).await.unwrap();
        tokens.id.expose().to_owned()
    }
}

#[tokio::test]
async fn the_identity_pool_is_an_identity_broker() {
    let pools = Pools::new();
    contract::identity_broker(&pools.identities, &pools, &SeededIds::new(1)).await;
}

#[tokio::test]
async fn the_user_pool_s_users_are_accounts() {
    let pools = Pools::new();
    contract::accounts(pools.pool(), &pools).await;
}
