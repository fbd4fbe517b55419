//! The contract of API key stores.

use notewarden_domain::{
    IdentityId, Scope, Scopes, StoreError,
    api_key::{ApiKey, ApiKeyToken},
    ports::{ApiKeyStore, IdSource},
};

use crate::fixtures::{NOON, identity, noon_plus};

/// Runs every check on `store`.
pub async fn api_key_store(store: &dyn ApiKeyStore, ids: &dyn IdSource) {
    what_is_stored_is_found(store, ids).await;
    an_id_is_taken_once(store, ids).await;
    a_list_is_the_owners_alone(store, ids).await;
    a_use_is_noted_where_there_is_a_key(store, ids).await;
    only_the_owner_removes_a_key(store, ids).await;
}

/// A key of `owner`, with the values that the domain gives a new one.
pub fn api_key(owner: &IdentityId, ids: &dyn IdSource) -> ApiKey {
    let token = ApiKeyToken::random(ids);
    ApiKey {
        id: token.id(),
        owner: owner.clone(),
        name: "a name: ü".parse().expect("the name is valid"),
        scopes: Scopes::default()
            .with(Scope::NotesRead)
            .with(Scope::FilesWrite),
        hash: token.hash(),
        created_at: NOON,
        expires_at: None,
        last_used_at: None,
    }
}

async fn what_is_stored_is_found(store: &dyn ApiKeyStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let plain = api_key(&owner, ids);
    let full = ApiKey {
        scopes: Scopes::GRANTABLE,
        expires_at: Some(noon_plus(60)),
        last_used_at: Some(noon_plus(30)),
        ..api_key(&owner, ids)
    };
    for key in [plain, full] {
        assert_eq!(store.find(key.id).await.expect("find"), None);
        store.create(&key).await.expect("create");
        let found = store.find(key.id).await.expect("find");
        assert_eq!(found, Some(key));
    }
}

/// By whomever: an id names one key.
async fn an_id_is_taken_once(store: &dyn ApiKeyStore, ids: &dyn IdSource) {
    let first = api_key(&identity(ids), ids);
    store.create(&first).await.expect("create");
    for owner in [first.owner.clone(), identity(ids)] {
        let second = ApiKey {
            id: first.id,
            ..api_key(&owner, ids)
        };
        let refused = store.create(&second).await;
        assert!(matches!(refused, Err(StoreError::AlreadyExists)));
        assert_eq!(
            store.find(first.id).await.expect("find"),
            Some(first.clone())
        );
        if owner != first.owner {
            assert_eq!(store.list(&owner).await.expect("list"), []);
        }
    }
}

async fn a_list_is_the_owners_alone(store: &dyn ApiKeyStore, ids: &dyn IdSource) {
    let [alice, bob] = [identity(ids), identity(ids)];
    assert_eq!(store.list(&alice).await.expect("list"), []);
    let mut own = vec![
        api_key(&alice, ids),
        api_key(&alice, ids),
        api_key(&alice, ids),
    ];
    let others = api_key(&bob, ids);
    for key in own.iter().chain([&others]) {
        store.create(key).await.expect("create");
    }
    let mut listed = store.list(&alice).await.expect("list");
    listed.sort_by_key(|key| key.id);
    own.sort_by_key(|key| key.id);
    assert_eq!(listed, own);
    assert_eq!(store.list(&bob).await.expect("list"), [others]);
}

async fn a_use_is_noted_where_there_is_a_key(store: &dyn ApiKeyStore, ids: &dyn IdSource) {
    let key = api_key(&identity(ids), ids);
    let missing = store.note_use(&key.owner, key.id, NOON).await;
    assert!(matches!(missing, Err(StoreError::NotFound)));
    assert_eq!(store.find(key.id).await.expect("find"), None);
    store.create(&key).await.expect("create");
    let others = store.note_use(&identity(ids), key.id, noon_plus(1)).await;
    assert!(matches!(others, Err(StoreError::NotFound)));
    for at in [noon_plus(2), noon_plus(3)] {
        store.note_use(&key.owner, key.id, at).await.expect("note");
        let used = ApiKey {
            last_used_at: Some(at),
            ..key.clone()
        };
        let found = store.find(key.id).await.expect("find");
        assert_eq!(found, Some(used.clone()));
        assert_eq!(store.list(&key.owner).await.expect("list"), [used]);
    }
}

async fn only_the_owner_removes_a_key(store: &dyn ApiKeyStore, ids: &dyn IdSource) {
    let key = api_key(&identity(ids), ids);
    store.create(&key).await.expect("create");
    let others = store.delete(&identity(ids), key.id).await;
    assert!(matches!(others, Err(StoreError::NotFound)));
    assert_eq!(store.find(key.id).await.expect("find"), Some(key.clone()));
    store.delete(&key.owner, key.id).await.expect("delete");
    assert_eq!(store.find(key.id).await.expect("find"), None);
    assert_eq!(store.list(&key.owner).await.expect("list"), []);
    let again = store.delete(&key.owner, key.id).await;
    assert!(matches!(again, Err(StoreError::NotFound)));
    let used = store.note_use(&key.owner, key.id, NOON).await;
    assert!(matches!(used, Err(StoreError::NotFound)));
}
