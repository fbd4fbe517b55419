//! Access keys: their form, their life, and that the database and the memory agree about them.

use std::{collections::HashSet, sync::Arc, time::Duration};

use notewarden_domain::IdentityId;
use notewarden_testkit::fixtures;
use notewarden_userpool::{CognitoIdentity, Credential, Principal, PrincipalKind};

use crate::data_directory::{ACCOUNT, DataDirectory};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY_SECONDS: u64 = 24 * 3_600;

fn session_of(identity: &IdentityId) -> Principal {
    let identity = CognitoIdentity {
        identity_id: identity.clone(),
        identity_pool_id: "us-east-1:pool".to_owned(),
        amr: vec!["authenticated".to_owned()],
    };
    Principal::session(ACCOUNT, "AuthRole", "AROA", "session", Some(identity))
}

fn assert_same(a: &Credential, b: &Credential) {
    assert_eq!(a.access_key_id, b.access_key_id);
    assert_eq!(a.secret_access_key.expose(), b.secret_access_key.expose());
    assert_eq!(a.session_token.is_some(), b.session_token.is_some());
    if let (Some(a), Some(b)) = (&a.session_token, &b.session_token) {
        assert_eq!(a.expose(), b.expose());
    }
    assert_eq!(a.expires_at, b.expires_at);
    assert_eq!(a.principal, b.principal);
}

#[tokio::test]
async fn a_session_has_the_form_of_aws_and_ends_after_its_lifetime() {
    let data = DataDirectory::new();
    let credentials = data.credentials();
    let issued = credentials
        .issue_session(session_of(&fixtures::identity(&*data.ids())), HOUR)
        .await
        .unwrap();

    assert!(issued.access_key_id.starts_with("ASIA"));
    assert_eq!(issued.access_key_id.len(), 20);
    assert!(
        issued
            .access_key_id
            .bytes()
            .all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
    );
    assert_eq!(issued.secret_access_key.expose().len(), 40);
    assert!(issued.session_token.as_ref().unwrap().expose().len() >= 200);
    assert_eq!(
        issued.principal.arn,
        "arn:aws:sts::000000000000:assumed-role/AuthRole/session"
    );
    assert_eq!(issued.principal.user_id, "AROA:session");

    data.wait(3_599);
    assert!(!issued.is_expired(data.clock().now()));
    data.wait(1);
    assert!(issued.is_expired(data.clock().now()));
}

#[tokio::test]
async fn no_two_credentials_share_anything() {
    let data = DataDirectory::new();
    let credentials = data.credentials();
    let identity = fixtures::identity(&*data.ids());
    let mut seen = HashSet::new();
    for _ in 0..50 {
        let issued = credentials
            .issue_session(session_of(&identity), HOUR)
            .await
            .unwrap();
        assert!(seen.insert(issued.access_key_id.clone()));
        assert!(seen.insert(issued.secret_access_key.expose().to_owned()));
        let token = issued.session_token.as_ref().unwrap();
        assert!(seen.insert(token.expose().to_owned()));
    }
}

#[tokio::test]
async fn credentials_survive_a_restart() {
    let mut data = DataDirectory::new();
    let identity = fixtures::identity(&*data.ids());
    let (session, admin) = {
        let credentials = data.credentials();
        let session = credentials.issue_session(session_of(&identity), HOUR);
        (session.await.unwrap(), credentials.admin().await.unwrap())
    };
    data.restart();
    let credentials = data.credentials();
    for before in [&session, &admin] {
        let after = credentials.find(&before.access_key_id).unwrap().unwrap();
        assert_same(before, &after);
    }
}

#[tokio::test]
async fn one_in_use_is_found_without_being_read_again() {
    let mut data = DataDirectory::new();
    let key = {
        let credentials = data.credentials();
        credentials.admin().await.unwrap().access_key_id.clone()
    };
    data.restart();
    let credentials = data.credentials();
    let first = credentials.find(&key).unwrap().unwrap();
    let second = credentials.find(&key).unwrap().unwrap();
    assert!(Arc::ptr_eq(&first, &second));
}

#[tokio::test]
async fn an_unknown_key_is_nobody_s() {
    let data = DataDirectory::new();
    let credentials = data.credentials();
    assert!(credentials.find("ASIAAAAAAAAAAAAAAAAA").unwrap().is_none());
    credentials.admin().await.unwrap();
    for unknown in ["", "AKIA", "ASIAAAAAAAAAAAAAAAAA"] {
        assert!(credentials.find(unknown).unwrap().is_none());
    }
}

#[tokio::test]
async fn there_is_one_administrator_however_many_ask_first() {
    let data = DataDirectory::new();
    let credentials = data.credentials();
    let asking: Vec<_> = (0..16)
        .map(|_| {
            let credentials = credentials.clone();
            tokio::spawn(async move { credentials.admin().await.unwrap() })
        })
        .collect();
    let mut keys = HashSet::new();
    for asked in asking {
        let admin = asked.await.unwrap();
        assert!(admin.access_key_id.starts_with("AKIA"));
        assert!(admin.session_token.is_none() && admin.expires_at.is_none());
        assert_eq!(admin.principal.kind, PrincipalKind::Admin);
        assert_eq!(
            admin.principal.arn,
            "arn:aws:iam::000000000000:user/notewarden"
        );
        assert!(admin.principal.user_id.starts_with("AIDA"));
        keys.insert(admin.access_key_id.clone());
    }
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn revoking_an_identity_ends_all_of_its_credentials_and_no_others() {
    let mut data = DataDirectory::new();
    let (alice, bob) = (
        fixtures::identity(&*data.ids()),
        fixtures::identity(&*data.ids()),
    );
    let mut keys = Vec::new();
    let kept = {
        let credentials = data.credentials();
        for _ in 0..3 {
            let issued = credentials.issue_session(session_of(&alice), HOUR);
            keys.push(issued.await.unwrap().access_key_id.clone());
        }
        let kept = credentials.issue_session(session_of(&bob), HOUR);
        let kept = kept.await.unwrap().access_key_id.clone();
        assert_eq!(credentials.revoke_identity(&alice).await.unwrap(), 3);
        assert_eq!(credentials.revoke_identity(&alice).await.unwrap(), 0);
        for key in &keys {
            assert!(credentials.find(key).unwrap().is_none());
        }
        assert!(credentials.find(&kept).unwrap().is_some());
        kept
    };
    data.restart();
    let credentials = data.credentials();
    for key in &keys {
        assert!(credentials.find(key).unwrap().is_none());
    }
    assert!(credentials.find(&kept).unwrap().is_some());
}

/// TEN-30: whoever verifies must be able to say `ExpiredToken` and not “unknown”.
#[tokio::test]
async fn ten_30_an_expired_credential_is_still_known_and_then_collected() {
    let data = DataDirectory::new();
    let credentials = data.credentials();
    let identity = fixtures::identity(&*data.ids());
    let mut old = Vec::new();
    for _ in 0..10 {
        let issued = credentials.issue_session(session_of(&identity), HOUR);
        old.push(issued.await.unwrap().access_key_id.clone());
    }
    let still_known = |credentials: &notewarden_userpool::Credentials| {
        old.iter()
            .filter(|key| credentials.find(key).unwrap().is_some())
            .count()
    };

    data.wait(3_600);
    let expired = credentials.find(&old[0]).unwrap().unwrap();
    assert!(expired.is_expired(data.clock().now()));
    assert_eq!(still_known(&credentials), 10);

    data.wait(DAY_SECONDS + 1);
    for _ in 0..2 {
        let issued = credentials.issue_session(session_of(&identity), HOUR);
        issued.await.unwrap();
    }
    assert_eq!(still_known(&credentials), 0);
    assert_eq!(
        still_known(&data.credentials()),
        0,
        "the database kept some"
    );
    assert_eq!(credentials.revoke_identity(&identity).await.unwrap(), 2);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let data = DataDirectory::new();
    let identity = fixtures::identity(&*data.ids());
    let issued = data
        .credentials()
        .issue_session(session_of(&identity), HOUR)
        .await
        .unwrap();
    let printed = format!("{issued:?}");
    assert!(printed.contains(&issued.access_key_id));
    assert!(!printed.contains(issued.secret_access_key.expose()));
    assert!(!printed.contains(issued.session_token.as_ref().unwrap().expose()));
}

#[tokio::test]
async fn credentials_are_found_by_their_identity() {
    let data = DataDirectory::new();
    let credentials = data.credentials();
    let (alice, bob) = (
        fixtures::identity(&*data.ids()),
        fixtures::identity(&*data.ids()),
    );
    assert!(credentials.of_identity(&alice, 10).unwrap().is_empty());
    let issued = credentials.issue_session(session_of(&alice), HOUR);
    let issued = issued.await.unwrap();
    credentials
        .issue_session(session_of(&bob), HOUR)
        .await
        .unwrap();
    let found = credentials.of_identity(&alice, 10).unwrap();
    assert_eq!(found.len(), 1);
    assert_same(&found[0], &issued);
    assert!(credentials.of_identity(&alice, 0).unwrap().is_empty());
}
