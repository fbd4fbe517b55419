//! Archives, end to end: the API, the worker and the zip that it makes.

use http::Method;
use notewarden_domain::{
    ObjectKey,
    archive::{Job, Status, StoreRules},
};
use notewarden_embedded::multipart::UploadQuery;
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

#[tokio::test]
async fn each_post_is_done_once_under_its_key() {
    let alice = alice().await;
    alice.put("a.txt", "text").await.ok();
    let file = json!({ "name": "b.txt", "size": 1, "contentType": "text/plain" });
    let posts = [
        ("/notes", json!({ "content": "x" }), 201),
        ("/files", file, 201),
        ("/archives", json!({ "files": ["a.txt"] }), 202),
        ("/me/export", json!({}), 202),
    ];
    for (path, body, status) in posts {
        let first = alice.post_once(path, path, &body).await.status(status);
        let mut first = first.json();
        let again = alice.post_once(path, path, &body).await.status(status);
        let mut again = again.json();
        if path == "/files" {
            // The link is signed anew, as the first may have ended.
            first["upload"] = json!(null);
            again["upload"] = json!(null);
        }
        assert_eq!(first, again, "{path}");
        let mut other = body;
        other["other"] = json!(true);
        let refused = alice.post_once(path, path, &other).await.status(422);
        let urn = refused.json()["type"].clone();
        assert_eq!(
            urn, "urn:notewarden:problem:idempotency-key-reused",
            "{path}"
        );
        // Another key is another request, and another's key is another's.
        let more = alice.post_once(path, "another", &json!({})).await;
        assert_ne!(more.status, 409, "{path}: {more:?}");
    }
    let archives = alice.get("/archives").await.ok().json();
    let notes = alice.get("/notes").await.ok().json();
    assert_eq!(archives.as_array().unwrap().len(), 3, "{archives}");
    assert_eq!(notes.as_array().unwrap().len(), 1, "{notes}");
    let keyed = json!({ "name": "a script", "scopes": ["notes:read"] });
    // What is answered with a secret is answered once.
    alice.post_once("/api-keys", "k", &keyed).await.status(400);
}

/// The worker stops in the middle of a file that takes it far longer than a second, and leaves nothing behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_archive_is_not_made() {
    let alice = alice().await;
    let line = "what is deflated takes its time, and the more so unoptimized; ";
    let text = line.repeat((40 << 20) / line.len());
    for name in ["a.txt", "b.txt", "c.txt"] {
        alice.put(name, text.clone()).await.ok();
    }
    let asked = alice.call(Method::POST, "/archives", Some(json!({ "prefix": "" })));
    let job = asked.await.status(202).json();
    let id = job["archiveId"].as_str().unwrap();
    let path = format!("/archives/{id}");
    // Until the worker is in the middle of it.
    while uploads(&alice) == 0 {
        let job = alice.get(&path).await.ok().json();
        assert_ne!(job["status"], "ready", "pack more");
    }
    alice.call(Method::DELETE, &path, None).await.status(204);
    let job = alice.get(&path).await.ok().json();
    assert_eq!(job["status"], "cancelled");
    alice.get(&format!("{path}?download")).await.status(409);
    let job = stored_job(&alice, id).await;
    let key = ObjectKey::archive(&job.owner, job.id);
    let zip = || alice.place.app().objects.head(key.as_str()).unwrap();
    while uploads(&alice) > 0 || zip().is_some() {
        alice.get(&path).await.ok();
    }
    let job = stored_job(&alice, id).await;
    assert_eq!((job.status(), job.actual), (Status::Cancelled, None));
    // Said again, it is forgotten.
    alice.call(Method::DELETE, &path, None).await.status(204);
    alice.get(&path).await.status(404);
}

/// How many zips are being written.
fn uploads(alice: &Actor) -> usize {
    let query = UploadQuery {
        prefix: "zip/".to_owned(),
        limit: 10,
        ..UploadQuery::default()
    };
    let objects = &alice.place.app().objects;
    objects.list_uploads(&query).unwrap().items.len()
}

#[tokio::test]
async fn an_archive_whose_time_is_over_is_gone() {
    let alice = alice().await;
    alice.put("a.txt", "text").await.ok();
    let id = alice.archive(&json!({ "files": ["a.txt"] })).await;
    let path = format!("/archives/{id}");
    download(&alice, &path).await.ok();
    // As if a day had gone by.
    let (app, job) = (alice.place.app(), stored_job(&alice, &id).await);
    let old = Job {
        expires_at: app.clock.now(),
        version: job.version.next(),
        ..job.clone()
    };
    app.archives.replace(&old, job.version).await.unwrap();
    for is_settled in [false, true] {
        if is_settled {
            app.overdue.settle(app.clock.now()).await.unwrap();
        }
        let told = alice.get(&path).await.ok().json();
        assert_eq!(
            (&told["status"], &told["size"]),
            (&json!("expired"), &json!(null))
        );
        alice.get(&format!("{path}?download")).await.status(410);
        let key = ObjectKey::archive(&job.owner, job.id);
        let zip = app.objects.head(key.as_str()).unwrap();
        assert_eq!(zip.is_none(), is_settled);
    }
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
