//! Changed, forgotten and ended passwords, and accounts that end.

use notewarden_userpool::{
    UserPoolError,
    codes::{CodeError, MAX_FAILURES},
    inbox::MessagePurpose,
    passwords::WeakPassword,
    user_pool::NewUser,
    users::UserStatus,
};

use super::pool::{ALICE, LEGACY, PASSWORD, Pool, WEB, signed_in};

const NEW: &str = "An0ther-password";

#[tokio::test]
async fn ten_29_a_changed_password_ends_every_other_session() {
    let pool = Pool::with_alice().await;
    let (own, other) = (pool.sign_in().await, pool.sign_in().await);
    let change = async |previous, proposed| {
        let token = own.access.expose();
        pool.pool.change_password(token, previous, proposed).await
    };
    assert!(matches!(
        change("Wr0ng-password", NEW).await,
        Err(UserPoolError::WrongCredentials)
    ));
    assert!(matches!(
        change(PASSWORD, "weak").await,
        Err(UserPoolError::WeakPassword(WeakPassword::TooShort))
    ));
    change(PASSWORD, NEW).await.unwrap();
    pool.pool.get_user(own.access.expose()).await.unwrap();
    let ended = pool.pool.get_user(other.access.expose()).await;
    assert!(matches!(ended, Err(UserPoolError::AccessToken(_))));
    let refresh = other.refresh.unwrap();
    let ended = pool.pool.refresh(WEB, refresh.expose()).await;
    assert!(matches!(ended, Err(UserPoolError::RefreshToken(_))));
    assert!(pool.sign_in_with(PASSWORD).await.is_err());
    signed_in(pool.sign_in_with(NEW).await.unwrap());
}

/// An access token that was stolen is no way to guess the password.
#[tokio::test]
async fn the_previous_password_is_guessed_five_times_at_most() {
    let pool = Pool::with_alice().await;
    let token = pool.sign_in().await.access;
    let change = |previous| pool.pool.change_password(token.expose(), previous, NEW);
    for _ in 0..5 {
        let wrong = change("Wr0ng-password").await;
        assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
    }
    assert!(matches!(
        change(PASSWORD).await,
        Err(UserPoolError::Code(CodeError::LimitExceeded))
    ));
    let locked = pool.sign_in_with(PASSWORD).await;
    assert!(matches!(locked, Err(UserPoolError::LockedOut)));
}

#[tokio::test]
async fn a_forgotten_password_is_reset_with_the_code() {
    let pool = Pool::with_alice().await;
    let before = pool.sign_in().await;
    for _ in 0..5 {
        assert!(pool.sign_in_with("Wr0ng-password").await.is_err());
    }
    let delivery = pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    assert_eq!(delivery.destination, "a***@e***");
    let message = pool.pool.inbox().unwrap().remove(0);
    assert_eq!(message.purpose, MessagePurpose::PasswordReset);
    let pool = pool.restart();
    let confirm = async |code: &str, password| {
        pool.pool
            .confirm_forgot_password(WEB, ALICE, code, password)
            .await
    };
    let code = message.code.expose();
    assert!(matches!(
        confirm(code, "weak").await,
        Err(UserPoolError::WeakPassword(_))
    ));
    confirm(code, NEW).await.unwrap();
    // Whoever reads the address need not wait for whoever guessed.
    signed_in(pool.sign_in_with(NEW).await.unwrap());
    assert!(pool.sign_in_with(PASSWORD).await.is_err());
    let ended = pool.pool.get_user(before.access.expose()).await;
    assert!(matches!(ended, Err(UserPoolError::AccessToken(_))));
    // Once.
    assert!(matches!(
        confirm(code, PASSWORD).await,
        Err(UserPoolError::Code(CodeError::Mismatch))
    ));
}

#[tokio::test]
async fn ten_28_a_reset_code_is_guessed_five_times_at_most_and_lives_an_hour() {
    let pool = Pool::with_alice().await;
    pool.and_user("bob@example.com").await;
    let confirm = async |username, code: &str| {
        pool.pool
            .confirm_forgot_password(WEB, username, code, NEW)
            .await
    };
    pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    let alices = pool.last_code();
    // Of another user.
    pool.pool
        .forgot_password(WEB, "bob@example.com")
        .await
        .unwrap();
    assert!(matches!(
        confirm("bob@example.com", &alices).await,
        Err(UserPoolError::Code(CodeError::Mismatch))
    ));
    // Spoilt by guesses.
    for _ in 0..MAX_FAILURES {
        assert!(matches!(
            confirm(ALICE, "x").await,
            Err(UserPoolError::Code(CodeError::Mismatch))
        ));
    }
    assert!(matches!(
        confirm(ALICE, &alices).await,
        Err(UserPoolError::Code(CodeError::LimitExceeded))
    ));
    // Too old.
    pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    let code = pool.last_code();
    pool.data.wait(3_600);
    assert!(matches!(
        confirm(ALICE, &code).await,
        Err(UserPoolError::Code(CodeError::Expired))
    ));
    pool.sign_in().await;
}

#[tokio::test]
async fn a_client_that_may_know_learns_why_there_is_no_code() {
    let pool = Pool::with_alice().await;
    let unknown = pool.pool.forgot_password(LEGACY, "nobody@example.com");
    assert!(matches!(unknown.await, Err(UserPoolError::UserNotFound)));
    let none = pool
        .pool
        .confirm_forgot_password(LEGACY, ALICE, "123456", NEW)
        .await;
    assert!(matches!(none, Err(UserPoolError::Code(CodeError::Expired))));
    pool.sign_up("bob@example.com").await;
    let unverified = pool.pool.forgot_password(LEGACY, "bob@example.com").await;
    assert!(matches!(unverified, Err(UserPoolError::NoVerifiedEmail)));
    let new = NewUser {
        username: "carol@example.com",
        temporary_password: None,
        attributes: &[("email_verified".to_owned(), "true".to_owned())],
        is_invited: true,
    };
    pool.pool.admin_create_user(new).await.unwrap();
    let invited = pool.pool.forgot_password(LEGACY, "carol@example.com").await;
    assert!(matches!(
        invited,
        Err(UserPoolError::CannotBeReset(
            UserStatus::ForceChangePassword
        ))
    ));
}

#[tokio::test]
async fn an_administrator_ends_a_password() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    pool.pool.admin_reset_user_password(ALICE).await.unwrap();
    let code = pool.last_code();
    assert_eq!(
        pool.pool.admin_get_user(ALICE).unwrap().status,
        UserStatus::ResetRequired
    );
    for by_srp in [false, true] {
        let refused = if by_srp {
            pool.sign_in_by_srp(ALICE, PASSWORD).await
        } else {
            pool.sign_in_with(PASSWORD).await
        };
        assert!(matches!(refused, Err(UserPoolError::PasswordResetRequired)));
    }
    // Whoever does not know it learns nothing of it.
    let wrong = pool.sign_in_with("Wr0ng-password").await;
    assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
    let ended = pool.pool.get_user(tokens.access.expose()).await;
    assert!(matches!(ended, Err(UserPoolError::AccessToken(_))));
    pool.pool
        .confirm_forgot_password(WEB, ALICE, &code, NEW)
        .await
        .unwrap();
    signed_in(pool.sign_in_with(NEW).await.unwrap());

    pool.sign_up("bob@example.com").await;
    let unverified = pool.pool.admin_reset_user_password("bob@example.com").await;
    assert!(matches!(unverified, Err(UserPoolError::NoVerifiedEmail)));
}

#[tokio::test]
async fn ten_29_whoever_deletes_themself_is_gone() {
    let pool = Pool::with_alice().await;
    let (own, other) = (pool.sign_in().await, pool.sign_in().await);
    pool.pool.delete_user(own.access.expose()).await.unwrap();
    for tokens in [&own, &other] {
        let gone = pool.pool.delete_user(tokens.access.expose()).await;
        assert!(matches!(gone, Err(UserPoolError::UserNotFound)));
        let refresh = tokens.refresh.as_ref().unwrap();
        assert!(pool.pool.refresh(WEB, refresh.expose()).await.is_err());
    }
    assert!(matches!(
        pool.sign_in_with(PASSWORD).await,
        Err(UserPoolError::WrongCredentials)
    ));
    // The address can be somebody's again, whose account is another.
    let pool = pool.and_alice().await;
    assert!(pool.pool.get_user(own.access.expose()).await.is_err());
}
