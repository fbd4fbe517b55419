//! Listings, against a model that looks at every key.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::select};
use tokio::runtime::Builder;

use super::*;

fn names(page: &ListPage) -> Vec<&str> {
    page.items.iter().map(ListItem::name).collect()
}

/// All names after `after`, as S3 defines them, without any care for cost.
fn model(keys: &BTreeSet<String>, query: &ListQuery) -> Vec<String> {
    let group = Group {
        prefix: &query.prefix,
        delimiter: &query.delimiter,
    };
    let after = query.after.as_deref();
    let mut names: Vec<String> = keys
        .iter()
        .filter(|key| key.starts_with(&query.prefix))
        .filter(|key| match after {
            Some(after) if group.is(after) => !key.starts_with(after) && key.as_str() > after,
            Some(after) => key.as_str() > after,
            None => true,
        })
        .map(|key| group.of(key).unwrap_or(key).to_owned())
        .collect();
    names.dedup();
    names
}

#[tokio::test]
async fn folders_are_rolled_up_and_pages_go_on_where_the_last_ended() {
    let fixture = Fixture::new().await;
    for key in ["a", "a/1", "a/2", "a/b/3", "b/1", "c"] {
        fixture.put(key, b"").await;
    }
    let mut query = ListQuery {
        delimiter: "/".to_owned(),
        limit: 2,
        ..ListQuery::default()
    };
    let first = fixture.objects.list(&query).unwrap();
    assert_eq!(names(&first), ["a", "a/"]);
    assert!(first.is_truncated);
    query.after = Some("a/".to_owned());
    let second = fixture.objects.list(&query).unwrap();
    assert_eq!(names(&second), ["b/", "c"]);
    assert!(!second.is_truncated);
}

#[tokio::test]
async fn a_page_costs_the_same_beside_a_great_folder() {
    let fixture = Fixture::new().await;
    // Seeking past a folder must not look at what is in it: a folder with a corrupt object shows that.
    fixture.put("folder/1", b"").await;
    fixture.put("z", b"").await;
    fixture
        .database
        .write(|transaction| {
            let mut table = transaction.open_table(tables::OBJECTS).unwrap();
            for at in 2..100 {
                table
                    .insert(format!("folder/{at}").as_bytes(), &b"corrupt"[..])
                    .unwrap();
            }
            Ok(())
        })
        .await
        .unwrap();
    let query = ListQuery {
        delimiter: "/".to_owned(),
        limit: 10,
        ..ListQuery::default()
    };
    assert_eq!(
        names(&fixture.objects.list(&query).unwrap()),
        ["folder/", "z"]
    );
    let inside = ListQuery {
        prefix: "folder/".to_owned(),
        ..query
    };
    let error = fixture.objects.list(&inside).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn keys_come_in_the_order_of_their_bytes() {
    let fixture = Fixture::new().await;
    let keys = ["z", "é", "a", "日本", "😀", "\u{ffff}", "Z", "a\u{0}", "a "];
    for key in keys {
        fixture.put(key, b"").await;
    }
    let page = fixture
        .objects
        .list(&ListQuery {
            limit: 100,
            ..ListQuery::default()
        })
        .unwrap();
    let mut expected = keys;
    expected.sort_by_key(|key| key.as_bytes());
    assert_eq!(names(&page), expected);
}

fn key() -> impl Strategy<Value = String> {
    vec(select(vec!["a", "b", "/", "//", "é", "\u{10ffff}"]), 1..6).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn pages_together_are_the_whole_listing(
        keys in vec(key(), 0..14),
        prefix in prop_oneof![Just(String::new()), key()],
        delimiter in select(vec!["", "/", "a", "//"]),
        after in prop::option::of(key()),
        limit in 1_usize..5,
    ) {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::new().await;
            for key in &keys {
                fixture.put(key, b"").await;
            }
            let keys: BTreeSet<_> = keys.into_iter().collect();
            let mut query = ListQuery { prefix, delimiter: delimiter.to_owned(), after, limit };
            let expected = model(&keys, &query);
            let mut found = Vec::new();
            loop {
                let page = fixture.objects.list(&query).unwrap();
                assert!(page.items.len() <= limit);
                found.extend(names(&page).into_iter().map(str::to_owned));
                if !page.is_truncated {
                    break;
                }
                query.after = found.last().cloned();
            }
            assert_eq!(found, expected, "{query:?} over {keys:?}");
        });
    }
}
