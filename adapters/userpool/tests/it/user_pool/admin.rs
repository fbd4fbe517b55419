//! What administrators do with users.

use notewarden_userpool::{
    Secret, UserPoolError,
    inbox::MessagePurpose,
    user_pool::{NewUser, Progress},
    users::UserStatus,
};

use super::pool::{ALICE, LEGACY, PASSWORD, Pool, WEB, signed_in};

const INVITED: NewUser<'_> = NewUser {
    username: ALICE,
    temporary_password: None,
    attributes: &[],
    is_invited: true,
};

#[tokio::test]
async fn an_invited_user_chooses_a_password_at_the_first_sign_in() {
    let pool = Pool::new();
    let profile = pool.pool.admin_create_user(INVITED).await.unwrap();
    assert_eq!(profile.status, UserStatus::ForceChangePassword);
    let invitation = &pool.pool.inbox().unwrap()[0];
    assert_eq!(invitation.purpose, MessagePurpose::Invitation);
    let temporary = invitation.code.expose();

    for by_srp in [false, true] {
        let progress = if by_srp {
            pool.sign_in_by_srp(ALICE, temporary).await
        } else {
            pool.sign_in_with(temporary).await
        };
        let Ok(Progress::NewPasswordRequired {
            session, user_id, ..
        }) = progress
        else {
            panic!("{progress:?}");
        };
        assert_eq!(user_id, profile.id);
        let choose = |password| {
            pool.pool
                .choose_password(WEB, ALICE, session.expose(), password, &[])
        };
        assert!(matches!(
            choose("weak").await,
            Err(UserPoolError::WeakPassword(_))
        ));
        let foreign = pool
            .pool
            .choose_password(LEGACY, ALICE, session.expose(), PASSWORD, &[])
            .await;
        assert!(matches!(foreign, Err(UserPoolError::InvalidChallenge)));
        if by_srp {
            signed_in(choose(PASSWORD).await.unwrap());
            assert!(matches!(
                choose(PASSWORD).await,
                Err(UserPoolError::InvalidChallenge)
            ));
        }
    }
    assert_eq!(
        pool.pool.admin_get_user(ALICE).unwrap().status,
        UserStatus::Confirmed
    );
    pool.sign_in().await;
    let temporary = pool.sign_in_with(temporary).await;
    assert!(matches!(temporary, Err(UserPoolError::WrongCredentials)));
}

#[tokio::test]
async fn a_temporary_password_ends() {
    let pool = Pool::new();
    let password = Secret::new(PASSWORD);
    let new = NewUser {
        temporary_password: Some(&password),
        is_invited: false,
        ..INVITED
    };
    pool.pool.admin_create_user(new).await.unwrap();
    assert!(pool.pool.inbox().unwrap().is_empty());
    assert!(pool.sign_in_with(PASSWORD).await.is_ok());
    pool.data.wait(7 * 24 * 3_600);
    let late = pool.sign_in_with(PASSWORD).await;
    assert!(matches!(late, Err(UserPoolError::TemporaryPasswordExpired)));
    pool.pool
        .admin_set_user_password(ALICE, PASSWORD, true)
        .await
        .unwrap();
    pool.sign_in().await;
}

#[tokio::test]
async fn users_are_listed_page_by_page_each_once() {
    let pool = Pool::new();
    for number in 0..7 {
        pool.sign_up(&format!("user{number}@example.com")).await;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = pool.pool.list_users(None, after.as_ref(), 3).unwrap();
        assert!(page.users.len() <= 3);
        seen.extend(page.users.into_iter().map(|user| user.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 7);
}

#[tokio::test]
async fn what_does_not_exist_is_not_changed() {
    let pool = Pool::new();
    let not_found = |result| assert!(matches!(result, Err(UserPoolError::UserNotFound)));
    not_found(pool.pool.admin_delete_user(ALICE).await);
    not_found(pool.pool.admin_set_enabled(ALICE, false).await);
    not_found(
        pool.pool
            .admin_set_user_password(ALICE, PASSWORD, true)
            .await,
    );
    not_found(pool.pool.admin_user_global_sign_out(ALICE).await);
    not_found(pool.pool.admin_get_user(ALICE).map(drop));
}
