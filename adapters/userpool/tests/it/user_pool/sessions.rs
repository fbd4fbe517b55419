//! What tokens give, and how they end.

use notewarden_userpool::{
    Secret, UserPoolError,
    tokens::TokenError,
    user_pool::{RefreshTokenFault, Tokens},
};

use super::pool::{ALICE, CONFIDENTIAL, LEGACY, PASSWORD, Pool, WEB};

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh.as_ref().map(Secret::expose).unwrap()
}

async fn refresh(pool: &Pool, tokens: &Tokens) -> Result<Tokens, UserPoolError> {
    pool.pool.refresh(WEB, refresh_token(tokens)).await
}

/// Asserts that nothing that `tokens` gave works any more.
async fn assert_ended(pool: &Pool, tokens: &Tokens, fault: RefreshTokenFault) {
    let refused = refresh(pool, tokens).await;
    assert!(
        matches!(&refused, Err(UserPoolError::RefreshToken(found)) if *found == fault),
        "{refused:?}"
    );
    let refused = pool.pool.get_user(tokens.access.expose()).await;
    assert!(
        matches!(
            refused,
            Err(UserPoolError::AccessToken(TokenError::Revoked) | UserPoolError::UserNotFound)
        ),
        "{refused:?}"
    );
    let refused = pool.pool.verify_id_token(tokens.id.expose()).await;
    assert!(matches!(refused, Err(TokenError::Revoked)), "{refused:?}");
}

#[tokio::test]
async fn a_refresh_token_gets_new_tokens_of_the_same_session_for_thirty_days() {
    let pool = Pool::with_alice().await;
    let first = pool.sign_in().await;
    pool.data.wait(3_600);
    let expired = pool.pool.get_user(first.access.expose()).await;
    assert!(matches!(
        expired,
        Err(UserPoolError::AccessToken(TokenError::Expired { .. }))
    ));

    let pool = pool.restart();
    let second = refresh(&pool, &first).await.unwrap();
    assert!(second.refresh.is_none());
    pool.pool.get_user(second.access.expose()).await.unwrap();
    let claims = pool.pool.verify_id_token(second.id.expose()).await.unwrap();
    assert_eq!(
        claims.all["auth_time"].as_u64().unwrap() + 3_600,
        claims.all["iat"].as_u64().unwrap()
    );
    let access = pool
        .pool
        .refresh_with_secret(WEB.id, None, refresh_token(&first))
        .await
        .unwrap();
    let again = pool.pool.verify_id_token(access.id.expose()).await.unwrap();
    assert_eq!(again.origin, claims.origin);
    assert_ne!(again.all["jti"], claims.all["jti"]);

    pool.data.wait(30 * 24 * 3_600 - 3_600);
    let late = refresh(&pool, &first).await;
    assert!(matches!(
        late,
        Err(UserPoolError::RefreshToken(RefreshTokenFault::Expired))
    ));
}

#[tokio::test]
async fn ten_29_signing_out_everywhere_ends_every_session_and_no_other_users() {
    let pool = Pool::with_alice().await;
    pool.sign_up("bob@example.com").await;
    pool.pool
        .admin_confirm_sign_up("bob@example.com")
        .await
        .unwrap();
    let bobs = pool
        .pool
        .sign_in_with_password(WEB, "bob@example.com", PASSWORD)
        .await
        .unwrap();
    let bobs = super::pool::signed_in(bobs);
    let (one, other) = (pool.sign_in().await, pool.sign_in().await);
    pool.pool
        .global_sign_out(one.access.expose())
        .await
        .unwrap();
    for tokens in [&one, &other] {
        assert_ended(&pool, tokens, RefreshTokenFault::Revoked).await;
    }
    let again = pool.pool.global_sign_out(one.access.expose()).await;
    assert!(matches!(
        again,
        Err(UserPoolError::AccessToken(TokenError::Revoked))
    ));
    refresh(&pool, &bobs).await.unwrap();
    let later = pool.sign_in().await;
    refresh(&pool, &later).await.unwrap();
}

#[tokio::test]
async fn ten_29_revoking_a_refresh_token_ends_its_session_only() {
    let pool = Pool::with_alice().await;
    let (one, other) = (pool.sign_in().await, pool.sign_in().await);
    let refreshed = refresh(&pool, &one).await.unwrap();
    pool.pool
        .revoke_token(WEB.id, None, refresh_token(&one))
        .await
        .unwrap();
    // Once more changes nothing.
    pool.pool
        .revoke_token(WEB.id, None, refresh_token(&one))
        .await
        .unwrap();
    let pool = pool.restart();
    assert_ended(&pool, &one, RefreshTokenFault::Revoked).await;
    let access = pool.pool.get_user(refreshed.access.expose()).await;
    assert!(matches!(
        access,
        Err(UserPoolError::AccessToken(TokenError::Revoked))
    ));
    refresh(&pool, &other).await.unwrap();
}

#[tokio::test]
async fn ten_29_a_new_password_a_disabled_and_a_deleted_user_end_sessions() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    pool.pool
        .admin_set_user_password(ALICE, "An0ther-password", true)
        .await
        .unwrap();
    assert_ended(&pool, &tokens, RefreshTokenFault::Revoked).await;

    pool.pool
        .admin_set_user_password(ALICE, PASSWORD, true)
        .await
        .unwrap();
    let tokens = pool.sign_in().await;
    pool.pool.admin_set_enabled(ALICE, false).await.unwrap();
    let refused = pool.pool.get_user(tokens.access.expose()).await;
    assert!(matches!(refused, Err(UserPoolError::Disabled)));
    pool.pool.admin_set_enabled(ALICE, true).await.unwrap();
    // What has ended stays so.
    assert_ended(&pool, &tokens, RefreshTokenFault::Revoked).await;

    let tokens = pool.sign_in().await;
    pool.pool.admin_delete_user(ALICE).await.unwrap();
    assert_ended(&pool, &tokens, RefreshTokenFault::Invalid).await;
    // Whoever has the address next is somebody else.
    pool.sign_up(ALICE).await;
    assert_ended(&pool, &tokens, RefreshTokenFault::Invalid).await;
}

#[tokio::test]
async fn ten_29_a_token_is_its_clients() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    let token = refresh_token(&tokens);
    let foreign = pool.pool.refresh_with_secret(LEGACY.id, None, token).await;
    assert!(matches!(
        foreign,
        Err(UserPoolError::RefreshToken(RefreshTokenFault::Invalid))
    ));
    let foreign = pool.pool.revoke_token(LEGACY.id, None, token).await;
    assert!(matches!(foreign, Err(UserPoolError::ForeignToken)));
    let unproved = pool.pool.revoke_token(CONFIDENTIAL, None, token).await;
    assert!(matches!(
        unproved,
        Err(UserPoolError::ClientNotProved { .. })
    ));
    refresh(&pool, &tokens).await.unwrap();
}

#[tokio::test]
async fn a_refresh_token_is_not_guessed_from_parts_of_another() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    let token = refresh_token(&tokens);
    let last = if token.ends_with('A') { "Q" } else { "A" };
    for forged in [
        "",
        "x",
        &token[1..],
        &format!("{}{last}", &token[..token.len() - 1]),
        tokens.access.expose(),
    ] {
        let refused = pool.pool.refresh(WEB, forged).await;
        assert!(
            matches!(
                refused,
                Err(UserPoolError::RefreshToken(RefreshTokenFault::Invalid))
            ),
            "{forged}"
        );
    }
    pool.pool
        .revoke_token(WEB.id, None, &token[1..])
        .await
        .unwrap();
    let access = pool
        .pool
        .revoke_token(WEB.id, None, tokens.access.expose())
        .await;
    assert!(matches!(access, Err(UserPoolError::NotARefreshToken)));
    refresh(&pool, &tokens).await.unwrap();
}

#[tokio::test]
async fn sign_ins_are_told_newest_first_and_without_their_tokens() {
    let pool = Pool::with_alice().await;
    let first = pool.sign_in().await;
    pool.data.wait(60);
    pool.sign_in().await;
    let tokens = refresh_token(&first);
    pool.pool.revoke_token(WEB.id, None, tokens).await.unwrap();
    let sign_ins = pool.pool.sign_ins(ALICE, 10).unwrap();
    let ended: Vec<_> = sign_ins.iter().map(|sign_in| sign_in.has_ended).collect();
    assert_eq!(ended, [false, true]);
    assert!(sign_ins[0].signed_in_at > sign_ins[1].signed_in_at);
    assert!(!format!("{sign_ins:?}").contains(tokens));
    assert_eq!(pool.pool.sign_ins(ALICE, 1).unwrap().len(), 1);
    assert!(matches!(
        pool.pool.sign_ins("nobody@example.com", 1),
        Err(UserPoolError::UserNotFound)
    ));
}
