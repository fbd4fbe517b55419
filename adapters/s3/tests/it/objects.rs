//! The contracts of archives' objects and of links, on what speaks enough of S3's protocol. The S3 that keeps objects
//! as files is not asked: it reads without regard to entity tags, and lists no uploads.

use std::{process, sync::Arc};

use notewarden::system::SystemClock;
use notewarden_s3::{S3Links, S3Objects};
use notewarden_testkit::{SeededIds, aws, contract};

use crate::support::{self, BUCKET, LocalServer, Objects, RoughObjects};

#[tokio::test]
async fn archives_are_made_on_the_local_server() {
    let server = LocalServer::start().await;
    let config = server.admin_at(&server.endpoint);
    let objects = S3Objects::new(&config, &server.bucket);
    contract::archive_objects(&objects, &SeededIds::new(1), &server.objects()).await;
}

#[tokio::test]
async fn links_lead_to_the_local_server() {
    let server = LocalServer::start().await;
    let config = server.admin_at(&server.endpoint);
    let links = S3Links::new(&config, &server.bucket, Arc::new(SystemClock));
    contract::link_signer(&links, &SeededIds::new(2), &server.objects()).await;
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn archives_are_made_and_links_lead_to_a_stand_in_for_aws() {
    let config = support::config(&aws::endpoint(), "test", "test");
    let bucket = format!("{BUCKET}-of-archives-{}", process::id());
    let client = support::client(&config);
    let created = client.create_bucket().bucket(&bucket).send().await;
    created.unwrap();
    let objects = S3Objects::new(&config, &bucket);
    let links = S3Links::new(&config, &bucket, Arc::new(SystemClock));
    let rough = RoughObjects(Objects { client, bucket });
    contract::archive_objects(&objects, &SeededIds::new(3), &rough).await;
    contract::link_signer(&links, &SeededIds::new(4), &rough).await;
}
