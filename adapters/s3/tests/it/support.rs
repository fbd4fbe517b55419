//! Buckets of several services, each reached through the SDK.

mod bucket;
mod local;
mod s3s_fs;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Builder},
};
use aws_smithy_http_client::Builder as HttpClient;
use aws_types::{SdkConfig, region::Region};
use notewarden_domain::ObjectKey;

pub use self::{
    bucket::{Objects, RoughObjects},
    local::LocalServer,
    s3s_fs::S3sFs,
};

pub const BUCKET: &str = "files";

/// Where a service is and who asks.
pub fn config(endpoint: &str, key_id: &str, secret: &str) -> SdkConfig {
    let keys = Credentials::from_keys(key_id, secret, None);
    SdkConfig::builder()
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .http_client(HttpClient::new().build_http())
        .build()
}

/// The SDK's client, for what the adapter does not do itself.
pub fn client(config: &SdkConfig) -> Client {
    let config = Builder::from(config)
        .behavior_version(BehaviorVersion::latest())
        .force_path_style(true);
    Client::from_conf(config.build())
}

/// Uploads an object of `size` bytes.
pub async fn put(client: &Client, bucket: &str, key: ObjectKey, size: u64) {
    let body = vec![b'x'; size.try_into().unwrap()];
    let put = client.put_object().bucket(bucket).key(key.as_str());
    put.body(body.into()).send().await.unwrap();
}
