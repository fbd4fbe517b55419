//! Second factors: setting them up, showing them, and every way around them.

use notewarden_userpool::{
    Secret, UserPoolError,
    codes::MAX_FAILURES,
    factors::Factor,
    inbox::MessagePurpose,
    user_pool::{MfaPreferences, MfaRequirement, NewUser, Preference, Progress, Tokens},
};

use super::{
    authenticator::Authenticator,
    pool::{ALICE, LEGACY, PASSWORD, Pool, WEB, signed_in},
};

const ON: Preference = Preference {
    is_enabled: true,
    is_preferred: false,
};
const FIRST: Preference = Preference {
    is_enabled: true,
    is_preferred: true,
};
const TOKEN: MfaPreferences = MfaPreferences {
    software_token: Some(ON),
    email: None,
};
const EMAIL: MfaPreferences = MfaPreferences {
    software_token: None,
    email: Some(ON),
};

/// Sets an authenticator up for whoever has `tokens`.
async fn set_up(pool: &Pool, tokens: &Tokens) -> Authenticator {
    let access = tokens.access.expose();
    let association = pool.pool.associate_software_token(access).await.unwrap();
    assert!(association.session.is_none());
    let authenticator = Authenticator::new(association.secret_code.expose());
    let code = authenticator.code(pool);
    let verified = pool
        .pool
        .verify_software_token(access, &code, Some("phone"));
    verified.await.unwrap();
    // The code that showed it is used.
    pool.data.wait(30);
    authenticator
}

/// A pool where second factors are optional, and Alice, who has set up and chosen an authenticator.
async fn with_authenticator() -> (Pool, Authenticator, Tokens) {
    let pool = Pool::with_factors(MfaRequirement::Optional)
        .and_alice()
        .await;
    let tokens = pool.sign_in().await;
    let authenticator = set_up(&pool, &tokens).await;
    // Until it is chosen, nobody is asked for it.
    pool.sign_in().await;
    let access = tokens.access.expose();
    pool.pool.set_mfa_preference(access, TOKEN).await.unwrap();
    (pool, authenticator, tokens)
}

/// The session in which the code of the authenticator is to be shown.
fn asked_for_token(progress: Result<Progress, UserPoolError>) -> Secret {
    match progress.unwrap() {
        Progress::SoftwareTokenRequired { session, .. } => session,
        other => panic!("{other:?}"),
    }
}

fn asked_for_email(progress: Result<Progress, UserPoolError>) -> Secret {
    match progress.unwrap() {
        Progress::EmailCodeRequired { session, .. } => session,
        other => panic!("{other:?}"),
    }
}

async fn show(pool: &Pool, session: &Secret, code: &str) -> Result<Progress, UserPoolError> {
    let session = session.expose();
    pool.pool
        .answer_software_token(WEB, ALICE, session, code)
        .await
}

#[tokio::test]
async fn the_authenticators_code_is_asked_for_after_the_password_in_every_flow() {
    let (pool, authenticator, _) = with_authenticator().await;
    let by_password = pool.sign_in_with(PASSWORD).await;
    let by_srp = pool.sign_in_by_srp(ALICE, PASSWORD).await;
    let by_server = pool
        .pool
        .admin_sign_in_with_password(WEB, ALICE, PASSWORD)
        .await;
    let chosen = notewarden_userpool::user_pool::Choice::Password(PASSWORD);
    let by_choice = pool.pool.begin_choice(WEB, ALICE, Some(chosen)).await;
    for progress in [by_password, by_srp, by_server, by_choice] {
        let session = asked_for_token(progress);
        let code = authenticator.code(&pool);
        signed_in(show(&pool, &session, &code).await.unwrap());
        pool.data.wait(30);
    }
    let profile = pool.pool.admin_get_user(ALICE).unwrap();
    assert_eq!(profile.factors, [Factor::SoftwareToken]);
}

#[tokio::test]
async fn a_code_is_taken_once_and_none_before_it_also_after_a_restart() {
    let (pool, authenticator, _) = with_authenticator().await;
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    let code = authenticator.code(&pool);
    // Of two answers at once one wins, whether they answer the same challenge or two.
    let other = asked_for_token(pool.sign_in_with(PASSWORD).await);
    let (one, two) = tokio::join!(show(&pool, &session, &code), show(&pool, &other, &code));
    assert!(one.is_ok() ^ two.is_ok());
    let pool = pool.restart();
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    for used in [code, authenticator.code_after(&pool, -1)] {
        let refused = show(&pool, &session, &used).await;
        assert!(matches!(refused, Err(UserPoolError::CodeUsed)));
    }
    // An authenticator whose clock is a step ahead; after it, only later codes.
    let ahead = authenticator.code_after(&pool, 1);
    signed_in(show(&pool, &session, &ahead).await.unwrap());
    pool.data.wait(30);
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    let refused = show(&pool, &session, &authenticator.code(&pool)).await;
    assert!(matches!(refused, Err(UserPoolError::CodeUsed)));
}

#[tokio::test]
async fn codes_too_far_off_are_wrong_and_a_right_one_may_follow() {
    let (pool, authenticator, _) = with_authenticator().await;
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    for wrong in [
        authenticator.code_after(&pool, 2),
        authenticator.code_after(&pool, 100),
        "12345".to_owned(),
        String::new(),
    ] {
        let refused = show(&pool, &session, &wrong).await;
        assert!(matches!(refused, Err(UserPoolError::WrongCode)), "{wrong}");
    }
    signed_in(
        show(&pool, &session, &authenticator.code(&pool))
            .await
            .unwrap(),
    );
}

/// Codes of an authenticator cannot be guessed by whoever knows the password, nor by signing in anew.
#[tokio::test]
async fn five_wrong_codes_lock_out_also_after_a_restart() {
    let (pool, authenticator, _) = with_authenticator().await;
    for _ in 0..5 {
        let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
        let wrong = show(&pool, &session, "x").await;
        assert!(matches!(wrong, Err(UserPoolError::WrongCode)));
    }
    let pool = pool.restart();
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    let code = authenticator.code(&pool);
    let locked = show(&pool, &session, &code).await;
    assert!(matches!(locked, Err(UserPoolError::TooManyCodes)));
    pool.data.wait(1);
    signed_in(show(&pool, &session, &code).await.unwrap());
}

#[tokio::test]
async fn a_code_that_was_sent_is_the_second_factor_too() {
    let pool = Pool::with_factors(MfaRequirement::Optional)
        .and_alice()
        .await;
    let tokens = pool.sign_in().await;
    let access = tokens.access.expose();
    pool.pool.set_mfa_preference(access, EMAIL).await.unwrap();
    let session = asked_for_email(pool.sign_in_with(PASSWORD).await);
    let message = pool.pool.inbox().unwrap().remove(0);
    assert_eq!(message.purpose, MessagePurpose::SignIn);
    let answer = async |code: &str| {
        pool.pool
            .answer_email_code(WEB, ALICE, session.expose(), code)
            .await
    };
    for _ in 1..MAX_FAILURES {
        assert!(matches!(answer("x").await, Err(UserPoolError::WrongCode)));
    }
    signed_in(answer(message.code.expose()).await.unwrap());
    assert!(answer(message.code.expose()).await.is_err());
}

#[tokio::test]
async fn of_two_factors_one_is_chosen_unless_one_is_preferred() {
    let (pool, authenticator, tokens) = with_authenticator().await;
    let access = tokens.access.expose();
    pool.pool.set_mfa_preference(access, EMAIL).await.unwrap();
    let progress = pool.sign_in_with(PASSWORD).await.unwrap();
    let Progress::FactorChoiceRequired {
        session, factors, ..
    } = progress
    else {
        panic!("{progress:?}");
    };
    assert_eq!(factors, [Factor::SoftwareToken, Factor::Email]);
    let choose = |factor| {
        let session = session.expose();
        pool.pool.choose_second_factor(WEB, ALICE, session, factor)
    };
    asked_for_email(choose(Factor::Email).await);
    let chosen = asked_for_token(choose(Factor::SoftwareToken).await);
    signed_in(
        show(&pool, &chosen, &authenticator.code(&pool))
            .await
            .unwrap(),
    );
    // The choice itself is no factor.
    let refused = show(&pool, &session, &authenticator.code(&pool)).await;
    assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));

    let both_first = MfaPreferences {
        software_token: Some(FIRST),
        email: Some(FIRST),
    };
    let refused = pool.pool.set_mfa_preference(access, both_first).await;
    assert!(matches!(refused, Err(UserPoolError::SeveralPreferred)));
    let first = MfaPreferences {
        software_token: Some(FIRST),
        email: Some(ON),
    };
    pool.pool.set_mfa_preference(access, first).await.unwrap();
    asked_for_token(pool.sign_in_with(PASSWORD).await);
    // An administrator helps somebody who has lost the phone.
    let off = MfaPreferences {
        software_token: Some(Preference::default()),
        email: Some(Preference::default()),
    };
    pool.pool
        .admin_set_mfa_preference(ALICE, off)
        .await
        .unwrap();
    pool.sign_in().await;
}

#[tokio::test]
async fn where_everybody_needs_one_it_is_set_up_at_the_first_sign_in() {
    let pool = Pool::with(|settings| {
        settings.mfa.requirement = MfaRequirement::On;
        settings.mfa.software_token = true;
    });
    let temporary = Secret::new(PASSWORD);
    let new = NewUser {
        username: ALICE,
        temporary_password: Some(&temporary),
        attributes: &[],
        is_invited: false,
    };
    pool.pool.admin_create_user(new).await.unwrap();
    let progress = pool.sign_in_by_srp(ALICE, PASSWORD).await.unwrap();
    let Progress::NewPasswordRequired { session, .. } = progress else {
        panic!("{progress:?}");
    };
    let password = "An0ther-password";
    let progress = pool
        .pool
        .choose_password(WEB, ALICE, session.expose(), password, &[])
        .await
        .unwrap();
    let Progress::SetUpRequired {
        session, factors, ..
    } = progress
    else {
        panic!("{progress:?}");
    };
    assert_eq!(factors, [Factor::SoftwareToken]);
    let answer =
        async |session: &Secret| pool.pool.answer_set_up(WEB, ALICE, session.expose()).await;
    let verify = async |session: &Secret, code: &str| {
        let session = session.expose();
        pool.pool
            .verify_software_token_at_sign_in(session, code, None)
            .await
    };
    // Nothing is set up yet.
    assert!(matches!(
        answer(&session).await,
        Err(UserPoolError::InvalidChallenge)
    ));
    assert!(matches!(
        verify(&session, "123456").await,
        Err(UserPoolError::FactorNotSetUp(_))
    ));
    let associate = |session: &Secret| {
        pool.pool
            .associate_software_token_at_sign_in(session.expose())
            .unwrap()
    };
    let first = associate(&session);
    let association = associate(first.session.as_ref().unwrap());
    let authenticator = Authenticator::new(association.secret_code.expose());
    let session = association.session.unwrap();
    assert!(matches!(
        answer(&session).await,
        Err(UserPoolError::InvalidChallenge)
    ));
    // The code of a secret that was replaced.
    let replaced = Authenticator::new(first.secret_code.expose());
    let refused = verify(&session, &replaced.code(&pool)).await;
    assert!(matches!(
        refused,
        Err(UserPoolError::AuthenticatorNotProved)
    ));
    let done = verify(&session, &authenticator.code(&pool)).await.unwrap();
    signed_in(answer(&done).await.unwrap());
    // Neither once more, nor with another authenticator.
    assert!(answer(&done).await.is_err());
    let code = replaced.code(&pool);
    assert!(
        verify(first.session.as_ref().unwrap(), &code)
            .await
            .is_err()
    );

    pool.data.wait(30);
    let session = asked_for_token(pool.sign_in_with(password).await);
    signed_in(
        show(&pool, &session, &authenticator.code(&pool))
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn where_everybody_needs_one_and_the_address_is_all_there_is_its_code_is_asked_for() {
    let pool = Pool::with(|settings| {
        settings.mfa.requirement = MfaRequirement::On;
        settings.mfa.email = true;
    });
    pool.sign_up(ALICE).await;
    pool.pool.admin_confirm_sign_up(ALICE).await.unwrap();
    let session = asked_for_email(pool.sign_in_with(PASSWORD).await);
    let code = pool.last_code();
    let answered = pool
        .pool
        .answer_email_code(WEB, ALICE, session.expose(), &code)
        .await;
    signed_in(answered.unwrap());
}

#[tokio::test]
async fn what_a_pool_has_not_is_not_set_up() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    let access = tokens.access.expose();
    let refused = pool.pool.associate_software_token(access).await;
    assert!(matches!(refused, Err(UserPoolError::FactorNotInPool(_))));
    let refused = pool
        .pool
        .verify_software_token(access, "123456", None)
        .await;
    assert!(matches!(refused, Err(UserPoolError::FactorNotInPool(_))));
    for preferences in [TOKEN, EMAIL] {
        let refused = pool.pool.set_mfa_preference(access, preferences).await;
        assert!(matches!(refused, Err(UserPoolError::FactorNotInPool(_))));
    }
    let pool = Pool::with_factors(MfaRequirement::Optional)
        .and_alice()
        .await;
    let tokens = pool.sign_in().await;
    let access = tokens.access.expose();
    let refused = pool.pool.set_mfa_preference(access, TOKEN).await;
    assert!(matches!(refused, Err(UserPoolError::FactorNotSetUp(_))));
    let refused = pool
        .pool
        .verify_software_token(access, "123456", None)
        .await;
    assert!(matches!(refused, Err(UserPoolError::FactorNotSetUp(_))));
}

#[tokio::test]
async fn another_authenticator_replaces_the_first_when_it_has_shown_a_code() {
    let (pool, old, tokens) = with_authenticator().await;
    let access = tokens.access.expose();
    let association = pool.pool.associate_software_token(access).await.unwrap();
    let new = Authenticator::new(association.secret_code.expose());
    let refused = pool
        .pool
        .verify_software_token(access, &old.code(&pool), None)
        .await;
    assert!(matches!(
        refused,
        Err(UserPoolError::AuthenticatorNotProved)
    ));
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    signed_in(show(&pool, &session, &old.code(&pool)).await.unwrap());
    pool.pool
        .verify_software_token(access, &new.code(&pool), None)
        .await
        .unwrap();
    pool.data.wait(30);
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    let refused = show(&pool, &session, &old.code(&pool)).await;
    assert!(matches!(refused, Err(UserPoolError::WrongCode)));
    signed_in(show(&pool, &session, &new.code(&pool)).await.unwrap());
}

#[tokio::test]
async fn a_challenge_is_its_users_and_clients_and_ends_with_the_password() {
    let (pool, authenticator, _) = with_authenticator().await;
    pool.and_user("bob@example.com").await;
    let session = asked_for_token(pool.sign_in_with(PASSWORD).await);
    let code = authenticator.code(&pool);
    for (client, username) in [
        (WEB, "bob@example.com"),
        (WEB, "nobody@example.com"),
        (LEGACY, ALICE),
    ] {
        let refused = pool
            .pool
            .answer_software_token(client, username, session.expose(), &code)
            .await;
        assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));
    }
    // It is answered as what it is.
    let refused = pool
        .pool
        .answer_email_code(WEB, ALICE, session.expose(), &code)
        .await;
    assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));
    let refused = pool
        .pool
        .choose_password(WEB, ALICE, session.expose(), "An0ther-password", &[])
        .await;
    assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));
    let refused = pool.pool.answer_set_up(WEB, ALICE, session.expose()).await;
    assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));
    let refused = pool
        .pool
        .associate_software_token_at_sign_in(session.expose());
    assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));

    pool.pool
        .admin_set_user_password(ALICE, "An0ther-password", true)
        .await
        .unwrap();
    let refused = show(&pool, &session, &code).await;
    assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));
    let session = asked_for_token(pool.sign_in_with("An0ther-password").await);
    pool.data.wait(180);
    let late = show(&pool, &session, &authenticator.code(&pool)).await;
    assert!(matches!(late, Err(UserPoolError::InvalidChallenge)));
}

/// A reset password is one factor: the other is still asked for.
#[tokio::test]
async fn resetting_a_password_replaces_no_second_factor() {
    let (pool, _, _) = with_authenticator().await;
    pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    let code = pool.last_code();
    let password = "An0ther-password";
    pool.pool
        .confirm_forgot_password(WEB, ALICE, &code, password)
        .await
        .unwrap();
    asked_for_token(pool.sign_in_with(password).await);
}

/// The shared secret is nowhere to be read.
#[tokio::test]
async fn the_database_alone_makes_no_codes() {
    let pool = Pool::with_factors(MfaRequirement::Optional)
        .and_alice()
        .await;
    let tokens = pool.sign_in().await;
    let association = pool
        .pool
        .associate_software_token(tokens.access.expose())
        .await
        .unwrap();
    let database = std::fs::read(pool.data.path().join("notewarden.redb")).unwrap();
    let secret = association.secret_code.expose().as_bytes();
    assert!(
        !database
            .windows(secret.len())
            .any(|window| window == secret)
    );
}
