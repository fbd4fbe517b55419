//! `USER_AUTH`: the user chooses the first factor.

use notewarden_userpool::{
    Secret, UserPoolError,
    codes::{MAX_FAILURES, MAX_SENT},
    inbox::MessagePurpose,
    user_pool::{
        Choice, FirstFactor, MfaPreferences, MfaRequirement, Preference, Progress, UserPoolSettings,
    },
};

use super::{
    pool::{ALICE, LEGACY, PASSWORD, Pool, WEB, signed_in},
    srp_client::SrpClient,
};

const NOBODY: &str = "nobody@example.com";

fn with_codes(settings: &mut UserPoolSettings) {
    settings.allows_email_sign_in = true;
}

/// The session to choose in, and what there is to choose from.
fn asked(progress: Progress) -> (Secret, Vec<FirstFactor>) {
    match progress {
        Progress::ChoiceRequired { session, available } => (session, available),
        other => panic!("{other:?}"),
    }
}

/// The session to show the code in.
fn sent(progress: Progress) -> Secret {
    match progress {
        Progress::EmailCodeRequired { session, .. } => session,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_password_is_chosen_in_both_ways() {
    let pool = Pool::with_alice().await;
    let (session, available) = asked(pool.pool.begin_choice(WEB, ALICE, None).await.unwrap());
    assert_eq!(available, [FirstFactor::Proof, FirstFactor::Password]);
    let client = SrpClient::new(b"a");
    let client_public = client.public();
    let choose = |choice| {
        let session = session.expose();
        pool.pool.choose_first_factor(WEB, ALICE, session, choice)
    };
    signed_in(choose(Choice::Password(PASSWORD)).await.unwrap());
    let wrong = choose(Choice::Password("Wr0ng-password")).await;
    assert!(matches!(wrong, Err(UserPoolError::WrongCredentials)));
    let by_proof = choose(Choice::Proof(&client_public)).await.unwrap();
    let Progress::ProofRequired(challenge) = by_proof else {
        panic!("{by_proof:?}");
    };
    let proof = client.prove(&challenge, PASSWORD);
    signed_in(pool.answer(ALICE, &challenge, &proof).await.unwrap());
    let unserved = choose(Choice::EmailCode).await;
    assert!(matches!(unserved, Err(UserPoolError::InvalidChoice)));
    // What cannot be had is asked about.
    let preferred = pool
        .pool
        .begin_choice(WEB, ALICE, Some(Choice::EmailCode))
        .await;
    asked(preferred.unwrap());
    let preferred = pool
        .pool
        .begin_choice(WEB, ALICE, Some(Choice::Password(PASSWORD)))
        .await;
    signed_in(preferred.unwrap());
}

#[tokio::test]
async fn a_code_signs_in_where_the_pool_allows_it_once() {
    let pool = Pool::with(with_codes).and_alice().await;
    let (session, available) = asked(pool.pool.begin_choice(WEB, ALICE, None).await.unwrap());
    assert!(available.contains(&FirstFactor::EmailCode));
    let chosen = pool
        .pool
        .choose_first_factor(WEB, ALICE, session.expose(), Choice::EmailCode)
        .await;
    let session = sent(chosen.unwrap());
    let message = pool.pool.inbox().unwrap().remove(0);
    assert_eq!(message.purpose, MessagePurpose::SignIn);
    let answer = async |code: &str| {
        pool.pool
            .answer_email_code(WEB, ALICE, session.expose(), code)
            .await
    };
    assert!(matches!(answer("x").await, Err(UserPoolError::WrongCode)));
    signed_in(answer(message.code.expose()).await.unwrap());
    assert!(answer(message.code.expose()).await.is_err());

    // In another session neither.
    let again = pool
        .pool
        .begin_choice(WEB, ALICE, Some(Choice::EmailCode))
        .await;
    let session = sent(again.unwrap());
    let old = pool
        .pool
        .answer_email_code(WEB, ALICE, session.expose(), message.code.expose())
        .await;
    assert!(matches!(old, Err(UserPoolError::WrongCode)));
}

#[tokio::test]
async fn ten_28_codes_that_sign_in_are_few_and_guessed_five_times_at_most() {
    let pool = Pool::with(with_codes).and_alice().await;
    for name in [ALICE, NOBODY] {
        let begin = || pool.pool.begin_choice(WEB, name, Some(Choice::EmailCode));
        let session = sent(begin().await.unwrap());
        let answer = || {
            pool.pool
                .answer_email_code(WEB, name, session.expose(), "x")
        };
        for _ in 0..MAX_FAILURES {
            assert!(matches!(answer().await, Err(UserPoolError::WrongCode)));
        }
        assert!(matches!(answer().await, Err(UserPoolError::TooManyCodes)));
        for _ in 1..MAX_SENT {
            sent(begin().await.unwrap());
        }
        let limited = begin().await;
        assert!(matches!(limited, Err(UserPoolError::TooManyCodes)));
    }
    // The right one is spoilt, too, and too old in the end.
    let pool = Pool::with(with_codes).and_alice().await;
    let begun = pool
        .pool
        .begin_choice(WEB, ALICE, Some(Choice::EmailCode))
        .await;
    let session = sent(begun.unwrap());
    let code = pool.last_code();
    pool.data.wait(180);
    let late = pool
        .pool
        .answer_email_code(WEB, ALICE, session.expose(), &code)
        .await;
    assert!(matches!(late, Err(UserPoolError::InvalidChallenge)));
}

#[tokio::test]
async fn ten_27_an_unknown_user_chooses_like_anybody() {
    let pool = Pool::with(with_codes).and_alice().await;
    let alice = asked(pool.pool.begin_choice(WEB, ALICE, None).await.unwrap());
    let nobody = asked(pool.pool.begin_choice(WEB, NOBODY, None).await.unwrap());
    assert_eq!(alice.1, nobody.1);
    assert_eq!(alice.0.expose().len(), nobody.0.expose().len());
    let wrong =
        pool.pool
            .choose_first_factor(WEB, NOBODY, nobody.0.expose(), Choice::Password(PASSWORD));
    assert!(matches!(wrong.await, Err(UserPoolError::WrongCredentials)));
    // Nobody's session is not Alice's.
    let foreign = pool
        .pool
        .choose_first_factor(WEB, ALICE, nobody.0.expose(), Choice::Password(PASSWORD))
        .await;
    assert!(matches!(foreign, Err(UserPoolError::InvalidChallenge)));
    let foreign = pool
        .pool
        .choose_first_factor(LEGACY, ALICE, alice.0.expose(), Choice::Password(PASSWORD))
        .await;
    assert!(matches!(foreign, Err(UserPoolError::InvalidChallenge)));
}

/// Whoever has a second factor needs the password: the code would be the only one.
#[tokio::test]
async fn a_code_replaces_no_second_factor() {
    let pool = Pool::with(|settings| {
        with_codes(settings);
        settings.mfa.requirement = MfaRequirement::Optional;
        settings.mfa.email = true;
    });
    let pool = pool.and_alice().await;
    let tokens = pool.sign_in().await;
    let preferences = MfaPreferences {
        email: Some(Preference {
            is_enabled: true,
            is_preferred: true,
        }),
        ..MfaPreferences::default()
    };
    pool.pool
        .set_mfa_preference(tokens.access.expose(), preferences)
        .await
        .unwrap();
    let before = pool.pool.inbox().unwrap().len();
    let begun = pool
        .pool
        .begin_choice(WEB, ALICE, Some(Choice::EmailCode))
        .await;
    let session = sent(begun.unwrap());
    assert_eq!(pool.pool.inbox().unwrap().len(), before);
    let wrong = pool
        .pool
        .answer_email_code(WEB, ALICE, session.expose(), "123456")
        .await;
    assert!(matches!(wrong, Err(UserPoolError::WrongCode)));
}
