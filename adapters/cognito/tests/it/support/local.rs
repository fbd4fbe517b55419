//! The local server's pools, in this process.

use aws_sdk_cognitoidentityprovider::{Client, Config};
use aws_types::SdkConfig;
use notewarden::ephemeral::Ephemeral;

use super::PoolUsers;

/// A server with an empty data directory.
pub struct LocalServer {
    pub endpoint: String,
    pub user_pool: String,
    pub identity_pool: String,
    client_id: String,
    server: Ephemeral,
}

impl LocalServer {
    pub async fn start() -> Self {
        let server = Ephemeral::start().await.unwrap();
        let outputs = server.outputs().clone();
        Self {
            endpoint: outputs.endpoint,
            user_pool: outputs.user_pool,
            identity_pool: outputs.identity_pool,
            client_id: outputs.user_pool_client,
            server,
        }
    }

    /// The administrator, who reaches the server at `endpoint`.
    pub fn admin_at(&self, endpoint: &str) -> SdkConfig {
        let keys = self.server.administrator();
        super::config(
            endpoint,
            &keys.access_key_id,
            keys.secret_access_key.expose(),
        )
    }

    /// The user pool's users, who do not use what is tested.
    pub fn users(&self) -> PoolUsers {
        let config = Config::new(&self.admin_at(&self.endpoint));
        let client = Client::from_conf(config);
        PoolUsers::new(client, &self.user_pool, &self.client_id)
    }
}
