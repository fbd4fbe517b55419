//! From the form to the confirmed user.

use notewarden_userpool::{
    UserPoolError,
    codes::{CodeError, MAX_FAILURES, MAX_SENT},
    inbox::MessagePurpose,
    passwords::WeakPassword,
    users::UserStatus,
};

use super::pool::{ALICE, LEGACY, PASSWORD, Pool, WEB, client};

#[tokio::test]
async fn somebody_signs_up_and_confirms_with_the_code_in_the_inbox() {
    let pool = Pool::new();
    let attributes = [("name".to_owned(), "Alice".to_owned())];
    let signed_up = pool
        .pool
        .sign_up(WEB, ALICE, PASSWORD, &attributes)
        .await
        .unwrap();
    let delivery = signed_up.delivery.unwrap();
    assert_eq!(delivery.destination, "a***@e***");

    let inbox = pool.pool.inbox().unwrap();
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].to.as_str(), ALICE);
    assert_eq!(inbox[0].purpose, MessagePurpose::SignUp);
    let code = inbox[0].code.expose();
    assert!(
        code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );
    assert_eq!(pool.heard.lock().unwrap()[0].code.expose(), code);
    assert!(!format!("{:?}", inbox[0]).contains(code));

    let profile = pool.pool.admin_get_user(ALICE).unwrap();
    assert_eq!(profile.status, UserStatus::Unconfirmed);
    pool.pool
        .confirm_sign_up(WEB, "ALICE@example.com", code)
        .await
        .unwrap();
    let profile = pool.pool.admin_get_user(&signed_up.id.to_string()).unwrap();
    assert_eq!(profile.status, UserStatus::Confirmed);
    let pairs = [
        ("sub", signed_up.id.to_string()),
        ("email_verified", "true".to_owned()),
        ("email", ALICE.to_owned()),
        ("name", "Alice".to_owned()),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(profile.attributes, pairs);
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_up_is_told() {
    let pool = Pool::with_alice().await;
    let refused = pool
        .pool
        .sign_up(WEB, "Alice@Example.com", PASSWORD, &[])
        .await;
    assert!(matches!(refused, Err(UserPoolError::UsernameExists)));
    let refused = pool
        .pool
        .sign_up(WEB, "bob@example.com", "passw0rd!", &[])
        .await;
    assert!(matches!(
        refused,
        Err(UserPoolError::WeakPassword(WeakPassword::NoUppercase))
    ));
    let refused = pool.pool.sign_up(WEB, "bob", PASSWORD, &[]).await;
    assert!(matches!(refused, Err(UserPoolError::NotAnEmail)));
    let refused = pool
        .pool
        .sign_up(client("nobody"), "bob@example.com", PASSWORD, &[])
        .await;
    assert!(matches!(refused, Err(UserPoolError::ClientNotFound(_))));
    assert_eq!(pool.pool.list_users(None, None, 10).unwrap().users.len(), 1);
    assert_eq!(pool.pool.inbox().unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_who_race_for_an_address_one_gets_it() {
    let pool = Pool::new();
    let (one, other) = tokio::join!(
        pool.pool.sign_up(WEB, ALICE, PASSWORD, &[]),
        pool.pool.sign_up(WEB, ALICE, PASSWORD, &[]),
    );
    assert!(one.is_ok() ^ other.is_ok());
    assert_eq!(pool.pool.inbox().unwrap().len(), 1);
}

#[tokio::test]
async fn an_administrator_confirms_without_a_code_and_verifies_no_address() {
    let pool = Pool::new();
    pool.sign_up(ALICE).await;
    pool.pool.admin_confirm_sign_up(ALICE).await.unwrap();
    let profile = pool.pool.admin_get_user(ALICE).unwrap();
    assert!(
        profile
            .attributes
            .contains(&("email_verified".to_owned(), "false".to_owned()))
    );
    assert!(pool.sign_in_with(PASSWORD).await.is_ok());

    let again = pool.pool.admin_confirm_sign_up(ALICE).await;
    assert!(matches!(
        again,
        Err(UserPoolError::CannotBeConfirmed(UserStatus::Confirmed))
    ));
    let nobody = pool.pool.admin_confirm_sign_up("nobody@example.com").await;
    assert!(matches!(nobody, Err(UserPoolError::UserNotFound)));
}

/// The code that `code` is not.
fn another(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn ten_28_a_code_is_guessed_five_times_at_most() {
    let pool = Pool::new();
    pool.sign_up(ALICE).await;
    let code = pool.last_code();
    for _ in 0..MAX_FAILURES {
        let wrong = pool.pool.confirm_sign_up(WEB, ALICE, another(&code)).await;
        assert!(matches!(
            wrong,
            Err(UserPoolError::Code(CodeError::Mismatch))
        ));
    }
    // Also after a restart, and with the right code.
    let pool = pool.restart();
    let spoilt = pool.pool.confirm_sign_up(WEB, ALICE, &code).await;
    assert!(matches!(
        spoilt,
        Err(UserPoolError::Code(CodeError::LimitExceeded))
    ));

    for _ in 1..MAX_SENT {
        pool.pool
            .resend_confirmation_code(WEB, ALICE)
            .await
            .unwrap();
    }
    let refused = pool.pool.resend_confirmation_code(WEB, ALICE).await;
    assert!(matches!(
        refused,
        Err(UserPoolError::Code(CodeError::LimitExceeded))
    ));
    assert_eq!(pool.pool.inbox().unwrap().len(), usize::from(MAX_SENT));
    pool.pool
        .confirm_sign_up(WEB, ALICE, &pool.last_code())
        .await
        .unwrap();
}

#[tokio::test]
async fn ten_28_a_code_is_taken_once_in_time_and_of_its_user_only() {
    let pool = Pool::new();
    pool.sign_up(ALICE).await;
    let alices = pool.last_code();
    pool.sign_up("bob@example.com").await;
    let of_another = pool
        .pool
        .confirm_sign_up(WEB, "bob@example.com", &alices)
        .await;
    assert!(matches!(
        of_another,
        Err(UserPoolError::Code(CodeError::Mismatch))
    ));

    pool.pool
        .confirm_sign_up(WEB, ALICE, &alices)
        .await
        .unwrap();
    // Who may not know who is a user learns nothing; who may, why.
    let again = pool.pool.confirm_sign_up(WEB, ALICE, &alices).await;
    assert!(matches!(
        again,
        Err(UserPoolError::Code(CodeError::Mismatch))
    ));
    let again = pool.pool.confirm_sign_up(LEGACY, ALICE, &alices).await;
    assert!(matches!(
        again,
        Err(UserPoolError::CannotBeConfirmed(UserStatus::Confirmed))
    ));

    let bobs = pool.last_code();
    pool.data.wait(24 * 3_600);
    let late = pool
        .pool
        .confirm_sign_up(WEB, "bob@example.com", &bobs)
        .await;
    assert!(matches!(late, Err(UserPoolError::Code(CodeError::Expired))));
    pool.pool
        .resend_confirmation_code(WEB, "bob@example.com")
        .await
        .unwrap();
    let replaced = pool
        .pool
        .confirm_sign_up(WEB, "bob@example.com", &bobs)
        .await;
    assert!(matches!(
        replaced,
        Err(UserPoolError::Code(CodeError::Mismatch))
    ));
}

#[tokio::test]
async fn a_client_that_may_know_learns_who_is_a_user() {
    let pool = Pool::with_alice().await;
    let confirmed = pool.pool.resend_confirmation_code(LEGACY, ALICE).await;
    assert!(matches!(
        confirmed,
        Err(UserPoolError::CannotBeConfirmed(_))
    ));
    let unknown = pool
        .pool
        .resend_confirmation_code(LEGACY, "bob@example.com")
        .await;
    assert!(matches!(unknown, Err(UserPoolError::UserNotFound)));
    let unknown = pool
        .pool
        .confirm_sign_up(LEGACY, "bob@example.com", "123456")
        .await;
    assert!(matches!(unknown, Err(UserPoolError::UserNotFound)));
}
