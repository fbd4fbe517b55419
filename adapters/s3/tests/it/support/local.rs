//! The local server's S3, in this process.

use std::{fs, sync::Arc};

use aws_types::SdkConfig;
use notewarden::{
    server::Server,
    wiring::{self, Settings},
};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A server with an empty data directory.
pub struct LocalServer {
    pub endpoint: String,
    pub bucket: String,
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
            bucket: outputs.bucket,
            _server: server,
            _dir: dir,
        }
    }

    /// The administrator, who reaches the server at `endpoint`.
    pub fn admin_at(&self, endpoint: &str) -> SdkConfig {
        super::config(endpoint, &self.key_id, &self.secret)
    }
}
