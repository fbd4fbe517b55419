//! The permissions that the adapter needs: what it calls while it keeps its contract.

use std::collections::BTreeSet;

use notewarden_s3::S3Files;
use notewarden_testkit::{
    SeededIds, contract,
    http::{Received, ScriptedServer, Step},
};

use crate::support::{self, LocalServer};

/// Sorted lines of an action and of what it is on: a resource of the template, with a pattern of keys in it.
const COMMITTED: &str = include_str!("../permissions.golden");

#[tokio::test]
async fn the_contract_needs_the_permissions_that_are_committed() {
    let server = LocalServer::start().await;
    let witness = ScriptedServer::start(Step::Forward(server.endpoint.clone())).await;
    let client = support::client(&server.admin_at(&server.endpoint));
    let store = S3Files::new(&server.admin_at(&witness.endpoint()), &server.bucket);
    let put = async |key, size| support::put(&client, &server.bucket, key, size).await;
    contract::file_store(&store, &SeededIds::new(4), put).await;

    let requests = witness.requests();
    let needed: BTreeSet<String> = requests
        .iter()
        .flat_map(|request| permissions(request, &server.bucket))
        .collect();
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    let committed: Vec<&str> = COMMITTED.lines().collect();
    assert_eq!(needed, committed, "needed, and in `permissions.golden`");
}

/// What a request needs, by “Required permissions for Amazon S3 API operations”.
fn permissions(request: &Received, bucket: &str) -> Vec<String> {
    assert!(request.header("authorization").is_some(), "{request:?}");
    let path = request.path().strip_prefix(&format!("/{bucket}/"));
    let key = path.unwrap_or_else(|| panic!("not an object of the bucket: {request:?}"));
    let objects = match key.split_once('/') {
        Some((folder, _)) => format!("Bucket/{folder}/*"),
        None => panic!("not in anybody's folder: {request:?}"),
    };
    let query = request.uri.query().unwrap_or_default();
    match (request.method.as_str(), query) {
        // Without the second a missing object is answered 403.
        ("HEAD", "") => vec![
            format!("s3:GetObject {objects}"),
            "s3:ListBucket Bucket".to_owned(),
        ],
        ("DELETE", "x-id=DeleteObject" | "") => vec![format!("s3:DeleteObject {objects}")],
        _ => panic!("say here what this request needs: {request:?}"),
    }
}
