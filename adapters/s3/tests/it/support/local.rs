//! The local server's S3, in this process.

use aws_types::SdkConfig;
use notewarden::ephemeral::Ephemeral;

/// A server with an empty data directory.
pub struct LocalServer {
    pub endpoint: String,
    pub bucket: String,
    server: Ephemeral,
}

impl LocalServer {
    pub async fn start() -> Self {
        let server = Ephemeral::start().await.unwrap();
        let outputs = server.outputs().clone();
        Self {
            endpoint: outputs.endpoint,
            bucket: outputs.bucket,
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

    /// The bucket in the administrator's hands.
    pub fn objects(&self) -> super::Objects {
        super::Objects {
            client: super::client(&self.admin_at(&self.endpoint)),
            bucket: self.bucket.clone(),
        }
    }
}
