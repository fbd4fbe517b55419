//! Signing in by SRP, and every way of cheating at it.

use notewarden_userpool::{UserPoolError, users::UserStatus};
use proptest::{prelude::*, test_runner::Config};

use super::{
    pool::{ALICE, LEGACY, PASSWORD, Pool, WEB, signed_in},
    srp_client::SrpClient,
};

#[tokio::test]
async fn the_proof_of_the_password_signs_in() {
    let pool = Pool::with_alice().await;
    let id = pool.pool.admin_get_user(ALICE).unwrap().id;
    for username in [ALICE, "ALICE@example.com", &id.to_string()] {
        let tokens = signed_in(pool.sign_in_by_srp(username, PASSWORD).await.unwrap());
        let profile = pool.pool.get_user(tokens.access.expose()).await.unwrap();
        assert_eq!(profile.id, id);
        assert!(tokens.refresh.is_some());
    }
    let wrong = pool.sign_in_by_srp(ALICE, "passw0rd!").await;
    assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
}

#[tokio::test]
async fn a_public_number_that_gives_the_key_away_is_refused() {
    let pool = Pool::with_alice().await;
    let prime = include_str!("../../data/srp-vectors.json");
    let prime: serde_json::Value = serde_json::from_str(prime).unwrap();
    let prime = prime["N"].as_str().unwrap();
    for zero in [
        "0",
        "00",
        prime,
        &format!("0{prime}"),
        "",
        "xyz",
        &"f".repeat(10_000),
    ] {
        let refused = pool.pool.begin_srp(WEB, ALICE, zero).await;
        assert!(
            matches!(refused, Err(UserPoolError::InvalidSrpNumber)),
            "{zero}"
        );
    }
}

#[tokio::test]
async fn a_challenge_is_answered_once() {
    let pool = Pool::with_alice().await;
    let client = SrpClient::new(b"a");
    let challenge = pool
        .pool
        .begin_srp(WEB, ALICE, &client.public())
        .await
        .unwrap();
    let proof = client.prove(&challenge, PASSWORD);
    // Of two answers at once one wins.
    let (one, other) = tokio::join!(
        pool.answer(ALICE, &challenge, &proof),
        pool.answer(ALICE, &challenge, &proof),
    );
    assert!(one.is_ok() ^ other.is_ok());
    // Nor does it count later, or after a restart.
    let pool = pool.restart();
    let replayed = pool.answer(ALICE, &challenge, &proof).await;
    assert!(matches!(replayed, Err(UserPoolError::WrongCredentials)));
}

#[tokio::test]
async fn a_wrong_answer_spoils_the_challenge() {
    let pool = Pool::with_alice().await;
    let client = SrpClient::new(b"a");
    let challenge = pool
        .pool
        .begin_srp(WEB, ALICE, &client.public())
        .await
        .unwrap();
    let wrong = client.prove(&challenge, "Wr0ng-password");
    let right = client.prove(&challenge, PASSWORD);
    for proof in [wrong, right] {
        let refused = pool.answer(ALICE, &challenge, &proof).await;
        assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));
    }
}

#[tokio::test]
async fn a_challenge_is_its_users_and_clients_and_lives_three_minutes() {
    let pool = Pool::with_alice().await;
    pool.sign_up("bob@example.com").await;
    pool.pool
        .admin_confirm_sign_up("bob@example.com")
        .await
        .unwrap();
    let client = SrpClient::new(b"a");
    let begin = async || {
        pool.pool
            .begin_srp(WEB, ALICE, &client.public())
            .await
            .unwrap()
    };

    // Bob, whose password is the same, answers Alice's challenge.
    let challenge = begin().await;
    let bob = pool
        .pool
        .admin_get_user("bob@example.com")
        .unwrap()
        .id
        .to_string();
    let proof = client.prove_as(&bob, &challenge, PASSWORD);
    let refused = pool.answer("bob@example.com", &challenge, &proof).await;
    assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));

    // Another client.
    let proof = client.prove(&challenge, PASSWORD);
    let refused = pool.pool.answer_srp(
        LEGACY,
        ALICE,
        notewarden_userpool::user_pool::PasswordProof {
            secret_block: &challenge.secret_block,
            timestamp: super::srp_client::TIMESTAMP,
            signature: &proof,
        },
    );
    assert!(matches!(
        refused.await,
        Err(UserPoolError::WrongCredentials)
    ));

    // A block that is not the pool's.
    let mut forged = challenge.clone();
    forged.secret_block.replace_range(
        20..21,
        if forged.secret_block[20..].starts_with('A') {
            "B"
        } else {
            "A"
        },
    );
    let refused = pool
        .answer(ALICE, &forged, &client.prove(&forged, PASSWORD))
        .await;
    assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));

    // Too late.
    let late = begin().await;
    let proof = client.prove(&late, PASSWORD);
    pool.data.wait(180);
    let refused = pool.answer(ALICE, &late, &proof).await;
    assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_is_not_taken() {
    let pool = Pool::with_alice().await;
    let client = SrpClient::new(b"a");
    let challenge = pool
        .pool
        .begin_srp(WEB, ALICE, &client.public())
        .await
        .unwrap();
    let proof = client.prove(&challenge, PASSWORD);
    pool.pool
        .admin_set_user_password(ALICE, "An0ther-password", true)
        .await
        .unwrap();
    let refused = pool.answer(ALICE, &challenge, &proof).await;
    assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));
    pool.sign_in_by_srp(ALICE, "An0ther-password")
        .await
        .unwrap();
}

#[tokio::test]
async fn an_unconfirmed_user_learns_so_with_the_right_password_only() {
    let pool = Pool::new();
    pool.sign_up(ALICE).await;
    assert_eq!(
        pool.pool.admin_get_user(ALICE).unwrap().status,
        UserStatus::Unconfirmed
    );
    let right = pool.sign_in_by_srp(ALICE, PASSWORD).await;
    assert!(matches!(right, Err(UserPoolError::NotConfirmed)));
    let wrong = pool.sign_in_by_srp(ALICE, "Wr0ng-password").await;
    assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
}

/// Any password, any secret of the client, and the random salt and secret of the server.
#[test]
fn client_and_server_agree_on_the_right_password_and_on_no_other() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let pool = runtime.block_on(Pool::with_alice());
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(12)
    };
    proptest!(config, |(password in "[A-Z][a-z][0-9]!\\PC{4,40}", secret in any::<[u8; 32]>())| {
        let outcome = runtime.block_on(async {
            pool.pool.admin_set_user_password(ALICE, &password, true).await.unwrap();
            let client = SrpClient::new(&secret);
            let mut outcomes = Vec::new();
            for shown in [password.clone(), format!("{password}.")] {
                let challenge = pool.pool.begin_srp(WEB, ALICE, &client.public()).await.unwrap();
                let proof = client.prove(&challenge, &shown);
                outcomes.push(pool.answer(ALICE, &challenge, &proof).await);
                pool.data.wait(1_000);
            }
            outcomes
        });
        prop_assert!(outcome[0].is_ok(), "{:?}", outcome[0]);
        prop_assert!(matches!(outcome[1], Err(UserPoolError::WrongCredentials)));
    });
}
