//! Users of a user pool, whichever service has it.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use aws_sdk_cognitoidentityprovider::{
    Client,
    types::{AuthFlowType, AuthenticationResultType},
};
use notewarden_testkit::contract::{LoginProvider, Users};
use uuid::Uuid;

const PASSWORD: &str = "Passw0rd!";

/// The users of one pool, who sign in with their password.
pub struct PoolUsers {
    client: Client,
    pool_id: String,
    client_id: String,
    people: AtomicUsize,
}

impl PoolUsers {
    pub fn new(client: Client, pool_id: &str, client_id: &str) -> Self {
        Self {
            client,
            pool_id: pool_id.to_owned(),
            client_id: client_id.to_owned(),
            people: AtomicUsize::default(),
        }
    }

    pub fn pool_id(&self) -> &str {
        &self.pool_id
    }

    /// What the pool gives for these parameters; `None` if it refuses them.
    async fn authenticate(
        &self,
        flow: AuthFlowType,
        parameters: &[(&str, &str)],
    ) -> Option<AuthenticationResultType> {
        let mut asked = self.client.initiate_auth().client_id(&self.client_id);
        for (name, value) in parameters {
            asked = asked.auth_parameters(*name, *value);
        }
        match asked.auth_flow(flow).send().await {
            Ok(answer) => answer.authentication_result,
            Err(error) => {
                let error = error.into_service_error();
                let is_refusal =
                    error.is_not_authorized_exception() || error.is_user_not_found_exception();
                assert!(is_refusal, "{error:?}");
                None
            }
        }
    }

    async fn try_sign_in(&self, username: &str) -> Option<AuthenticationResultType> {
        let parameters = [("USERNAME", username), ("PASSWORD", PASSWORD)];
        self.authenticate(AuthFlowType::UserPasswordAuth, &parameters)
            .await
    }
}

#[async_trait]
impl Users for PoolUsers {
    async fn sign_up(&self) -> Uuid {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let address = format!("user-{number}@example.com");
        let sign_up = self.client.sign_up().client_id(&self.client_id);
        let signed_up = sign_up.username(&address).password(PASSWORD).send().await;
        let confirm = self.client.admin_confirm_sign_up();
        let confirm = confirm.user_pool_id(&self.pool_id).username(&address);
        let subject = signed_up.unwrap().user_sub;
        confirm.send().await.unwrap();
        subject.parse().unwrap()
    }

    async fn sign_in(&self, subject: Uuid) -> Option<String> {
        self.try_sign_in(&subject.to_string()).await?.refresh_token
    }

    async fn is_open(&self, session: &str) -> bool {
        let parameters = [("REFRESH_TOKEN", session)];
        let refreshed = self.authenticate(AuthFlowType::RefreshTokenAuth, &parameters);
        refreshed.await.is_some()
    }
}

#[async_trait]
impl LoginProvider for PoolUsers {
    fn name(&self) -> String {
        format!("cognito-idp.us-east-1.amazonaws.com/{}", self.pool_id)
    }

    async fn newcomer(&self) -> String {
        self.sign_up().await.to_string()
    }

    async fn token(&self, person: &str) -> String {
        let tokens = self.try_sign_in(person).await.unwrap();
        tokens.id_token.unwrap()
    }
}
