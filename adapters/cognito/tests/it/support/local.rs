//! The local server's pools, in this process.

use std::{fs, sync::Arc};

use aws_sdk_cognitoidentityprovider::{Client, Config};
use aws_types::SdkConfig;
use notewarden::{
    server::Server,
    wiring::{self, Settings},
};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::PoolUsers;

/// A server with an empty data directory.
pub struct LocalServer {
    pub endpoint: String,
    pub user_pool: String,
    pub identity_pool: String,
    client_id: String,
    key_id: String,
    secret: String,
    _server: Server,
    _dir: TempDir,
}

impl LocalServer {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = wiring::open(Settings {
            data_dir: dir.path().to_owned(),
            on_message: Arc::new(|_| ()),
        })
        .await
        .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(listener, app.clone()).unwrap();
        let outputs = app.publish(server.address(), None).unwrap();
        let keys = fs::read_to_string(&outputs.aws_credentials_file).unwrap();
        let key = |name| {
            let line = keys.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().to_owned()
        };
        Self {
            key_id: key("aws_access_key_id = "),
            secret: key("aws_secret_access_key = "),
            endpoint: outputs.endpoint,
            user_pool: outputs.user_pool,
            identity_pool: outputs.identity_pool,
            client_id: outputs.user_pool_client,
            _server: server,
            _dir: dir,
        }
    }

    /// The administrator, who reaches the server at `endpoint`.
    pub fn admin_at(&self, endpoint: &str) -> SdkConfig {
        super::config(endpoint, &self.key_id, &self.secret)
    }

    /// The user pool's users, who do not use what is tested.
    pub fn users(&self) -> PoolUsers {
        let config = Config::new(&self.admin_at(&self.endpoint));
        let client = Client::from_conf(config);
        PoolUsers::new(client, &self.user_pool, &self.client_id)
    }
}
