//! Archives, end to end: the API, the worker and the zip that it makes.

use http::Method;
use notewarden_domain::archive::{Job, StoreRules};
use serde_json::json;

use crate::{
    files::{alice, download},
    support::Actor,
};

/// The job as it is stored, with what its plan expected and what it took.
async fn stored_job(alice: &Actor, id: &str) -> Job {
    let owner = alice.identity_id.parse().unwrap();
    let jobs = &alice.place.app().archives;
    jobs.get(&owner, id.parse().unwrap())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn an_archive_is_made_downloaded_and_removed() {
    let alice = alice().await;
    let bob = Actor::sign_up(&alice.place, "bob").await;
    alice.put("a.txt", "first").await.ok();
    alice.put("b.txt", "second").await.ok();
    let id = alice.archive(&json!({ "files": ["a.txt", "b.txt"] })).await;
    let path = format!("/archives/{id}");
    let zip = download(&alice, &path).await.ok().body;
    assert!(zip.starts_with(b"PK\x03\x04"), "{zip:?}");
    for content in ["first", "second", "a.txt", "b.txt"] {
        let bytes = content.as_bytes();
        assert!(
            zip.windows(bytes.len()).any(|window| window == bytes),
            "`{content}` is not in the zip"
        );
    }
    // What is another's does not exist.
    for path in [path.clone(), format!("{path}?download")] {
        bob.get(&path).await.status(404);
    }
    bob.call(Method::DELETE, &path, None).await.status(404);
    alice.call(Method::DELETE, &path, None).await.status(204);
    alice.get(&path).await.status(404);
}

/// Of a large file that is stored as it is, no more comes through the worker than is written with its header: the rest
/// is copied where it lies.
#[tokio::test]
async fn a_large_file_is_not_read() {
    let alice = alice().await;
    let large = vec![b'x'; 12 << 20];
    alice.put("large.jpg", large.clone()).await.ok();
    alice.put("small.jpg", "small").await.ok();
    let id = alice.archive(&json!({ "prefix": "" })).await;
    let job = stored_job(&alice, &id).await;
    let (expected, actual) = (job.expected.unwrap(), job.actual.unwrap());
    assert_eq!(actual.bytes_copied, expected.bytes_copied);
    let glue = StoreRules::EMBEDDED.min_part;
    let read = large.len() as u64 - actual.bytes_copied;
    assert!(read <= glue, "{actual:?}");
    // That is read and written, and so are the headers and the small file.
    let through_worker = actual.bytes_through_worker;
    assert!(through_worker < 2 * glue + 1_000, "{actual:?}");
    let zip = download(&alice, &format!("/archives/{id}")).await.ok().body;
    assert_eq!(zip.len() as u64, job.size().unwrap());
    let is_whole = zip.windows(large.len()).any(|window| window == large);
    assert!(is_whole, "the large file is not in the zip");
}
