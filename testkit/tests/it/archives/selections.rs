//! What an archive is of.

use notewarden_domain::{
    Scope, Scopes, StoreError,
    archive::{ArchiveName, Selection},
    archives::{ArchivesError, Wanted},
    ports::{ArchiveStore, FileStore},
};
use notewarden_testkit::{
    faults::{Call, Fault},
    fixtures::{NOON, file},
};

use super::{World, files, names, progress, work, world};

/// What a request selects, in words.
async fn selected(world: &World, wanted: Wanted) -> Result<(Selection, u64, u64), String> {
    let name = ArchiveName::default();
    let requested = world.archives.request(&world.alice, wanted, name, None);
    let job = requested.await.map_err(|error| error.to_string())?;
    let selection = world.stored.selection(&job.owner, job.id).await.unwrap();
    let deleted = world.archives.delete(&world.alice, job.id).await;
    deleted.unwrap();
    Ok((selection.unwrap(), job.files_total, job.bytes_total))
}

fn prefix(prefix: &str) -> Wanted {
    Wanted {
        prefix: Some(prefix.parse().unwrap()),
        ..Wanted::default()
    }
}

#[tokio::test]
async fn files_are_selected_by_name_and_by_prefix_each_once() {
    let world = world();
    for (name, size) in [("a", 1), ("p/1", 10), ("p/2", 20), ("q", 40)] {
        world.put(&world.alice, name, size);
    }
    world.put(&world.bob, "p/3", 1);
    let of = |list: &[&str]| Selection {
        names: names(list),
        with_notes: false,
    };
    for (wanted, list, bytes) in [
        (files(&["q", "a", "q"]), &["q", "a"][..], 41),
        (prefix("p/"), &["p/1", "p/2"], 30),
        (prefix(""), &["a", "p/1", "p/2", "q"], 71),
        (
            Wanted {
                names: names(&["p/2", "a"]),
                ..prefix("p")
            },
            &["p/2", "a", "p/1"],
            31,
        ),
    ] {
        let expected = (of(list), list.len() as u64, bytes);
        assert_eq!(selected(&world, wanted).await, Ok(expected));
    }
}

/// The object store has the last word on what was just stored, and the first missing file is named.
#[tokio::test]
async fn a_file_that_the_index_does_not_know_is_looked_for() {
    let world = world();
    world.put(&world.alice, "old", 1);
    let key = notewarden_domain::ObjectKey::private(&world.alice.identity, &file("new"));
    world.objects.put(&key, 5, NOON);
    let (selection, _, bytes) = selected(&world, files(&["new", "old"])).await.unwrap();
    assert_eq!(selection.names, names(&["new", "old"]));
    assert_eq!(bytes, 6);
    let refusal = selected(&world, files(&["old", "gone", "new"])).await;
    let told = "`files` must exist in your folder, and `gone` does not";
    assert_eq!(refusal, Err(told.to_owned()));
    // Another person's file is none.
    world.put(&world.bob, "of bob", 1);
    let refusal = selected(&world, files(&["of bob"])).await.unwrap_err();
    assert!(refusal.contains("`of bob`"), "{refusal}");
    world
        .faults
        .add(Call::HeadFile, Fault::Before(StoreError::Denied));
    assert_eq!(
        selected(&world, files(&["new"])).await,
        Err("a store failed".to_owned())
    );
}

#[tokio::test]
async fn nothing_and_too_much_are_refused() {
    let world = world();
    let refused = async |wanted| selected(&world, wanted).await.unwrap_err();
    let nothing = "`files` must select at least one file";
    assert_eq!(refused(Wanted::default()).await, nothing);
    assert_eq!(refused(prefix("p")).await, nothing);
    for name in ["p1", "p2", "p3", "p4"] {
        world.put(&world.alice, name, 25);
    }
    assert!(selected(&world, prefix("p")).await.is_ok());
    let five = files(&["p1", "p2", "p3", "p4", "p5"]);
    let too_many = "`files` must select at most 4 files, and selects 5";
    assert_eq!(refused(five).await, too_many);
    world.put(&world.alice, "p1", 26);
    let too_much = "`files` must select at most 100 bytes, and selects 101";
    assert_eq!(refused(prefix("p")).await, too_much);
    world.put(&world.alice, "p5", 0);
    assert_eq!(refused(prefix("p")).await, too_many);
    assert!(
        world
            .stored
            .under_way(&world.alice.identity)
            .await
            .unwrap()
            .is_empty()
    );
}

/// A prefix that selects more than the limit is not listed to its end.
#[tokio::test]
async fn a_prefix_of_far_too_many_files_is_given_up() {
    let world = world();
    for i in 0..1_001 {
        world.put(&world.alice, &format!("f{i}"), 0);
    }
    assert_eq!(
        selected(&world, prefix("")).await,
        Err("`prefix` must select at most 4 files, and selects more".to_owned())
    );
}

/// Also of somebody without a file, who has notes at most.
#[tokio::test]
async fn everything_is_every_file_and_the_notes() {
    let world = world();
    let everything = async || selected(&world, Wanted::everything()).await.unwrap();
    let of = |list: &[&str]| Selection {
        names: names(list),
        with_notes: true,
    };
    assert_eq!(everything().await, (of(&[]), 0, 0));
    for name in ["b", "a/1"] {
        world.put(&world.alice, name, 7);
    }
    assert_eq!(everything().await, (of(&["a/1", "b"]), 2, 14));
}

/// An archive is no way around the scopes of files and notes.
#[tokio::test]
async fn who_may_not_read_files_gets_no_archive_of_them() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let all = [Scope::ArchivesWrite, Scope::FilesRead, Scope::NotesRead];
    for missing in all {
        let granted = all.into_iter().filter(|scope| *scope != missing);
        let caller = notewarden_domain::Caller {
            scopes: granted.fold(Scopes::default(), Scopes::with),
            ..world.alice.clone()
        };
        let name = ArchiveName::default();
        let wanted = Wanted::everything();
        let refusal = world.archives.request(&caller, wanted, name, None).await;
        assert!(matches!(refusal, Err(ArchivesError::Forbidden(no)) if no.scope == missing));
    }
    assert_eq!(world.messages(), []);
    let job = world.request(&["a"]).await.unwrap();
    assert_eq!(world.messages(), [work(&job)]);
    assert_eq!(job.progress, progress(0, 0));
    // Nor is anything else of archives.
    let nobody = notewarden_domain::Caller {
        scopes: Scopes::default(),
        ..world.alice.clone()
    };
    let archives = &world.archives;
    for (refusal, scope) in [
        (
            archives.get(&nobody, job.id).await.err(),
            Scope::ArchivesRead,
        ),
        (
            archives.list(&nobody, None, 1).await.err(),
            Scope::ArchivesRead,
        ),
        (
            archives.download(&nobody, job.id).await.err(),
            Scope::ArchivesRead,
        ),
        (
            archives.delete(&nobody, job.id).await.err(),
            Scope::ArchivesWrite,
        ),
    ] {
        assert!(matches!(refusal, Some(ArchivesError::Forbidden(no)) if no.scope == scope));
    }
    let key = notewarden_domain::ObjectKey::private(&world.alice.identity, &file("a"));
    assert!(world.objects.head(&key).await.unwrap().is_some());
}
