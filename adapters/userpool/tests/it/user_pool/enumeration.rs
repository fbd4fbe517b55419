//! TEN-27: nobody learns who is a user.

use std::collections::BTreeSet;

use notewarden_userpool::{
    UserPoolError,
    codes::CodeError,
    user_pool::{Choice, Delivery, NewUser, Progress, SrpChallenge},
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

/// What somebody sees who tries a code, and asks for codes, as often as they can.
async fn codes_seen(pool: &Pool, username: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let long = "N3w-Passw0rd!";
    for _ in 0..4 {
        for _ in 0..7 {
            let sign_up = pool.pool.confirm_sign_up(WEB, username, "x").await;
            let reset = pool
                .pool
                .confirm_forgot_password(WEB, username, "x", long)
                .await;
            seen.extend([format!("{sign_up:?}"), format!("{reset:?}")]);
        }
        for _ in 0..3 {
            let sign_up = pool.pool.resend_confirmation_code(WEB, username).await;
            let reset = pool.pool.forgot_password(WEB, username).await;
            seen.extend([
                format!("{:?}", sign_up.map(drop)),
                format!("{:?}", reset.map(drop)),
            ]);
        }
    }
    seen
}

/// Limits are the same for those who exist, in every state, and for those who do not; across a restart, too.
#[tokio::test]
async fn ten_27_codes_are_refused_and_limited_alike_for_everybody() {
    let pool = Pool::with_alice().await;
    for name in ["disabled@example.com", "unverified@example.com"] {
        pool.sign_up(name).await;
        pool.pool.admin_confirm_sign_up(name).await.unwrap();
    }
    let disabled = pool.pool.admin_set_enabled("disabled@example.com", false);
    disabled.await.unwrap();
    let invited = NewUser {
        username: "invited@example.com",
        temporary_password: None,
        attributes: &[],
        is_invited: true,
    };
    pool.pool.admin_create_user(invited).await.unwrap();
    let expected = codes_seen(&pool, NOBODY).await;
    let refusals: BTreeSet<_> = expected.iter().collect();
    let [sent, wrong, limit] = ["Ok(())", "Err(Code(Mismatch))", "Err(Code(LimitExceeded))"];
    let [sent, wrong, limit] = [sent, wrong, limit].map(str::to_owned);
    assert_eq!(refusals, BTreeSet::from([&sent, &wrong, &limit]));
    for name in [
        ALICE,
        "disabled@example.com",
        "unverified@example.com",
        "invited@example.com",
        "00000000-0000-4000-8000-000000000000",
    ] {
        assert_eq!(codes_seen(&pool, name).await, expected, "{name}");
    }
    let pool = pool.restart();
    for name in [ALICE, NOBODY] {
        let limited = pool.pool.forgot_password(WEB, name).await;
        assert!(
            matches!(limited, Err(UserPoolError::Code(CodeError::LimitExceeded))),
            "{name}"
        );
    }
}

/// What an answer costs is the same: as many durable writes for those who exist as for those who do not.
#[tokio::test]
async fn ten_27_answers_cost_as_many_writes_for_everybody() {
    let pool = Pool::with(|settings| settings.allows_email_sign_in = true)
        .and_alice()
        .await;
    let writes = || pool.data.database().counters().writes;
    let mut costs = Vec::new();
    for name in [ALICE, NOBODY] {
        let mut cost = Vec::new();
        let mut last = writes();
        let mut lap = || {
            let now = writes();
            cost.push(now - last);
            last = now;
        };
        pool.pool.forgot_password(WEB, name).await.unwrap();
        lap();
        let reset = pool
            .pool
            .confirm_forgot_password(WEB, name, "x", PASSWORD)
            .await;
        assert!(reset.is_err());
        lap();
        drop(pool.pool.resend_confirmation_code(WEB, name).await.unwrap());
        lap();
        assert!(pool.pool.confirm_sign_up(WEB, name, "x").await.is_err());
        lap();
        let wrong = "Wr0ng-password";
        let password = pool.pool.sign_in_with_password(WEB, name, wrong).await;
        assert!(password.is_err());
        lap();
        assert!(pool.sign_in_by_srp(name, wrong).await.is_err());
        lap();
        let code = pool.pool.begin_choice(WEB, name, Some(Choice::EmailCode));
        let Ok(Progress::EmailCodeRequired { session, .. }) = code.await else {
            panic!("{name} is asked for a code");
        };
        lap();
        let wrong = pool
            .pool
            .answer_email_code(WEB, name, session.expose(), "x");
        assert!(matches!(wrong.await, Err(UserPoolError::WrongCode)));
        lap();
        costs.push(cost);
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[0].iter().all(|writes| *writes > 0), "{costs:?}");
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
