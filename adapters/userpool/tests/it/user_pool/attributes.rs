//! Attributes after the sign-up, and the verification of a changed address: TEN-26.

use notewarden_userpool::{
    Secret, UserPoolError,
    codes::{CodeError, MAX_SENT},
    inbox::MessagePurpose,
    user_pool::{AttributeValues, CustomAttribute, Profile},
};

use super::pool::{ALICE, PASSWORD, Pool, WEB};

const NEW: &str = "alice@example.org";

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn attribute<'a>(profile: &'a Profile, name: &str) -> Option<&'a str> {
    let mut found = profile.attributes.iter().filter(|(found, _)| found == name);
    found.next().map(|(_, value)| value.as_str())
}

/// A pool, and Alice's access token.
async fn signed_in(pool: Pool) -> (Pool, Secret) {
    let pool = pool.and_alice().await;
    let token = pool.sign_in().await.access;
    (pool, token)
}

#[tokio::test]
async fn attributes_are_changed_and_removed() {
    let (pool, token) = signed_in(Pool::new()).await;
    let token = token.expose();
    let changes = pairs(&[
        ("name", "Alice"),
        ("locale", "de"),
        ("phone_number", "+491"),
    ]);
    let delivery = pool.pool.update_user_attributes(token, &changes).await;
    assert_eq!(delivery.unwrap(), None);
    let removed = ["locale".to_owned(), "zoneinfo".to_owned()];
    pool.pool
        .delete_user_attributes(token, &removed)
        .await
        .unwrap();
    let verified = pairs(&[("phone_number_verified", "true")]);
    pool.pool
        .admin_update_user_attributes(ALICE, &verified)
        .await
        .unwrap();
    let pool = pool.restart();
    let profile = pool.pool.get_user(token).await.unwrap();
    assert_eq!(attribute(&profile, "name"), Some("Alice"));
    assert_eq!(attribute(&profile, "locale"), None);
    assert_eq!(attribute(&profile, "phone_number_verified"), Some("true"));
    let id = pool.sign_in().await.id;
    let claims = pool.pool.verify_id_token(id.expose()).await.unwrap().all;
    assert_eq!(claims["phone_number_verified"], true);
    assert_eq!(claims["name"], "Alice");
    // Another number is not the one that was verified; an empty value is none.
    let changes = pairs(&[("phone_number", "+492"), ("name", "")]);
    pool.pool
        .update_user_attributes(token, &changes)
        .await
        .unwrap();
    let profile = pool.pool.get_user(token).await.unwrap();
    assert_eq!(attribute(&profile, "phone_number_verified"), None);
    assert_eq!(attribute(&profile, "name"), None);
}

#[tokio::test]
async fn ten_26_what_is_not_the_clients_stays() {
    let (pool, token) = signed_in(Pool::new()).await;
    let token = token.expose();
    let before = pool.pool.get_user(token).await.unwrap();
    for (name, value) in [
        ("sub", "00000000-0000-4000-8000-000000000000"),
        ("email_verified", "true"),
        ("phone_number_verified", "true"),
        ("identities", "[]"),
    ] {
        let changes = pairs(&[("name", "Alice"), (name, value)]);
        let refused = pool.pool.update_user_attributes(token, &changes).await;
        assert!(
            matches!(refused, Err(UserPoolError::ReadOnlyAttribute(_))),
            "{name}"
        );
    }
    for name in ["custom:tenant", "cognito:groups"] {
        let refused = pool
            .pool
            .update_user_attributes(token, &pairs(&[(name, "x")]))
            .await;
        assert!(
            matches!(refused, Err(UserPoolError::UnknownAttribute(_))),
            "{name}"
        );
    }
    for name in ["email", "email_verified", "sub"] {
        let refused = pool
            .pool
            .delete_user_attributes(token, &[name.to_owned()])
            .await;
        assert!(refused.is_err(), "{name}");
        let refused = pool
            .pool
            .admin_delete_user_attributes(ALICE, &[name.to_owned()])
            .await;
        assert!(refused.is_err(), "{name}");
    }
    assert_eq!(pool.pool.get_user(token).await.unwrap(), before);
}

#[tokio::test]
async fn custom_attributes_are_those_of_the_pool() {
    let pool = Pool::with(|settings| {
        let custom = |name: &str, is_mutable| CustomAttribute {
            name: name.to_owned(),
            is_mutable,
            values: AttributeValues::Text { least: 1, most: 9 },
        };
        settings.custom_attributes =
            vec![custom("custom:team", false), custom("custom:mood", true)];
    });
    let (pool, token) = signed_in(pool).await;
    let update = async |name, value| {
        let changes = pairs(&[(name, value)]);
        pool.pool
            .update_user_attributes(token.expose(), &changes)
            .await
    };
    update("custom:team", "blue").await.unwrap();
    update("custom:mood", "good").await.unwrap();
    update("custom:mood", "better").await.unwrap();
    let fixed = update("custom:team", "red").await;
    assert!(matches!(fixed, Err(UserPoolError::ImmutableAttribute(_))));
    let long = update("custom:mood", "better than ever").await;
    assert!(matches!(long, Err(UserPoolError::InvalidAttribute(_))));
    let profile = pool.pool.get_user(token.expose()).await.unwrap();
    assert_eq!(attribute(&profile, "custom:team"), Some("blue"));
}

#[tokio::test]
async fn ten_26_a_changed_address_is_unverified_until_its_code_is_shown() {
    let (pool, token) = signed_in(Pool::new()).await;
    let token = token.expose();
    let delivery = pool
        .pool
        .update_user_attributes(token, &pairs(&[("email", NEW)]))
        .await;
    assert_eq!(delivery.unwrap().unwrap().destination, "a***@e***");
    let message = pool.pool.inbox().unwrap().remove(0);
    assert_eq!(
        (message.to.as_str(), message.purpose),
        (NEW, MessagePurpose::Verification)
    );
    let profile = pool.pool.get_user(token).await.unwrap();
    assert_eq!(attribute(&profile, "email"), Some(NEW));
    assert_eq!(attribute(&profile, "email_verified"), Some("false"));
    // It is the name from now on, and the old one nobody's.
    let old = pool.pool.sign_in_with_password(WEB, ALICE, PASSWORD).await;
    assert!(matches!(old, Err(UserPoolError::WrongCredentials)));
    assert!(
        pool.pool
            .sign_in_with_password(WEB, NEW, PASSWORD)
            .await
            .is_ok()
    );
    // What is not verified resets no password.
    pool.pool.forgot_password(WEB, NEW).await.unwrap();
    assert_eq!(pool.pool.inbox().unwrap().len(), 2);

    let verify = async |code: &str| pool.pool.verify_user_attribute(token, "email", code).await;
    assert!(matches!(
        verify("000000x").await,
        Err(UserPoolError::Code(CodeError::Mismatch))
    ));
    verify(message.code.expose()).await.unwrap();
    let profile = pool.pool.get_user(token).await.unwrap();
    assert_eq!(attribute(&profile, "email_verified"), Some("true"));
    // Once.
    assert!(matches!(
        verify(message.code.expose()).await,
        Err(UserPoolError::Code(CodeError::Expired))
    ));
    // The old address can be anybody's.
    pool.sign_up(ALICE).await;
}

#[tokio::test]
async fn ten_26_an_address_changed_in_case_only_is_a_change_and_no_other_name() {
    let (pool, token) = signed_in(Pool::new()).await;
    let shouted = ALICE.to_uppercase();
    let delivery = pool
        .pool
        .update_user_attributes(token.expose(), &pairs(&[("email", &shouted)]))
        .await;
    assert!(delivery.unwrap().is_some());
    let profile = pool.pool.get_user(token.expose()).await.unwrap();
    assert_eq!(attribute(&profile, "email"), Some(shouted.as_str()));
    assert_eq!(attribute(&profile, "email_verified"), Some("false"));
    pool.sign_in().await;
    // The same as it is, is none.
    let delivery = pool
        .pool
        .update_user_attributes(token.expose(), &pairs(&[("email", &shouted)]))
        .await;
    assert!(delivery.unwrap().is_none());
}

#[tokio::test]
async fn where_the_pool_says_so_the_old_address_counts_until_the_new_one_is_verified() {
    let pool = Pool::with(|settings| settings.keeps_email_until_verified = true);
    let (pool, token) = signed_in(pool).await;
    let token = token.expose();
    let update = async |email: &str| {
        let changes = pairs(&[("email", email)]);
        pool.pool.update_user_attributes(token, &changes).await
    };
    update(NEW).await.unwrap().unwrap();
    let profile = pool.pool.get_user(token).await.unwrap();
    assert_eq!(attribute(&profile, "email"), Some(ALICE));
    assert_eq!(attribute(&profile, "email_verified"), Some("true"));
    pool.sign_in().await;
    // Another code goes to the new address as well.
    pool.pool
        .send_verification_code(token, "email")
        .await
        .unwrap();
    let message = pool.pool.inbox().unwrap().remove(0);
    assert_eq!(message.to.as_str(), NEW);
    let verify = async |code: &str| pool.pool.verify_user_attribute(token, "email", code).await;

    // Whoever goes back to the address that they have wants the other one no longer.
    update(ALICE).await.unwrap();
    assert!(matches!(
        verify(message.code.expose()).await,
        Err(UserPoolError::Code(CodeError::Expired))
    ));
    let profile = pool.pool.get_user(token).await.unwrap();
    assert_eq!(attribute(&profile, "email"), Some(ALICE));

    update(NEW).await.unwrap();
    let code = pool.last_code();
    // Somebody is faster.
    pool.sign_up(NEW).await;
    assert!(matches!(
        verify(&code).await,
        Err(UserPoolError::EmailExists)
    ));
    pool.pool.admin_delete_user(NEW).await.unwrap();
    verify(&code).await.unwrap();
    let profile = pool.pool.get_user(token).await.unwrap();
    assert_eq!(attribute(&profile, "email"), Some(NEW));
    assert_eq!(attribute(&profile, "email_verified"), Some("true"));
}

#[tokio::test]
async fn an_address_is_one_users() {
    let (pool, token) = signed_in(Pool::new()).await;
    pool.sign_up("bob@example.com").await;
    for address in ["bob@example.com", "BOB@example.com"] {
        let changes = pairs(&[("email", address)]);
        let taken = pool
            .pool
            .update_user_attributes(token.expose(), &changes)
            .await;
        assert!(matches!(taken, Err(UserPoolError::EmailExists)));
        for verified in ["true", "false"] {
            let changes = pairs(&[("email", address), ("email_verified", verified)]);
            let taken = pool
                .pool
                .admin_update_user_attributes(ALICE, &changes)
                .await;
            assert!(matches!(taken, Err(UserPoolError::EmailExists)));
        }
    }
    let none = pairs(&[("email", "alice")]);
    let invalid = pool
        .pool
        .update_user_attributes(token.expose(), &none)
        .await;
    assert!(matches!(invalid, Err(UserPoolError::InvalidAttribute(_))));
    pool.sign_in().await;
}

#[tokio::test]
async fn nobody_gets_the_pool_to_write_to_many() {
    let (pool, token) = signed_in(Pool::new()).await;
    for number in 0..MAX_SENT {
        let changes = pairs(&[("email", format!("a{number}@example.com").as_str())]);
        pool.pool
            .update_user_attributes(token.expose(), &changes)
            .await
            .unwrap();
    }
    let limited = pool
        .pool
        .update_user_attributes(token.expose(), &pairs(&[("email", NEW)]))
        .await;
    assert!(matches!(limited, Err(UserPoolError::TooManyCodes)));
    let limited = pool.pool.send_verification_code(token.expose(), "email");
    assert!(matches!(
        limited.await,
        Err(UserPoolError::Code(CodeError::LimitExceeded))
    ));
    // What was refused has changed nothing.
    let profile = pool.pool.get_user(token.expose()).await.unwrap();
    assert_eq!(attribute(&profile, "email"), Some("a4@example.com"));
    assert_eq!(pool.pool.inbox().unwrap().len(), usize::from(MAX_SENT) + 1);
}

#[tokio::test]
async fn only_addresses_are_verified_and_only_with_their_own_codes() {
    let (pool, token) = signed_in(Pool::new()).await;
    let token = token.expose();
    for attribute in ["phone_number", "name", "sub"] {
        let refused = pool.pool.send_verification_code(token, attribute).await;
        assert!(matches!(refused, Err(UserPoolError::NotVerifiable(_))));
        let refused = pool
            .pool
            .verify_user_attribute(token, attribute, "123456")
            .await;
        assert!(matches!(refused, Err(UserPoolError::NotVerifiable(_))));
    }
    // A code that resets a password verifies nothing.
    pool.pool
        .update_user_attributes(token, &pairs(&[("email", NEW)]))
        .await
        .unwrap();
    let admin = pairs(&[("email", ALICE), ("email_verified", "true")]);
    pool.pool
        .admin_update_user_attributes(NEW, &admin)
        .await
        .unwrap();
    pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    let reset = pool.last_code();
    let refused = pool.pool.verify_user_attribute(token, "email", &reset);
    assert!(matches!(refused.await, Err(UserPoolError::Code(_))));
}

/// A code that went to an address resets no password once the address is another.
#[tokio::test]
async fn codes_end_with_the_address_that_they_went_to() {
    let (pool, token) = signed_in(Pool::new()).await;
    pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    let reset = pool.last_code();
    pool.pool
        .update_user_attributes(token.expose(), &pairs(&[("email", NEW)]))
        .await
        .unwrap();
    let verification = pool.last_code();
    pool.pool
        .verify_user_attribute(token.expose(), "email", &verification)
        .await
        .unwrap();
    let refused = pool
        .pool
        .confirm_forgot_password(WEB, NEW, &reset, "An0ther-password")
        .await;
    assert!(matches!(
        refused,
        Err(UserPoolError::Code(CodeError::Mismatch))
    ));
}
