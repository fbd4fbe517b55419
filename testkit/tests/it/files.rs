//! The use cases of files over the fakes.

use std::sync::Arc;

use notewarden_domain::{
    Caller, FileName, ObjectKey, Scope, Scopes,
    archive::Crc32,
    file::{ContentType, NamePrefix},
    files::{Files, FilesError, LINK_LIFETIME, NewFile},
    idempotency::{IDEMPOTENCY_WINDOW, Once, RequestHash},
    ports::NoteStore,
    quota::{OverQuota, Quota, Usage},
};
use notewarden_testkit::{
    FixedClock, MemoryClaims, MemoryFiles, MemoryNotes, PlainLinks, SeededIds,
    fixtures::{NOON, attachments, file, identity, note},
};

struct World {
    files: Files,
    objects: Arc<MemoryFiles>,
    notes: Arc<MemoryNotes>,
    clock: Arc<FixedClock>,
    ids: SeededIds,
    alice: Caller,
    bob: Caller,
}

const QUOTA: Quota = Quota {
    files: 3,
    bytes: 100,
    file_bytes: 60,
};

fn world() -> World {
    let (objects, notes) = (
        Arc::new(MemoryFiles::default()),
        Arc::new(MemoryNotes::default()),
    );
    let ids = SeededIds::new(21);
    let clock = Arc::new(FixedClock::at(NOON));
    World {
        files: Files {
            store: objects.clone(),
            index: objects.clone(),
            links: Arc::new(PlainLinks(NOON)),
            notes: notes.clone(),
            claims: Arc::new(MemoryClaims::default()),
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(22)),
            quota: QUOTA,
        },
        alice: Caller::signed_in(identity(&ids)),
        bob: Caller::signed_in(identity(&ids)),
        objects,
        notes,
        clock,
        ids,
    }
}

impl World {
    fn put(&self, owner: &Caller, name: &str, size: u64) -> FileName {
        let key = ObjectKey::private(&owner.identity, &file(name));
        self.objects.put(&key, size, NOON);
        file(name)
    }
}

fn new_file(name: &str, size: u64) -> NewFile {
    NewFile {
        name: file(name),
        size,
        content_type: "text/plain".parse().unwrap(),
        crc32: Some(Crc32::new(7)),
    }
}

#[tokio::test]
async fn an_upload_link_is_bound_to_the_file() {
    let world = world();
    let link = world
        .files
        .upload(&world.alice, new_file("a/b.txt", 60), None)
        .await
        .unwrap();
    assert_eq!(
        link.url,
        format!("signed:private/{}/a/b.txt", world.alice.identity)
    );
    assert_eq!(link.expires_at, NOON.plus(LINK_LIFETIME));
    let value = |name| {
        link.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, v)| v.as_str())
    };
    assert_eq!(value("content-length"), Some("60"));
    assert_eq!(value("content-type"), Some("text/plain"));
    assert_eq!(value("crc32"), Some("00000007"));
    assert!(!format!("{link:?}").contains("signed:"));
}

#[tokio::test]
async fn uploads_stay_within_the_quota() {
    let world = world();
    let refusal = async |file| match world.files.upload(&world.alice, file, None).await {
        Err(FilesError::OverQuota(refusal)) => Some(refusal),
        Err(error) => panic!("{error}"),
        Ok(_) => None,
    };
    let too_large = OverQuota::FileTooLarge {
        size: 61,
        limit: 60,
    };
    assert_eq!(refusal(new_file("a", 61)).await, Some(too_large));
    world.put(&world.alice, "a", 50);
    world.put(&world.bob, "b", 1_000);
    let too_long = OverQuota::TooManyBytes {
        would_be: 101,
        limit: 100,
    };
    assert_eq!(refusal(new_file("b", 51)).await, Some(too_long));
    // In place of `a` it fits.
    assert_eq!(refusal(new_file("a", 60)).await, None);
    for name in ["b", "c"] {
        world.put(&world.alice, name, 1);
    }
    let too_many = OverQuota::TooManyFiles { limit: 3 };
    assert_eq!(refusal(new_file("d", 0)).await, Some(too_many));
    let usage = world.files.usage(&world.alice).await.unwrap();
    assert_eq!(
        usage,
        Usage {
            files: 3,
            bytes: 52
        }
    );
}

/// A repeated request gets a link again, and a refused one has not used up its key.
#[tokio::test]
async fn a_key_is_of_one_upload() {
    let world = world();
    let upload = async |file, request| {
        let once = Once {
            key: "key".parse().unwrap(),
            request: RequestHash([request; 32]),
        };
        world.files.upload(&world.alice, file, Some(once)).await
    };
    let too_large = upload(new_file("a", 61), 1).await;
    assert!(matches!(too_large, Err(FilesError::OverQuota(_))));
    let first = upload(new_file("a", 60), 2).await.unwrap();
    assert_eq!(upload(new_file("a", 60), 2).await.unwrap(), first);
    let other = upload(new_file("b", 1), 3).await;
    assert!(matches!(other, Err(FilesError::KeyReused)));
    world.clock.advance(IDEMPOTENCY_WINDOW);
    upload(new_file("b", 1), 3).await.unwrap();
}

#[tokio::test]
async fn what_is_anothers_does_not_exist() {
    let world = world();
    let name = world.put(&world.alice, "secret.txt", 1);
    let (files, bob) = (&world.files, &world.bob);
    let is_absent = |refusal| matches!(refusal, Some(FilesError::NotFound));
    assert!(is_absent(files.describe(bob, &name).await.err()));
    assert!(is_absent(files.download(bob, &name).await.err()));
    assert!(is_absent(files.delete(bob, &name, true).await.err()));
    let listed = files
        .list(bob, NamePrefix::default(), None, 10)
        .await
        .unwrap();
    assert!(listed.files.is_empty());
    assert_eq!(files.describe(&world.alice, &name).await.unwrap().size, 1);
}

#[tokio::test]
async fn downloads_are_saved_under_the_last_part_of_the_name() {
    let world = world();
    let name = world.put(&world.alice, "folder/ä.html", 1);
    let link = world.files.download(&world.alice, &name).await.unwrap();
    let saved = "attachment; filename=\"_.html\"; filename*=UTF-8''%C3%A4.html";
    let kind = ContentType::default();
    let expected = format!(
        "signed:private/{}/{name}?{saved}&{}",
        world.alice.identity,
        kind.as_str()
    );
    assert_eq!(link.url, expected);
}

#[tokio::test]
async fn a_file_that_notes_name_stays_unless_forced() {
    let world = world();
    let name = world.put(&world.alice, "used", 1);
    let mut users = Vec::new();
    for _ in 0..2 {
        let mut note = note(&world.alice.identity, &world.ids, NOON, "text");
        note.attachments = attachments(&["used"]);
        world.notes.create(&note, None).await.unwrap();
        users.push(note.id);
    }
    let refusal = world
        .files
        .delete(&world.alice, &name, false)
        .await
        .unwrap_err();
    let sentence = refusal.to_string();
    assert!(
        users.iter().all(|id| sentence.contains(&id.to_string())),
        "{sentence}"
    );
    assert_eq!(world.objects.keys().len(), 1);
    world.files.delete(&world.alice, &name, true).await.unwrap();
    assert!(world.objects.keys().is_empty());
    let again = world.files.delete(&world.alice, &name, true).await;
    assert!(matches!(again, Err(FilesError::NotFound)));
}

#[tokio::test]
async fn scopes_are_asked_before_any_store() {
    let world = world();
    let name = world.put(&world.alice, "a", 1);
    let with = |scope| Caller {
        scopes: Scopes::default().with(scope),
        ..world.alice.clone()
    };
    let files = &world.files;
    let lacks = |refusal: Option<FilesError>, scope| matches!(refusal, Some(FilesError::Forbidden(refused)) if refused.scope == scope);
    let writer = with(Scope::FilesWrite);
    let read = Scope::FilesRead;
    assert!(lacks(files.describe(&writer, &name).await.err(), read));
    assert!(lacks(files.download(&writer, &name).await.err(), read));
    assert!(lacks(files.usage(&writer).await.err(), read));
    let listed = files.list(&writer, NamePrefix::default(), None, 1).await;
    assert!(lacks(listed.err(), read));
    let reader = with(read);
    let write = Scope::FilesWrite;
    assert!(lacks(
        files.upload(&reader, new_file("b", 1), None).await.err(),
        write
    ));
    assert!(lacks(files.delete(&reader, &name, true).await.err(), write));
    assert_eq!(world.objects.keys().len(), 1);
}
