//! The contract of accounts.

use async_trait::async_trait;
use notewarden_domain::ports::Accounts;
use uuid::Uuid;

/// The user pool, as its users see it.
#[async_trait]
pub trait Users: Send + Sync {
    /// The subject of a new user, who may sign in.
    async fn sign_up(&self) -> Uuid;

    /// A new session of the user, or `None` if they are not let in.
    async fn sign_in(&self, subject: Uuid) -> Option<String>;

    /// Whether the session has not ended.
    async fn is_open(&self, session: &str) -> bool;
}

/// Runs every check on `accounts`, which are those of `users`.
pub async fn accounts(accounts: &dyn Accounts, users: &dyn Users) {
    a_disabled_user_is_signed_out_and_not_let_in(accounts, users).await;
    a_deleted_user_is_signed_out_and_not_let_in(accounts, users).await;
    a_disabled_user_may_be_deleted(accounts, users).await;
    who_is_not_there_is_disabled_and_deleted(accounts, users).await;
}

/// A user with a session.
async fn signed_in(users: &dyn Users) -> (Uuid, String) {
    let subject = users.sign_up().await;
    let session = users.sign_in(subject).await;
    let session = session.expect("a user who has signed up may sign in");
    assert!(users.is_open(&session).await);
    (subject, session)
}

/// Done twice, it is as good as once; and nobody else notices.
async fn a_disabled_user_is_signed_out_and_not_let_in(accounts: &dyn Accounts, users: &dyn Users) {
    let (alice, of_alice) = signed_in(users).await;
    let (bob, of_bob) = signed_in(users).await;
    for _ in 0..2 {
        accounts.disable(alice).await.expect("disable");
        assert!(!users.is_open(&of_alice).await, "a session goes on");
        assert_eq!(users.sign_in(alice).await, None);
    }
    assert!(users.is_open(&of_bob).await, "the session of another ended");
    assert!(users.sign_in(bob).await.is_some());
}

async fn a_deleted_user_is_signed_out_and_not_let_in(accounts: &dyn Accounts, users: &dyn Users) {
    let (alice, of_alice) = signed_in(users).await;
    let (bob, of_bob) = signed_in(users).await;
    for _ in 0..2 {
        accounts.delete(alice).await.expect("delete");
        assert!(!users.is_open(&of_alice).await, "a session goes on");
        assert_eq!(users.sign_in(alice).await, None);
    }
    accounts.disable(alice).await.expect("disable");
    assert!(users.is_open(&of_bob).await, "the session of another ended");
    assert!(users.sign_in(bob).await.is_some());
}

async fn a_disabled_user_may_be_deleted(accounts: &dyn Accounts, users: &dyn Users) {
    let (alice, _) = signed_in(users).await;
    accounts.disable(alice).await.expect("disable");
    accounts.delete(alice).await.expect("delete");
    assert_eq!(users.sign_in(alice).await, None);
}

async fn who_is_not_there_is_disabled_and_deleted(accounts: &dyn Accounts, users: &dyn Users) {
    let nobody = Uuid::nil();
    assert_eq!(users.sign_in(nobody).await, None);
    accounts.disable(nobody).await.expect("disable");
    accounts.delete(nobody).await.expect("delete");
}
