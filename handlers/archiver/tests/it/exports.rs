//! Exports: notes and files in one zip.

use notewarden_domain::{archive::Selection, ports::NoteStore};
use notewarden_testkit::{fakes::SeededIds, fixtures};
use serde_json::Value;

use crate::world::World;

#[tokio::test(start_paused = true)]
async fn an_export_has_every_note_twice_and_every_file() {
    let world = World::new();
    let ids = SeededIds::new(3);
    let mut texts = vec![String::new(), "short".to_owned(), "long ä ".repeat(9_000)];
    texts.extend((0..2_500).map(|number| format!("note {number}")));
    for text in &texts {
        let note = fixtures::note(&world.owner, &ids, fixtures::NOON, text);
        world.notes.create(&note, None).await.unwrap();
    }
    let stranger = fixtures::identity(&ids);
    let foreign = fixtures::note(&stranger, &ids, fixtures::NOON, "another's");
    world.notes.create(&foreign, None).await.unwrap();
    world.put("notes.json", b"a file of that name".to_vec());
    let id = world.job_of(&Selection {
        names: vec!["notes.json".parse().unwrap()],
        with_notes: true,
    });
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let zip = world.zip(id);
    assert_eq!(zip.len(), 1 + texts.len() + 1);
    assert_eq!(zip[0].0, "notes.json");
    let notes: Vec<Value> = serde_json::from_slice(&zip[0].1).unwrap();
    for ((note, text), (name, bytes)) in notes.iter().zip(&texts).zip(&zip[1..]) {
        assert_eq!(note["content"], text.as_str());
        assert_eq!(note["userId"], world.owner.as_str());
        assert_eq!(
            name,
            &format!("notes/{}.md", note["noteId"].as_str().unwrap())
        );
        assert_eq!(bytes, text.as_bytes());
    }
    let members: Vec<&String> = notes[0].as_object().unwrap().keys().collect();
    let contract = [
        "userId",
        "noteId",
        "content",
        "attachments",
        "attachment",
        "createdAt",
        "updatedAt",
        "version",
    ];
    assert_eq!(members, contract);
    let last = ("notes (2).json".to_owned(), b"a file of that name".to_vec());
    assert_eq!(zip.last(), Some(&last));
}

#[tokio::test(start_paused = true)]
async fn an_export_of_nothing_is_an_empty_list() {
    let world = World::new();
    let id = world.job_of(&Selection {
        names: Vec::new(),
        with_notes: true,
    });
    world.run(id).await.unwrap();
    world.assert_ready(id);
    assert_eq!(world.zip(id), [("notes.json".to_owned(), b"[]\n".to_vec())]);
}
