//! The permissions that the adapter needs: what it calls while it keeps its contract.

use std::collections::BTreeSet;

use notewarden_domain::ObjectKey;
use notewarden_s3::{S3Files, S3Objects};
use notewarden_testkit::{
    SeededIds, contract,
    http::{Received, ScriptedServer, Step},
};

use crate::support::{self, LocalServer};

/// What files need: sorted lines of an action and of what it is on, a resource of the template, with a pattern of keys
/// in it.
const FILES: &str = include_str!("../permissions.golden");

/// What the erasure of a folder needs besides, the same way.
const ERASURE: &str = include_str!("../erasure.golden");

/// What archives need, the same way.
const ARCHIVES: &str = include_str!("../archives.golden");

#[tokio::test]
async fn files_need_the_permissions_that_are_committed() {
    let server = LocalServer::start().await;
    let witness = ScriptedServer::start(Step::Forward(server.endpoint.clone())).await;
    let client = support::client(&server.admin_at(&server.endpoint));
    let store = S3Files::new(&server.admin_at(&witness.endpoint()), &server.bucket);
    let put = async |key, size| support::put(&client, &server.bucket, key, size).await;
    contract::file_store(&store, &SeededIds::new(4), put).await;
    committed(&witness, &server.bucket, FILES);
}

#[tokio::test]
async fn the_erasure_of_a_folder_needs_the_permissions_that_are_committed() {
    let server = LocalServer::start().await;
    let witness = ScriptedServer::start(Step::Forward(server.endpoint.clone())).await;
    let client = support::client(&server.admin_at(&server.endpoint));
    let store = S3Files::new(&server.admin_at(&witness.endpoint()), &server.bucket);
    let put = async |key: ObjectKey, size| {
        support::put(&client, &server.bucket, key.clone(), size).await;
        let begun = client.create_multipart_upload().bucket(&server.bucket);
        begun.key(key.as_str()).send().await.unwrap();
    };
    contract::erasure(&store, &SeededIds::new(8), put).await;
    committed(&witness, &server.bucket, ERASURE);
    // Nothing that is not whole is left, but for the other's.
    let left = client.list_multipart_uploads().bucket(&server.bucket);
    let left = left.send().await.unwrap();
    assert_eq!(left.uploads().len(), 3);
}

#[tokio::test]
async fn archives_need_the_permissions_that_are_committed() {
    let server = LocalServer::start().await;
    let witness = ScriptedServer::start(Step::Forward(server.endpoint.clone())).await;
    let objects = S3Objects::new(&server.admin_at(&witness.endpoint()), &server.bucket);
    contract::archive_objects(&objects, &SeededIds::new(5), &server.objects()).await;
    committed(&witness, &server.bucket, ARCHIVES);
}

/// The requests so far need these permissions and no others.
fn committed(witness: &ScriptedServer, bucket: &str, committed: &str) {
    let requests = witness.requests();
    let needed: BTreeSet<String> = requests
        .iter()
        .flat_map(|request| permissions(request, bucket))
        .collect();
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    let committed: Vec<&str> = committed.lines().collect();
    assert_eq!(needed, committed, "needed, and in the golden file");
}

/// What a request needs, by “Required permissions for Amazon S3 API operations”.
fn permissions(request: &Received, bucket: &str) -> Vec<String> {
    assert!(request.header("authorization").is_some(), "{request:?}");
    let query = request.uri.query().unwrap_or_default();
    let has = |name: &str| {
        query
            .split('&')
            .any(|part| part.split('=').next() == Some(name))
    };
    let Some(key) = request.path().strip_prefix(&format!("/{bucket}/")) else {
        panic!("not an object of the bucket: {request:?}")
    };
    if key.is_empty() && has("uploads") {
        return vec!["s3:ListBucketMultipartUploads Bucket".to_owned()];
    }
    if key.is_empty() && has("list-type") {
        return vec!["s3:ListBucket Bucket".to_owned()];
    }
    let on = |action: &str, key: &str| match key.split_once('/') {
        Some((folder, _)) => format!("s3:{action} Bucket/{folder}/*"),
        None => panic!("not in anybody's folder: {request:?}"),
    };
    match request.method.as_str() {
        // Without the second a missing object is answered 403.
        "HEAD" | "GET" => vec![on("GetObject", key), "s3:ListBucket Bucket".to_owned()],
        "DELETE" if has("uploadId") => vec![on("AbortMultipartUpload", key)],
        "DELETE" => vec![on("DeleteObject", key)],
        "POST" if has("uploads") || has("uploadId") => vec![on("PutObject", key)],
        "PUT" => {
            let copied = request.header("x-amz-copy-source");
            let copied = copied.and_then(|source| source.strip_prefix(&format!("{bucket}/")));
            let copied = copied.map(|source| on("GetObject", source));
            copied.into_iter().chain([on("PutObject", key)]).collect()
        }
        _ => panic!("say here what this request needs: {request:?}"),
    }
}
