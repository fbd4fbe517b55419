//! TEN-27: nobody learns who is a user.

use std::collections::BTreeSet;

use notewarden_userpool::{
    UserPoolError,
    user_pool::{Delivery, SrpChallenge},
};

use super::{
    pool::{ALICE, LEGACY, PASSWORD, Pool, WEB},
    srp_client::SrpClient,
};

const NOBODY: &str = "nobody@example.com";

async fn challenge(pool: &Pool, username: &str) -> SrpChallenge {
    let client = SrpClient::new(b"a");
    pool.pool
        .begin_srp(WEB, username, &client.public())
        .await
        .unwrap()
}

#[tokio::test]
async fn ten_27_an_unknown_user_always_has_the_same_id_and_salt() {
    let pool = Pool::with_alice().await;
    let first = challenge(&pool, NOBODY).await;
    let second = challenge(&pool, "NoBody@example.com").await;
    assert_eq!((first.user_id, &first.salt), (second.user_id, &second.salt));
    assert_ne!(first.server_public, second.server_public);
    assert_ne!(first.secret_block, second.secret_block);
    // By that id too, as with a real one.
    let by_id = challenge(&pool, &first.user_id.to_string()).await;
    assert_eq!((by_id.user_id, &by_id.salt), (first.user_id, &first.salt));
    // After a restart too.
    let pool = pool.restart();
    let third = challenge(&pool, NOBODY).await;
    assert_eq!((first.user_id, &first.salt), (third.user_id, &third.salt));

    let other = challenge(&pool, "nobody.else@example.com").await;
    let alice = challenge(&pool, ALICE).await;
    let salts = BTreeSet::from([&first.salt, &other.salt, &alice.salt]);
    assert_eq!(salts.len(), 3);
    for challenge in [&first, &other] {
        assert_eq!(challenge.salt.len(), alice.salt.len());
        assert_eq!(challenge.secret_block.len(), alice.secret_block.len());
        assert_eq!(challenge.server_public.len(), alice.server_public.len());
        assert_eq!(
            challenge.user_id.get_version_num(),
            alice.user_id.get_version_num()
        );
    }
}

#[tokio::test]
async fn ten_27_an_unknown_user_fails_as_a_wrong_password_does() {
    let pool = Pool::with_alice().await;
    for username in [ALICE, NOBODY] {
        let by_srp = pool.sign_in_by_srp(username, "Wr0ng-password").await;
        assert!(
            matches!(by_srp, Err(UserPoolError::WrongCredentials)),
            "{username}"
        );
        for _ in 1..5 {
            let wrong = pool
                .pool
                .sign_in_with_password(WEB, username, "Wr0ng-password")
                .await;
            assert!(
                matches!(wrong, Err(UserPoolError::WrongCredentials)),
                "{username}"
            );
        }
        let locked = pool
            .pool
            .sign_in_with_password(WEB, username, PASSWORD)
            .await;
        assert!(
            matches!(locked, Err(UserPoolError::LockedOut)),
            "{username}"
        );
    }
    // The password that unknown users are checked against is nobody's.
    for password in ["", PASSWORD] {
        let refused = pool
            .pool
            .sign_in_with_password(WEB, "nobody.else@example.com", password)
            .await;
        assert!(matches!(refused, Err(UserPoolError::WrongCredentials)));
    }
}

#[tokio::test]
async fn ten_27_a_code_is_sent_again_to_everybody_or_so_it_seems() {
    let pool = Pool::with_alice().await;
    pool.sign_up("bob@example.com").await;
    let seen = async |username| {
        pool.pool
            .resend_confirmation_code(WEB, username)
            .await
            .unwrap()
    };
    let expected = |destination: &str| Delivery {
        destination: destination.to_owned(),
    };
    assert_eq!(seen("bob@example.com").await, expected("b***@e***"));
    assert_eq!(seen(NOBODY).await, expected("n***@e***"));
    assert_eq!(seen(ALICE).await, expected("a***@e***"));
    let to_bob = pool.pool.inbox().unwrap();
    assert!(
        to_bob[..2]
            .iter()
            .all(|message| message.to.as_str() == "bob@example.com")
    );
    assert_eq!(to_bob.len(), 3);
}

#[tokio::test]
async fn a_client_that_may_know_is_told() {
    let pool = Pool::with_alice().await;
    let unknown = pool
        .pool
        .sign_in_with_password(LEGACY, NOBODY, PASSWORD)
        .await;
    assert!(matches!(unknown, Err(UserPoolError::UserNotFound)));
}
