//! Signing in with a password.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use notewarden_userpool::{
    UserPoolError,
    user_pool::{AppClient, AuthFlow, SecretHashFault},
};
use sha2::Sha256;

use super::pool::{
    ALICE, CLIENT_SECRET, CONFIDENTIAL, LEGACY, PASSWORD, Pool, WEB, client, signed_in,
};

#[tokio::test]
async fn the_password_signs_in_by_address_and_by_id() {
    let pool = Pool::with_alice().await;
    let id = pool.pool.admin_get_user(ALICE).unwrap().id.to_string();
    for username in [ALICE, "Alice@EXAMPLE.com", &id] {
        let progress = pool
            .pool
            .sign_in_with_password(WEB, username, PASSWORD)
            .await;
        let tokens = signed_in(progress.unwrap());
        let profile = pool.pool.get_user(tokens.access.expose()).await.unwrap();
        assert_eq!(profile.id.to_string(), id);
        assert_eq!(tokens.lifetime.as_secs(), 3_600);
    }
    // It did so before a restart, and does after it.
    let pool = pool.restart();
    pool.sign_in().await;
}

#[tokio::test]
async fn only_a_confirmed_and_enabled_user_signs_in_and_only_the_owner_learns_why_not() {
    let pool = Pool::new();
    pool.sign_up(ALICE).await;
    let refused = pool.sign_in_with(PASSWORD).await;
    assert!(matches!(refused, Err(UserPoolError::NotConfirmed)));
    let refused = pool.sign_in_with("Wr0ng-password").await;
    assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));

    pool.pool.admin_confirm_sign_up(ALICE).await.unwrap();
    pool.pool.admin_set_enabled(ALICE, false).await.unwrap();
    let refused = pool.sign_in_with(PASSWORD).await;
    assert!(matches!(refused, Err(UserPoolError::Disabled)));
    let refused = pool.sign_in_with("Wr0ng-password").await;
    assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));
    pool.pool.admin_set_enabled(ALICE, true).await.unwrap();
    pool.sign_in().await;
}

#[tokio::test]
async fn a_client_takes_its_own_flows_only() {
    let pool = Pool::with_alice().await;
    let refused = pool.pool.begin_srp(LEGACY, ALICE, "2").await;
    assert!(matches!(
        refused,
        Err(UserPoolError::FlowNotAllowed(AuthFlow::UserSrp))
    ));
    let refused = pool.pool.refresh(LEGACY, "token").await;
    assert!(matches!(
        refused,
        Err(UserPoolError::FlowNotAllowed(AuthFlow::RefreshToken))
    ));
    let refused = pool
        .pool
        .sign_in_with_password(client("nobody"), ALICE, PASSWORD)
        .await;
    assert!(matches!(refused, Err(UserPoolError::ClientNotFound(_))));
}

#[tokio::test]
async fn five_wrong_passwords_lock_out_and_the_right_one_ends_it() {
    let pool = Pool::with_alice().await;
    for _ in 0..5 {
        let wrong = pool.sign_in_with("Wr0ng-password").await;
        assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
    }
    let locked = pool.sign_in_with(PASSWORD).await;
    assert!(matches!(locked, Err(UserPoolError::LockedOut)));
    let locked = pool.sign_in_by_srp(ALICE, PASSWORD).await;
    assert!(matches!(locked, Err(UserPoolError::LockedOut)));
    pool.data.wait(1);
    pool.sign_in().await;
    for _ in 0..4 {
        let wrong = pool.sign_in_with("Wr0ng-password").await;
        assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
    }
    pool.sign_in().await;
}

#[tokio::test]
async fn a_restart_ends_no_lockout_and_a_right_password_needs_no_write_of_its_own() {
    let pool = Pool::with_alice().await;
    // The first makes the keys.
    pool.sign_in().await;
    let before = pool.data.database().counters().writes;
    pool.sign_in().await;
    // The session.
    assert_eq!(pool.data.database().counters().writes - before, 1);
    for _ in 0..5 {
        let wrong = pool.sign_in_with("Wr0ng-password").await;
        assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
    }
    let pool = pool.restart();
    let locked = pool.sign_in_with(PASSWORD).await;
    assert!(matches!(locked, Err(UserPoolError::LockedOut)));
    pool.data.wait(1);
    pool.sign_in().await;
}

#[tokio::test]
async fn a_server_signs_its_users_in_by_its_own_flow_only() {
    let pool = Pool::with_alice().await;
    let sign_in = |client| {
        pool.pool
            .admin_sign_in_with_password(client, ALICE, PASSWORD)
    };
    signed_in(sign_in(WEB).await.unwrap());
    assert!(matches!(
        sign_in(LEGACY).await,
        Err(UserPoolError::FlowNotAllowed(AuthFlow::AdminUserPassword))
    ));
}

/// Tries made at once are counted like tries made one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_guesses_is_locked_out_too() {
    let pool = Pool::with_alice().await;
    let guesses = (0..20).map(|guess| {
        let pool = pool.pool.clone();
        tokio::spawn(async move {
            let guess = format!("Wr0ng-password-{guess}");
            pool.sign_in_with_password(WEB, ALICE, &guess).await
        })
    });
    let guesses: Vec<_> = guesses.collect();
    let mut checked = 0;
    for guess in guesses {
        match guess.await.unwrap() {
            Err(UserPoolError::WrongCredentials) => checked += 1,
            other => assert!(matches!(other, Err(UserPoolError::LockedOut))),
        }
    }
    assert_eq!(checked, 5);
}

/// Nor does a user lock themself out who signs in from everywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_right_passwords_is_let_in() {
    let pool = Pool::with_alice().await;
    let sign_ins = (0..20).map(|_| {
        let pool = pool.pool.clone();
        tokio::spawn(async move { pool.sign_in_with_password(WEB, ALICE, PASSWORD).await })
    });
    let sign_ins: Vec<_> = sign_ins.collect();
    for sign_in in sign_ins {
        signed_in(sign_in.await.unwrap().unwrap());
    }
}

#[tokio::test]
async fn a_client_with_a_secret_proves_it() {
    let pool = Pool::with_alice().await;
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(CLIENT_SECRET.as_bytes()).unwrap();
    let mac = mac
        .chain_update(ALICE)
        .chain_update(CONFIDENTIAL)
        .finalize();
    let right = BASE64_STANDARD.encode(mac.into_bytes());
    let sign_in = async |id, secret_hash| {
        let client = AppClient { id, secret_hash };
        pool.pool
            .sign_in_with_password(client, ALICE, PASSWORD)
            .await
    };
    assert!(sign_in(CONFIDENTIAL, Some(&right)).await.is_ok());
    for (id, hash, expected) in [
        (CONFIDENTIAL, None, SecretHashFault::Missing),
        (CONFIDENTIAL, Some("AAAA"), SecretHashFault::Mismatch),
        (WEB.id, Some(right.as_str()), SecretHashFault::Unexpected),
    ] {
        let refused = sign_in(id, hash).await;
        assert!(
            matches!(&refused, Err(UserPoolError::ClientNotProved { fault, .. }) if *fault == expected),
            "{refused:?}"
        );
    }
}
