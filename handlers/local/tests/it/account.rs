//! All that is somebody's: put into one zip, and erased.

use std::{collections::BTreeMap, io::Cursor, io::Read};

use bytes::Bytes;
use http::Method;
use notewarden_domain::{IdentityId, ports::NoteStore};
use notewarden_embedded::{EmbeddedNotes, objects::ListQuery};
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::{
    files::{alice, download},
    support::{Actor, PASSWORD},
};

/// The entries of a zip, whose checksums are checked on the way.
pub fn entries(zip: Bytes) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(zip)).unwrap();
    let numbers = 0..zip.len();
    let entry = |number| {
        let mut entry = zip.by_index(number).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.name().unwrap().into_owned(), bytes)
    };
    numbers.map(entry).collect()
}

#[tokio::test]
async fn an_export_has_all_that_there_is() {
    let alice = alice().await;
    let long = "a line of a file, which is deflated\n".repeat(20_000);
    let files = [
        ("a.txt", Bytes::from_static(b"first")),
        ("b/ö.txt", Bytes::from(long)),
        ("c.jpg", Bytes::from(vec![7; 6 << 20])),
        ("empty", Bytes::new()),
    ];
    for (name, bytes) in &files {
        let name = name.replace('ö', "%C3%B6");
        alice.put(&name, bytes.clone()).await.ok();
    }
    let mut notes = Vec::new();
    for (content, attachments) in [("", json!([])), ("zwei — ü", json!(["a.txt", "c.jpg"]))] {
        let note = json!({ "content": content, "attachments": attachments });
        let note = alice.call(Method::POST, "/notes", Some(note)).await;
        notes.push(note.status(201).json());
    }
    let asked = alice.call(Method::POST, "/me/export", None).await;
    let id = alice.ready(&asked.status(202).json()).await;
    let zip = download(&alice, &format!("/archives/{id}")).await.ok();
    let disposition = zip.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.contains("export.zip"), "{disposition}");

    let mut found: BTreeMap<_, _> = entries(zip.body).into_iter().collect();
    let told: Value = serde_json::from_slice(&found.remove("notes.json").unwrap()).unwrap();
    assert_eq!(
        told,
        json!(notes),
        "as the API shows them, the oldest first"
    );
    for note in &notes {
        let name = format!("notes/{}.md", note["noteId"].as_str().unwrap());
        let text = String::from_utf8(found.remove(&name).unwrap()).unwrap();
        assert_eq!(note["content"], text);
    }
    for (name, bytes) in files {
        assert!(
            found.remove(name).unwrap() == bytes,
            "`{name}` is not what it was"
        );
    }
    assert!(found.is_empty(), "{:?}", found.keys());
}

impl Actor {
    /// How many notes are stored, and which objects.
    async fn kept(&self) -> (u64, Vec<String>) {
        let app = self.place.app();
        let owner: IdentityId = self.identity_id.parse().unwrap();
        let notes = EmbeddedNotes::new(app.database.clone());
        let everything = ListQuery {
            limit: 1_000,
            ..ListQuery::default()
        };
        let objects = app.objects.list(&everything).unwrap().items;
        let keys = objects.iter().map(|item| item.name().to_owned());
        let keys = keys.filter(|key| key.contains(&self.identity_id));
        (notes.count(&owner).await.unwrap(), keys.collect())
    }

    /// Signs in, and answers what comes of it.
    async fn try_to_sign_in(&self) -> crate::support::Answer {
        let sign_in = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": self.place.output("UserPoolClient"),
            "AuthParameters": { "USERNAME": self.name, "PASSWORD": PASSWORD },
        });
        self.place.idp("InitiateAuth", sign_in).await
    }

    /// A token by itself, to the API that takes tokens.
    async fn by_token(&self, path: &str) -> crate::support::Answer {
        let bearer = format!("Bearer {}", self.id_token);
        let headers = [("authorization", bearer.as_str())];
        self.place
            .send(self.request(Method::GET, path, &headers, ""))
            .await
    }
}

#[tokio::test]
async fn an_account_goes_whole() {
    let alice = alice().await;
    let bob = Actor::sign_up(&alice.place, "bob").await;
    for somebody in [&alice, &bob] {
        somebody.put("a.txt", "text").await.ok();
        let note = json!({ "content": "x", "attachments": ["a.txt"] });
        let note = somebody.call(Method::POST, "/notes", Some(note)).await;
        note.status(201);
        somebody.archive(&json!({ "files": ["a.txt"] })).await;
        // What no file name is, but a key of the folder.
        somebody.put("a//b", "text").await.ok();
    }
    let key = alice.api_key(&["notes:read"]).await;
    let secret = key["secret"].as_str().unwrap();
    let by_key = async || {
        let headers = [("x-api-key", secret)];
        let request = alice.request(Method::GET, "/notes", &headers, "");
        alice.place.send(request).await
    };
    by_key().await.ok();
    alice.by_token("/notes").await.ok();
    let (notes, objects) = alice.kept().await;
    assert_eq!((notes, objects.len()), (1, 3));

    alice.call(Method::DELETE, "/me", None).await.status(202);
    // From this moment on nobody comes in anew, nor by a key.
    by_key().await.status(403);
    assert_eq!(alice.try_to_sign_in().await.status, 400);
    // The rest is a worker's, and there is nothing to wait on but what it leaves: the credentials end last.
    while alice.get("/notes").await.status != 403 {
        tokio::task::yield_now().await;
    }
    assert_eq!(alice.kept().await, (0, Vec::new()));
    let put = alice.put("b.txt", "text").await;
    assert!(put.status.is_client_error(), "{put:?}");
    let token = json!({ "AccessToken": alice.access_token });
    assert_eq!(alice.place.idp("GetUser", token).await.status, 400);
    let by_token = alice.by_token("/notes").await;
    assert!(by_token.status.is_client_error(), "{by_token:?}");
    let owner: IdentityId = alice.identity_id.parse().unwrap();
    let archives = &alice.place.app().archives;
    assert_eq!(archives.under_way(&owner).await.unwrap(), []);

    // Who comes again under the same name is somebody new, and nobody else has lost anything.
    let again = Actor::sign_up(&alice.place, "alice").await;
    assert_ne!(again.identity_id, alice.identity_id);
    assert_eq!(again.get("/notes").await.ok().json(), json!([]));
    let (notes, objects) = bob.kept().await;
    assert_eq!((notes, objects.len()), (1, 3));
    bob.get("/notes").await.ok();
}
