//! Names that break stores, through the API's door: each is stored and read back as it is, or refused with 422, just
//! as [`FileName`] says.

use notewarden_api::{decode_path, encode_path};
use notewarden_domain::FileName;
use notewarden_testkit::fixtures::NOON;
use serde_json::{Value, json};

use crate::world::World;

/// Object keys, each with what it is known to break.
const KEYS: &str = include_str!("../../../local/tests/data/object-keys.json");

#[tokio::test]
async fn every_name_is_read_back_as_it_is_or_refused() {
    let keys: Vec<Value> = serde_json::from_str(KEYS).unwrap();
    let [mut taken, mut refused] = [0; 2];
    for key in &keys {
        let name = key["key"].as_str().unwrap();
        // People of their own: names are not to be told apart by what else there is.
        let world = World::new();
        let alice = world.person();
        let body = json!({ "name": name, "size": 3, "contentType": "text/plain" });
        let answer = alice.post("/files", body).await;
        let archive = json!({ "files": [name] });
        let Ok(parsed) = name.parse::<FileName>() else {
            answer.unprocessable().naming("name");
            let answer = alice.post("/archives", archive).await;
            answer.unprocessable().naming("files");
            refused += 1;
            continue;
        };
        let created = answer.created();
        assert_eq!(created.text("name"), name);
        let path = created.header("location").unwrap();
        world.files.put(&alice.key(name), 3, NOON);

        // The way that a gateway takes, which decodes once.
        let decoded = decode_path(path).unwrap();
        assert_eq!(decoded, format!("/files/{name}"));
        assert_eq!(encode_path(&decoded), path);
        let described = alice.get(path).await.ok();
        assert_eq!(described.text("name"), name);
        let listed = alice.get("/files").await.ok().json();
        assert_eq!(listed[0]["name"], name);
        alice
            .post("/archives", archive)
            .await
            .has(http::StatusCode::ACCEPTED);
        let note = json!({ "content": "", "attachments": [name] });
        let note = alice.post("/notes", note).await.created().json();
        assert_eq!(note["attachments"][0], name);
        alice.delete(&format!("{path}?force")).await.no_content();
        alice.get(path).await.not_found();
        assert_eq!(world.files.keys(), [], "{parsed}");
        taken += 1;
    }
    assert!(
        taken > 50 && refused > 10,
        "{taken} taken, {refused} refused"
    );
}

/// What looks like an escape in a name is no escape in the path.
#[tokio::test]
async fn a_path_is_decoded_once() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a b", "a%20b", "a%2520b", "a+b", "a/b", "a%2Fb"]);
    for (path, name) in [
        ("/files/a%20b", "a b"),
        ("/files/a%2520b", "a%20b"),
        ("/files/a%252520b", "a%2520b"),
        ("/files/a+b", "a+b"),
        ("/files/a%2Bb", "a+b"),
        ("/files/a/b", "a/b"),
        ("/files/a%252Fb", "a%2Fb"),
    ] {
        assert_eq!(alice.get(path).await.ok().text("name"), name, "{path}");
    }
}
