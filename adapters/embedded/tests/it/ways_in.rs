//! API keys and links of logins on a data directory.

use notewarden_domain::{
    ports::{ApiKeyStore, IdentityLinks},
    sign_ins::Login,
};
use notewarden_embedded::{Database, EmbeddedApiKeys, EmbeddedLinks};
use notewarden_testkit::{SeededIds, contract, fixtures::identity};

#[tokio::test]
async fn embedded_api_keys_are_an_api_key_store() {
    let dir = tempfile::tempdir().unwrap();
    let keys = EmbeddedApiKeys::new(Database::open(dir.path()).unwrap());
    contract::api_key_store(&keys, &SeededIds::new(1)).await;
    contract::api_key_store(&keys, &SeededIds::new(2)).await;
}

#[tokio::test]
async fn embedded_links_are_identity_links() {
    let dir = tempfile::tempdir().unwrap();
    let links = EmbeddedLinks::new(Database::open(dir.path()).unwrap());
    contract::identity_links(&links, &SeededIds::new(1)).await;
    contract::identity_links(&links, &SeededIds::new(2)).await;
}

#[tokio::test]
async fn a_restart_keeps_keys_and_links() {
    let dir = tempfile::tempdir().unwrap();
    let ids = SeededIds::new(3);
    let owner = identity(&ids);
    let login = Login::new("https://issuer.example", "somebody").unwrap();
    let database = Database::open(dir.path()).unwrap();
    let kept = contract::api_key(&owner, &ids);
    EmbeddedApiKeys::new(database.clone())
        .create(&kept)
        .await
        .unwrap();
    EmbeddedLinks::new(database)
        .link(&login, &owner)
        .await
        .unwrap();

    let database = Database::open(dir.path()).unwrap();
    let keys = EmbeddedApiKeys::new(database.clone());
    assert_eq!(keys.find(kept.id).await.unwrap(), Some(kept));
    let links = EmbeddedLinks::new(database);
    assert_eq!(links.find(&login).await.unwrap(), Some(owner));
}
