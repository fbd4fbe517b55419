//! The rotation of signing keys.

use std::{collections::BTreeSet, time::Duration};

use jsonwebtoken::{decode_header, jwk::JwkSet};
use notewarden_userpool::{RotateKeysError, UserPoolError, tokens::TokenError};

use super::pool::{Pool, WEB};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the pool's tokens live, in seconds.
const LIFETIME: u64 = 3_600;

async fn published(pool: &Pool) -> BTreeSet<String> {
    let keys: JwkSet = serde_json::from_value(pool.pool.jwks().await.unwrap()).unwrap();
    let ids = keys.keys.into_iter().map(|key| key.common.key_id.unwrap());
    let distinct: BTreeSet<_> = ids.clone().collect();
    assert_eq!(distinct.len(), ids.count());
    distinct
}

fn key_of(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

#[tokio::test]
async fn jwt_11_old_tokens_are_taken_until_they_end_and_then_their_keys_are_gone() {
    let pool = Pool::with_alice().await;
    let before = published(&pool).await;
    let old = pool.sign_in().await;
    pool.pool.rotate_keys().await.unwrap();

    let both = published(&pool).await;
    assert_eq!(both.len(), 4);
    assert!(both.is_superset(&before));
    let new = pool.sign_in().await;
    for (old, new) in [(&old.id, &new.id), (&old.access, &new.access)] {
        assert!(before.contains(&key_of(old.expose())));
        assert!(!before.contains(&key_of(new.expose())));
    }
    for tokens in [&old, &new] {
        pool.pool.verify_id_token(tokens.id.expose()).await.unwrap();
        pool.pool.get_user(tokens.access.expose()).await.unwrap();
        // Nor does a replaced key sign for another use than before.
        let swapped = pool.pool.verify_id_token(tokens.access.expose()).await;
        assert!(matches!(
            swapped,
            Err(TokenError::MissingClaim(_) | TokenError::WrongUse)
        ));
    }

    pool.data.wait(LIFETIME - 1);
    pool.pool.verify_id_token(old.id.expose()).await.unwrap();
    pool.data.wait(2);
    let ended = pool.pool.verify_id_token(old.id.expose()).await;
    assert!(
        matches!(ended, Err(TokenError::Expired { .. })),
        "{ended:?}"
    );
    pool.data.wait(60);
    assert!(published(&pool).await.is_disjoint(&before));
    let removed = pool.pool.verify_id_token(old.id.expose()).await;
    assert!(matches!(removed, Err(TokenError::Invalid)), "{removed:?}");
    let removed = pool.pool.get_user(old.access.expose()).await;
    assert!(matches!(
        removed,
        Err(UserPoolError::AccessToken(TokenError::Invalid))
    ));
    // A refresh token is signed by no key.
    let refresh = old.refresh.unwrap();
    let renewed = pool.pool.refresh(WEB, refresh.expose()).await.unwrap();
    assert!(!before.contains(&key_of(renewed.id.expose())));
}

#[tokio::test]
async fn a_rotation_is_there_after_a_restart() {
    let pool = Pool::with_alice().await;
    let old = pool.sign_in().await;
    pool.pool.rotate_keys().await.unwrap();
    let (keys, new) = (published(&pool).await, pool.sign_in().await);
    let pool = pool.restart();
    assert_eq!(published(&pool).await, keys);
    for tokens in [&old, &new] {
        pool.pool.verify_id_token(tokens.id.expose()).await.unwrap();
    }
    assert_eq!(
        key_of(pool.sign_in().await.id.expose()),
        key_of(new.id.expose())
    );
    pool.data.wait(LIFETIME + 60);
    assert_eq!(published(&pool).await.len(), 2);
}

/// Whoever asked may go away at any point: what signs is what is kept.
#[tokio::test]
async fn a_rotation_that_nobody_waits_for_is_whole() {
    let pool = Pool::with_alice().await;
    let old = pool.sign_in().await;
    let before = published(&pool).await;
    let mut rotation = Box::pin(pool.pool.rotate_keys());
    assert!(
        poll_once(&mut rotation).await.is_none(),
        "keys take longer than that"
    );
    drop(rotation);
    while published(&pool).await == before {
        tokio::task::yield_now().await;
    }
    let (new, keys) = (pool.sign_in().await, published(&pool).await);
    assert!(!before.contains(&key_of(new.id.expose())));
    let pool = pool.restart();
    assert_eq!(published(&pool).await, keys);
    for tokens in [&old, &new] {
        pool.pool.verify_id_token(tokens.id.expose()).await.unwrap();
    }
}

/// Polls once.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        let polled = std::pin::Pin::new(&mut *future).poll(context);
        std::task::Poll::Ready(match polled {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn keys_are_rotated_when_they_are_old() {
    let pool = Pool::new();
    let before = published(&pool).await;
    assert!(!pool.pool.rotate_keys_if_older(DAY).await.unwrap());
    assert_eq!(published(&pool).await, before);
    pool.data.wait(DAY.as_secs());
    let pool = pool.restart();
    assert!(pool.pool.rotate_keys_if_older(DAY).await.unwrap());
    assert!(!pool.pool.rotate_keys_if_older(DAY).await.unwrap());
    assert!(published(&pool).await.is_superset(&before));
}

#[tokio::test]
async fn the_published_set_stays_short() {
    let pool = Pool::new();
    let mut rotations = 0;
    while pool.pool.rotate_keys().await.is_ok() {
        rotations += 1;
    }
    assert_eq!((rotations, published(&pool).await.len()), (8, 18));
    let refused = pool.pool.rotate_keys().await;
    assert!(
        matches!(refused, Err(RotateKeysError::TooOften)),
        "{refused:?}"
    );
    pool.data.wait(LIFETIME + 60);
    pool.pool.rotate_keys().await.unwrap();
    assert_eq!(published(&pool).await.len(), 4);
}
