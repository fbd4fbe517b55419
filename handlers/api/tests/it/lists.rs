//! Lists against a model: however notes come and go, pages are the list.

use notewarden_domain::notes::MAX_PAGE_BYTES;
use notewarden_testkit::fixtures::noon_plus;
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use crate::world::{Person, World};

/// Follows the links from `path`, and checks that each page has `limit` notes but the last.
async fn pages(person: &Person, path: &str, limit: usize) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let answer = person.get(&path).await.ok();
        let page = answer.json();
        let page = page.as_array().unwrap();
        next = answer.next();
        assert!(page.len() == limit || (page.len() < limit && next.is_none()));
        seen.extend(
            page.iter()
                .map(|note| note["content"].as_str().unwrap().to_owned()),
        );
    }
    seen
}

/// What happens to a person's list.
#[derive(Clone, Debug)]
enum Event {
    Create,
    Delete(prop::sample::Index),
    Update(prop::sample::Index),
    /// So many seconds pass.
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Create),
        1 => any::<prop::sample::Index>().prop_map(Event::Delete),
        1 => any::<prop::sample::Index>().prop_map(Event::Update),
        1 => (0_u64..3).prop_map(Event::Pass),
    ]
}

async fn play(events: Vec<Event>, limit: usize) {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    // The model: path and content, the earliest first.
    let mut model: Vec<(String, String)> = Vec::new();
    let mut seconds = 0;
    for (number, event) in events.into_iter().enumerate() {
        let text = number.to_string();
        match event {
            Event::Create => {
                model.push((alice.note(&text).await, text));
                bob.note("of bob").await;
            }
            Event::Delete(at) if !model.is_empty() => {
                let (path, _) = model.remove(at.index(model.len()));
                alice.delete(&path).await.no_content();
            }
            Event::Update(at) if !model.is_empty() => {
                let at = at.index(model.len());
                alice
                    .put(&model[at].0, json!({ "content": text }))
                    .await
                    .ok();
                model[at].1 = text;
            }
            Event::Pass(more) => {
                seconds += more;
                world.clock.set(noon_plus(seconds));
            }
            Event::Delete(_) | Event::Update(_) => {}
        }
    }
    let mut contents: Vec<_> = model.into_iter().map(|(_, content)| content).collect();
    let path = format!("/notes?order=oldest&limit={limit}");
    assert_eq!(pages(&alice, &path, limit).await, contents);
    contents.reverse();
    let path = format!("/notes?limit={limit}");
    assert_eq!(pages(&alice, &path, limit).await, contents);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn pages_are_the_list(events in vec(event(), 0..40), limit in 1_usize..12) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(play(events, limit));
    }
}

#[tokio::test]
async fn a_list_is_newest_first_in_pages_of_100() {
    let alice = World::new().person();
    assert_eq!(alice.get("/notes").await.ok().json(), json!([]));
    for number in 0..101 {
        alice.note(&number.to_string()).await;
    }
    let first = alice.get("/notes").await.ok();
    let notes = first.json();
    assert_eq!(notes.as_array().unwrap().len(), 100);
    assert_eq!(notes[0]["content"], "100");
    let second = alice.get(&first.next().unwrap()).await.ok();
    assert_eq!(second.json()[0]["content"], "0");
    assert_eq!(second.next(), None);
}

#[tokio::test]
async fn a_page_of_long_notes_fits_what_a_function_may_answer() {
    let alice = World::new().person();
    // Each character takes six bytes in JSON.
    let long = "\u{1}".repeat(100_000);
    for _ in 0..9 {
        alice.note(&long).await;
    }
    let mut next = Some("/notes?limit=1000".to_owned());
    let mut notes = 0;
    while let Some(path) = next {
        let answer = alice.get(&path).await.ok();
        assert!(answer.body().len() > MAX_PAGE_BYTES || answer.next().is_none());
        assert!(answer.body().len() < 6 * 1024 * 1024);
        notes += answer.json().as_array().map_or(0, Vec::len);
        next = answer.next();
    }
    assert_eq!(notes, 9);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let alice = World::new().person();
    for _ in 0..3 {
        alice.note("").await;
    }
    let next = alice.get("/notes?limit=1").await.ok().next().unwrap();
    let oldest = alice.get(&format!("{next}&order=oldest")).await;
    oldest.bad_request().naming("cursor");
    // Another limit is the same list.
    let (_, cursor) = next.split_once("cursor=").unwrap();
    let rest = alice.get(&format!("/notes?cursor={cursor}")).await.ok();
    assert_eq!(rest.json().as_array().map(Vec::len), Some(2));
    assert_ne!(rest.json(), Value::Null);
}
