//! The contract of file stores on everything at hand that speaks S3's protocol.
//!
//! What none of them shows: that a role without `s3:ListBucket` is answered 403 for a missing key, and S3's own
//! throttling.

use std::process;

use notewarden_s3::S3Files;
use notewarden_testkit::{SeededIds, aws, contract};

use crate::support::{self, BUCKET, LocalServer, S3sFs};

#[tokio::test]
async fn on_the_local_server() {
    let server = LocalServer::start().await;
    let config = server.admin_at(&server.endpoint);
    let client = support::client(&config);
    let store = S3Files::new(&config, &server.bucket);
    let put = async |key, size| support::put(&client, &server.bucket, key, size).await;
    contract::file_store(&store, &SeededIds::new(1), put).await;
    contract::erasure(&store, &SeededIds::new(6), put).await;
}

#[tokio::test]
async fn on_s3s_fs() {
    let server = S3sFs::start().await;
    let client = support::client(&server.config);
    let store = S3Files::new(&server.config, BUCKET);
    let put = async |key, size| support::put(&client, BUCKET, key, size).await;
    // Its objects are files of the file system, where a file has no place beside a folder of its name.
    contract::file_store_of_paths(&store, &SeededIds::new(2), put).await;
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn on_a_stand_in_for_aws() {
    let config = support::config(&aws::endpoint(), "test", "test");
    let client = support::client(&config);
    let bucket = format!("{BUCKET}-{}", process::id());
    let created = client.create_bucket().bucket(&bucket).send().await;
    created.unwrap();
    let store = S3Files::new(&config, &bucket);
    let put = async |key, size| support::put(&client, &bucket, key, size).await;
    contract::file_store(&store, &SeededIds::new(3), put).await;
    contract::erasure(&store, &SeededIds::new(7), put).await;
}
