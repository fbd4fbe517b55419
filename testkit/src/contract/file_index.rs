//! The contract of file indexes. They follow the object store, so every check waits until the index has caught up.

use std::future::Future;

use notewarden_domain::{
    FileName, IdentityId, ObjectKey,
    ports::{FileIndex, FilePage, FileQuery, IdSource},
    quota::Usage,
};

use crate::fixtures::{file, identity};

/// Changes the object store behind an index as its users do, and returns when the index knows.
pub trait Folder {
    /// Stores an object of this size.
    fn put(&self, key: ObjectKey, size: u64) -> impl Future<Output = ()>;
    /// Removes the object.
    fn remove(&self, key: ObjectKey) -> impl Future<Output = ()>;
}

/// Runs every check on `index`, which follows `folder`.
pub async fn file_index(index: &dyn FileIndex, ids: &dyn IdSource, folder: &impl Folder) {
    nobodys_files_are_none(index, ids).await;
    files_are_listed_in_the_order_of_their_names(index, ids, folder).await;
    pages_join_without_a_gap(index, ids, folder).await;
    a_prefix_is_a_prefix_of_names(index, ids, folder).await;
    files_are_found_by_their_names(index, ids, folder).await;
    usage_follows_every_change(index, ids, folder).await;
    people_do_not_see_each_others_files(index, ids, folder).await;
}

async fn page(
    index: &dyn FileIndex,
    owner: &IdentityId,
    prefix: &str,
    after: Option<&FileName>,
    limit: usize,
) -> FilePage {
    let query = FileQuery {
        prefix: prefix.parse().expect("a prefix"),
        after: after.cloned(),
        limit,
    };
    index.list(owner, &query).await.expect("list")
}

fn names(page: &FilePage) -> Vec<&str> {
    page.files.iter().map(|file| file.name.as_str()).collect()
}

async fn nobodys_files_are_none(index: &dyn FileIndex, ids: &dyn IdSource) {
    let owner = identity(ids);
    let empty = page(index, &owner, "", None, 10).await;
    assert_eq!(empty, FilePage::default());
    assert_eq!(index.usage(&owner).await.expect("usage"), Usage::default());
}

async fn files_are_listed_in_the_order_of_their_names(
    index: &dyn FileIndex,
    ids: &dyn IdSource,
    folder: &impl Folder,
) {
    let owner = identity(ids);
    // By the bytes of UTF-8: capitals before small letters, and `é` behind every one of ASCII.
    let in_order = ["B", "a", "a!", "a.txt", "a/b", "a/b/c", "b", "z", "é", "😀"];
    for name in in_order.iter().rev() {
        folder.put(ObjectKey::private(&owner, &file(name)), 3).await;
    }
    let all = page(index, &owner, "", None, 100).await;
    assert_eq!(names(&all), in_order);
    assert!(!all.more);
    for entry in &all.files {
        assert_eq!(entry.meta.size, 3);
        assert!(!entry.meta.etag.is_empty() && !entry.meta.etag.contains('"'));
    }
}

async fn pages_join_without_a_gap(index: &dyn FileIndex, ids: &dyn IdSource, folder: &impl Folder) {
    let owner = identity(ids);
    let all: Vec<String> = (0..7).map(|i| format!("f{i}")).collect();
    for name in &all {
        folder.put(ObjectKey::private(&owner, &file(name)), 1).await;
    }
    for limit in 1..=8 {
        let mut seen = Vec::new();
        let mut after: Option<FileName> = None;
        loop {
            let page = page(index, &owner, "", after.as_ref(), limit).await;
            assert!(page.files.len() <= limit, "{limit}");
            seen.extend(page.files.iter().map(|file| file.name.to_string()));
            assert!(seen.len() <= all.len(), "{limit}: {seen:?}");
            if !page.more {
                break;
            }
            assert!(!page.files.is_empty(), "{limit}: an empty page with more");
            after = page.files.last().map(|file| file.name.clone());
        }
        assert_eq!(seen, all, "{limit}");
    }
    // Where a list goes on need not exist any more.
    let behind = page(index, &owner, "", Some(&file("f3x")), 2).await;
    assert_eq!(names(&behind), ["f4", "f5"]);
}

async fn a_prefix_is_a_prefix_of_names(
    index: &dyn FileIndex,
    ids: &dyn IdSource,
    folder: &impl Folder,
) {
    let owner = identity(ids);
    for name in ["photo", "photos/1", "photos/2", "photos2/1", "q"] {
        folder.put(ObjectKey::private(&owner, &file(name)), 1).await;
    }
    let listed = async |prefix, after: Option<&str>| {
        let after = after.map(file);
        let page = page(index, &owner, prefix, after.as_ref(), 10).await;
        page.files
            .into_iter()
            .map(|file| file.name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed("photos/", None).await, ["photos/1", "photos/2"]);
    assert_eq!(
        listed("photos", None).await,
        ["photos/1", "photos/2", "photos2/1"]
    );
    assert_eq!(listed("photos/", Some("photos/1")).await, ["photos/2"]);
    assert_eq!(listed("photos/", Some("a")).await, ["photos/1", "photos/2"]);
    let none: [&str; 0] = [];
    assert_eq!(listed("photos/", Some("q")).await, none);
    assert_eq!(listed("x", None).await, none);
    let first = page(index, &owner, "photos/", None, 1).await;
    assert!(first.more);
    let second = page(index, &owner, "photos/", Some(&file("photos/1")), 1).await;
    assert!(!second.more, "what follows has another prefix");
}

/// In the order of the names, also if a name comes twice, and however many there are.
async fn files_are_found_by_their_names(
    index: &dyn FileIndex,
    ids: &dyn IdSource,
    folder: &impl Folder,
) {
    let [alice, bob] = [identity(ids), identity(ids)];
    let longest = "é".repeat(480);
    let stored = ["a", "a/b", "ä ö \"'%", longest.as_str()];
    for (name, size) in stored.iter().zip(1..) {
        let key = ObjectKey::private(&alice, &file(name));
        folder.put(key, size).await;
    }
    let find = async |owner, names: &[FileName]| {
        let found = index.find(owner, names).await.expect("find");
        let sizes = found.into_iter().map(|meta| meta.map(|meta| meta.size));
        sizes.collect::<Vec<_>>()
    };
    assert_eq!(find(&alice, &[]).await, []);
    let asked = [&longest, "absent", "a", "ä ö \"'%", "a", "A"].map(file);
    let sizes = [Some(4), None, Some(1), Some(3), Some(1), None];
    assert_eq!(find(&alice, &asked).await, sizes);
    assert_eq!(find(&bob, &asked).await, [None; 6]);

    let mut many: Vec<_> = (0..300).map(|i| file(&format!("absent/{i}"))).collect();
    many.insert(150, file("a/b"));
    many.push(file("a"));
    let sizes = find(&alice, &many).await;
    assert_eq!(sizes.len(), many.len());
    for (place, size) in sizes.iter().enumerate() {
        let expected = match place {
            150 => Some(2),
            301 => Some(1),
            _ => None,
        };
        assert_eq!(*size, expected, "of `{}`", many[place]);
    }
    let page = page(index, &alice, "a/b", None, 1).await;
    let found = index.find(&alice, &[file("a/b")]).await.expect("find");
    assert_eq!(found, [Some(page.files[0].meta.clone())]);
}

async fn usage_follows_every_change(
    index: &dyn FileIndex,
    ids: &dyn IdSource,
    folder: &impl Folder,
) {
    let owner = identity(ids);
    let key = |name| ObjectKey::private(&owner, &file(name));
    let usage = async |files, bytes| {
        let usage = index.usage(&owner).await.expect("usage");
        assert_eq!(usage, Usage { files, bytes });
    };
    folder.put(key("a"), 10).await;
    usage(1, 10).await;
    folder.put(key("b"), 5).await;
    usage(2, 15).await;
    // Replaced, not added.
    folder.put(key("a"), 1).await;
    usage(2, 6).await;
    folder.put(key("empty"), 0).await;
    usage(3, 6).await;
    folder.remove(key("b")).await;
    folder.remove(key("b")).await;
    usage(2, 1).await;
    for name in ["a", "empty"] {
        folder.remove(key(name)).await;
    }
    usage(0, 0).await;
}

async fn people_do_not_see_each_others_files(
    index: &dyn FileIndex,
    ids: &dyn IdSource,
    folder: &impl Folder,
) {
    let [alice, bob] = [identity(ids), identity(ids)];
    folder
        .put(ObjectKey::private(&alice, &file("secret")), 1)
        .await;
    assert_eq!(names(&page(index, &bob, "", None, 10).await), [""; 0]);
    assert_eq!(index.usage(&bob).await.expect("usage"), Usage::default());
}
