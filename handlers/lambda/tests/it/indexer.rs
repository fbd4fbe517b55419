//! The function that hears of the bucket's changes, with a bucket and tables of a stand-in for AWS: what comes to the
//! bucket by whatever way is in the index that the API's function asks, and what is too much is in neither.

use notewarden_domain::{IdentityId, ObjectKey};
use notewarden_testkit::{
    SeededIds,
    aws::endpoint,
    fixtures::{identity, request_context},
    http::{ScriptedServer, Step},
};
use serde_json::{Value, json};

use crate::{
    function::{Function, STORES, bucket_event, http_event},
    parity::places::resources::Resources,
};

/// A deployment with a small quota: the function, the API's function, and somebody.
struct World {
    indexer: Function,
    api: Function,
    s3: aws_sdk_s3::Client,
    bucket: String,
    alice: IdentityId,
}

impl World {
    async fn new() -> Self {
        let resources = Resources::create(&endpoint()).await;
        let small = [
            ("MAX_FILES", "3"),
            ("MAX_BYTES", "100"),
            ("MAX_FILE_BYTES", "60"),
        ];
        let variables = [&resources.variables()[..], &small].concat();
        Self {
            indexer: Function::start("indexer", &variables).await,
            api: Function::start("api", &variables).await,
            s3: resources.s3(),
            bucket: resources.variable("BUCKET").to_owned(),
            alice: resources.alice.identity_id.parse().unwrap(),
        }
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", ObjectKey::private_prefix(&self.alice))
    }

    async fn put(&self, name: &str, size: usize) {
        let put = self.s3.put_object().bucket(&self.bucket);
        let put = put.key(self.key(name)).body(vec![b'x'; size].into());
        put.send().await.unwrap();
    }

    /// In two parts, as clients store what is long.
    async fn put_in_parts(&self, name: &str) -> usize {
        use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
        let (bucket, key) = (&self.bucket, self.key(name));
        let created = self.s3.create_multipart_upload();
        let created = created.bucket(bucket).key(&key).send().await.unwrap();
        let id = created.upload_id().unwrap();
        let mut parts = Vec::new();
        for (number, size) in [(1, 5 << 20), (2, 1)] {
            let part = self.s3.upload_part().bucket(bucket).key(&key);
            let part = part.upload_id(id).part_number(number);
            let part = part.body(vec![b'x'; size].into()).send().await.unwrap();
            let completed = CompletedPart::builder().part_number(number);
            parts.push(completed.set_e_tag(part.e_tag).build());
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts));
        let complete = self.s3.complete_multipart_upload().bucket(bucket).key(&key);
        let complete = complete.upload_id(id).multipart_upload(parts.build());
        complete.send().await.unwrap();
        (5 << 20) + 1
    }

    async fn delete(&self, name: &str) {
        let delete = self.s3.delete_object().bucket(&self.bucket);
        delete.key(self.key(name)).send().await.unwrap();
    }

    /// What is in the folder.
    async fn stored(&self) -> Vec<String> {
        let list = self.s3.list_objects_v2().bucket(&self.bucket);
        let list = list.send().await.unwrap();
        let folder = ObjectKey::private_prefix(&self.alice);
        let keys = list.contents().iter().filter_map(|object| object.key());
        let names = keys.map(|key| key.strip_prefix(&folder).unwrap().to_owned());
        names.collect()
    }

    /// Tells the function of the object's change with this number.
    async fn tell(&self, kind: &str, name: &str, number: u64) {
        let event = bucket_event(kind, &self.bucket, &self.key(name), number);
        assert_eq!(
            self.indexer.invoke(&event).await,
            Ok(Value::Null),
            "{event}"
        );
    }

    async fn created(&self, name: &str, number: u64) {
        self.tell("Object Created", name, number).await;
    }

    async fn deleted(&self, name: &str, number: u64) {
        self.tell("Object Deleted", name, number).await;
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&str>) -> (u64, Value) {
        let event = http_event(&request_context(&self.alice, method, path), body);
        let reply = self.api.invoke(&event).await.unwrap();
        let body = reply["body"].as_str().unwrap();
        let body = serde_json::from_str(body).unwrap_or(Value::Null);
        (reply["statusCode"].as_u64().unwrap(), body)
    }

    /// The names and sizes of the files, as the API lists them.
    async fn listed(&self) -> Vec<(String, u64)> {
        let (status, files) = self.ask("GET", "/files", None).await;
        assert_eq!(status, 200, "{files}");
        let files = files.as_array().unwrap().iter();
        let seen = files.map(|file| {
            let name = file["name"].as_str().unwrap().to_owned();
            (name, file["size"].as_u64().unwrap())
        });
        seen.collect()
    }

    /// The files and bytes that the account shows.
    async fn usage(&self) -> (u64, u64) {
        let (status, me) = self.ask("GET", "/me", None).await;
        assert_eq!(status, 200, "{me}");
        assert_eq!(
            me["quota"],
            json!({ "files": 3, "bytes": 100, "fileBytes": 60 })
        );
        let count = |what: &str| me["usage"][what].as_u64().unwrap();
        (count("files"), count("bytes"))
    }
}

fn files<const N: usize>(files: [(&str, u64); N]) -> Vec<(String, u64)> {
    files.map(|(name, size)| (name.to_owned(), size)).to_vec()
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn what_comes_to_the_bucket_is_listed_and_counted() {
    let world = World::new().await;
    assert_eq!(world.listed().await, files([]));
    assert_eq!(world.usage().await, (0, 0));
    for (name, size) in [("photos/ä b+c%20.jpg", 30), ("a.txt", 5)] {
        world.put(name, size).await;
        // Events may come more than once.
        world.created(name, 0xa1).await;
        world.created(name, 0xa1).await;
    }
    let both = files([("a.txt", 5), ("photos/ä b+c%20.jpg", 30)]);
    assert_eq!(world.listed().await, both);
    assert_eq!(world.usage().await, (2, 35));
    world.put("a.txt", 7).await;
    world.created("a.txt", 0xa2).await;
    assert_eq!(world.usage().await, (2, 37));
    // The API's own deletion is one of the bucket's changes as any other.
    let (status, _) = world.ask("DELETE", "/files/a.txt", None).await;
    assert_eq!(status, 204);
    world.deleted("a.txt", 0xa3).await;
    world.created("a.txt", 0xa2).await;
    assert_eq!(world.listed().await, files([("photos/ä b+c%20.jpg", 30)]));
    assert_eq!(world.usage().await, (1, 30));
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn a_direct_upload_that_is_too_much_is_removed_and_its_owner_learns_why() {
    let world = World::new().await;
    for name in ["a", "b"] {
        world.put(name, 50).await;
        world.created(name, 0xa1).await;
    }
    world.put("c", 1).await;
    world.created("c", 0xa1).await;
    assert_eq!(world.stored().await, ["a", "b"]);
    assert_eq!(world.usage().await, (2, 100));
    world.deleted("c", 0xa2).await;
    let (status, problem) = world.ask("GET", "/files/c", None).await;
    assert_eq!(status, 404, "{problem}");
    assert_eq!(
        problem["detail"],
        "the file does not exist, because its upload was removed: your files may have at most 100 bytes together, and \
         would have 101"
    );
    let (_, problem) = world.ask("GET", "/files/never", None).await;
    assert_eq!(problem["detail"], "the file does not exist");

    let size = world.put_in_parts("long").await;
    world.created("long", 0xa1).await;
    // In the place of a file that was there.
    world.put("b", 61).await;
    world.created("b", 0xa2).await;
    assert_eq!(world.stored().await, ["a"]);
    assert_eq!(world.listed().await, files([("a", 50)]));
    assert_eq!(world.usage().await, (1, 50));
    let removed = |line: &Value| line["removedBytes"] == 61;
    let log = world.indexer.log_with(removed).await;
    let bytes = log.iter().filter_map(|line| line["removedBytes"].as_u64());
    let size = u64::try_from(size).unwrap();
    assert_eq!(bytes.collect::<Vec<_>>(), [1, size, 61]);
    assert!(!Value::from(log).to_string().contains(world.alice.as_str()));
}

/// The folder is counted before anything is removed, also what no file name leads to.
#[tokio::test]
#[ignore = "needs a stand-in for AWS; `cargo xtask test` runs it"]
async fn room_that_was_made_counts_before_its_event_has_come() {
    let world = World::new().await;
    for name in ["a", "x//y"] {
        world.put(name, 50).await;
        world.created(name, 0xa1).await;
    }
    assert_eq!(world.listed().await, files([("a", 50)]));
    assert_eq!(world.usage().await, (2, 100));
    world.delete("x//y").await;
    world.put("b", 50).await;
    world.created("b", 0xa1).await;
    assert_eq!(world.stored().await, ["a", "b"]);
    world.deleted("x//y", 0xa2).await;
    assert_eq!(world.listed().await, files([("a", 50), ("b", 50)]));
    assert_eq!(world.usage().await, (2, 100));
}

#[tokio::test]
async fn without_stores_an_event_comes_again_and_the_log_says_why() {
    let nowhere = [("AWS_ENDPOINT_URL", "http://127.0.0.1:9")];
    let indexer = Function::start("indexer", &[&STORES[..], &nowhere].concat()).await;
    let alice = identity(&SeededIds::new(1));
    let key = format!("{}secret.txt", ObjectKey::private_prefix(&alice));
    let error = indexer
        .invoke(&bucket_event("Object Created", "files", &key, 1))
        .await;
    assert_eq!(
        error.unwrap_err(),
        json!({ "errorType": "Unavailable", "errorMessage": "a store failed" })
    );
    let log = indexer.log_with(|line| line["errors"] == 1).await;
    let failed = log.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!(failed["message"], "a change was not noted");
    assert!(!Value::from(log).to_string().contains("secret"));
}

#[tokio::test]
async fn a_store_that_says_nothing_does_not_take_the_functions_time() {
    let store = ScriptedServer::start(Step::never()).await;
    // What opens connections in advance is answered: only the request waits.
    store.play([Step::answer(200, ""), Step::answer(200, "")]);
    let endpoint = store.endpoint();
    let variables = [("AWS_ENDPOINT_URL", endpoint.as_str())];
    let indexer = Function::start("indexer", &[&STORES[..], &variables].concat()).await;
    let alice = identity(&SeededIds::new(2));
    let key = format!("{}a", ObjectKey::private_prefix(&alice));
    let event = bucket_event("Object Created", "files", &key, 1);
    let time = std::time::Duration::from_millis(1_500);
    let error = indexer.invoke_within(&event, time).await.unwrap_err();
    assert_eq!(error["errorType"], "OutOfTime");
    indexer
        .log_with(|line| line["outcome"] == "out-of-time")
        .await;
}

#[tokio::test]
async fn what_is_no_change_of_the_bucket_fails() {
    let indexer = Function::start("indexer", &STORES).await;
    let foreign = bucket_event("Object Created", "another-bucket", "key", 1);
    for event in [json!({}), foreign] {
        let error = indexer.invoke(&event).await.unwrap_err();
        assert_eq!(error["errorType"], "InvalidEvent");
    }
    let nobodys = bucket_event("Object Created", "files", "private/readme.txt", 1);
    assert_eq!(indexer.invoke(&nobodys).await, Ok(Value::Null));
}
