//! The contract of file stores, as far as use cases go: how bytes get in is each store's own affair.

use std::future::Future;

use notewarden_domain::{
    ObjectKey, StoreError,
    ports::{FileStore, FolderPage, IdSource},
};

use crate::fixtures::{file, identity};

/// Runs every check on `store`; `put` stores an object of the given size, as the store's users do.
pub async fn file_store<P, F>(store: &dyn FileStore, ids: &dyn IdSource, put: P)
where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    a_file_may_have_the_name_of_a_folder(store, ids, &put).await;
    only_the_object_that_was_seen_is_deleted_with_its_tag(store, ids, &put).await;
    a_folder_is_looked_through_whatever_is_in_it(store, ids, &put).await;
    file_store_of_paths(store, ids, put).await;
}

/// Runs the checks that a store can pass whose keys are paths of a file system, where nothing is both a file and a
/// folder and nothing is removed on a condition: [`file_store`] without two.
pub async fn file_store_of_paths<P, F>(store: &dyn FileStore, ids: &dyn IdSource, put: P)
where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    an_absent_file_has_no_metadata(store, ids).await;
    a_stored_file_is_known_by_its_size(store, ids, &put).await;
    a_deleted_file_is_gone_and_its_neighbours_stay(store, ids, &put).await;
    deleting_twice_is_as_good_as_once(store, ids, &put).await;
    one_persons_file_is_not_anothers(store, ids, &put).await;
}

/// All that is somebody's goes at once, which takes permissions that only whoever erases accounts has.
pub async fn erasure<P, F>(store: &dyn FileStore, ids: &dyn IdSource, put: P)
where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let [alice, bob] = [identity(ids), identity(ids)];
    let names = ["a", "b/a", "b/ä ö.bin"].map(file);
    for owner in [&alice, &bob] {
        for name in &names {
            put(ObjectKey::private(owner, name), 1).await;
        }
    }
    for _ in 0..2 {
        store.delete_all(&alice).await.expect("delete all");
        for (owner, is_there) in [(&alice, false), (&bob, true)] {
            for name in &names {
                let found = store.head(&ObjectKey::private(owner, name)).await;
                assert_eq!(found.expect("head").is_some(), is_there, "`{name}`");
            }
        }
    }
}

async fn an_absent_file_has_no_metadata(store: &dyn FileStore, ids: &dyn IdSource) {
    let key = ObjectKey::private(&identity(ids), &file("absent.txt"));
    let found = store.head(&key).await.expect("head");
    assert_eq!(found, None);
}

async fn a_stored_file_is_known_by_its_size<P, F>(
    store: &dyn FileStore,
    ids: &dyn IdSource,
    put: &P,
) where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let owner = identity(ids);
    for (name, size) in [("empty", 0), ("some", 1_234), ("folder/ä ö.bin", 70_000)] {
        let key = ObjectKey::private(&owner, &file(name));
        put(key.clone(), size).await;
        let meta = store.head(&key).await.expect("head").expect("is stored");
        assert_eq!(meta.size, size, "size of `{name}`");
        assert!(!meta.etag.is_empty() && !meta.etag.contains('"'));
    }
}

async fn a_deleted_file_is_gone_and_its_neighbours_stay<P, F>(
    store: &dyn FileStore,
    ids: &dyn IdSource,
    put: &P,
) where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let owner = identity(ids);
    let key = |name| ObjectKey::private(&owner, &file(name));
    for name in ["a", "a.txt", "b/a"] {
        put(key(name), 1).await;
    }
    store.delete(&key("a")).await.expect("delete");
    assert_eq!(store.head(&key("a")).await.expect("head"), None);
    for name in ["a.txt", "b/a"] {
        let found = store.head(&key(name)).await.expect("head");
        assert!(found.is_some(), "`{name}` went with `a`");
    }
}

async fn a_file_may_have_the_name_of_a_folder<P, F>(
    store: &dyn FileStore,
    ids: &dyn IdSource,
    put: &P,
) where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let owner = identity(ids);
    let key = |name| ObjectKey::private(&owner, &file(name));
    put(key("both"), 1).await;
    put(key("both/file"), 2).await;
    let inner = store.head(&key("both/file")).await.expect("head");
    assert_eq!(inner.map(|meta| meta.size), Some(2));
    store.delete(&key("both")).await.expect("delete");
    assert_eq!(store.head(&key("both")).await.expect("head"), None);
    let inner = store.head(&key("both/file")).await.expect("head");
    assert!(inner.is_some(), "`both/file` went with `both`");
}

/// In the order of their keys' bytes, those among them that no file name leads to, and nothing of anybody else's.
async fn a_folder_is_looked_through_whatever_is_in_it<P, F>(
    store: &dyn FileStore,
    ids: &dyn IdSource,
    put: &P,
) where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let [alice, bob] = [identity(ids), identity(ids)];
    let folder = ObjectKey::private_prefix(&alice);
    let names = ["/", "a", "a b+c%2B\"'&<", "a//b", "a\\b", "photos/", "é/😀"];
    let keys = names.map(|name| {
        let (_, key) = ObjectKey::in_folder(&format!("{folder}{name}")).expect("a key");
        key
    });
    for (key, size) in keys.iter().rev().zip(1..) {
        put(key.clone(), size).await;
    }
    put(ObjectKey::private(&bob, &file("a")), 1).await;
    let found = store.contents(&alice, None).await.expect("contents");
    let told = found.objects.iter().map(|object| &object.key);
    assert_eq!(told.collect::<Vec<_>>(), keys.iter().collect::<Vec<_>>());
    let sizes = found.objects.iter().map(|object| object.size);
    assert_eq!(sizes.collect::<Vec<_>>(), [7, 6, 5, 4, 3, 2, 1]);
    assert!(!found.more);
    for (place, after) in keys.iter().enumerate() {
        let behind = store.contents(&alice, Some(after)).await.expect("contents");
        assert_eq!(behind.objects, found.objects[place + 1..]);
    }
    for key in &keys {
        let meta = store.head(key).await.expect("head").expect("is stored");
        store
            .delete_unchanged(key, &meta.etag)
            .await
            .expect("delete");
    }
    let nothing = store.contents(&alice, None).await.expect("contents");
    assert_eq!(nothing, FolderPage::default());
}

async fn deleting_twice_is_as_good_as_once<P, F>(store: &dyn FileStore, ids: &dyn IdSource, put: &P)
where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let key = ObjectKey::private(&identity(ids), &file("once"));
    put(key.clone(), 1).await;
    store.delete(&key).await.expect("first");
    store.delete(&key).await.expect("second");
}

async fn one_persons_file_is_not_anothers<P, F>(store: &dyn FileStore, ids: &dyn IdSource, put: &P)
where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let [alice, bob] = [identity(ids), identity(ids)];
    let name = file("same-name");
    put(ObjectKey::private(&alice, &name), 1).await;
    let of_bob = ObjectKey::private(&bob, &name);
    assert_eq!(store.head(&of_bob).await.expect("head"), None);
    store.delete(&of_bob).await.expect("delete");
    let of_alice = ObjectKey::private(&alice, &name);
    assert!(store.head(&of_alice).await.expect("head").is_some());
}

async fn only_the_object_that_was_seen_is_deleted_with_its_tag<P, F>(
    store: &dyn FileStore,
    ids: &dyn IdSource,
    put: &P,
) where
    P: Fn(ObjectKey, u64) -> F,
    F: Future<Output = ()>,
{
    let key = ObjectKey::private(&identity(ids), &file("replaced.txt"));
    put(key.clone(), 1).await;
    let seen = store.head(&key).await.expect("head").expect("is stored");
    put(key.clone(), 2).await;
    let refused = store.delete_unchanged(&key, &seen.etag).await;
    assert!(matches!(refused, Err(StoreError::PreconditionFailed)));
    let now = store.head(&key).await.expect("head").expect("is there");
    store
        .delete_unchanged(&key, &now.etag)
        .await
        .expect("delete");
    assert_eq!(store.head(&key).await.expect("head"), None);
    store
        .delete_unchanged(&key, &now.etag)
        .await
        .expect("delete");
}
