//! The contract of identity brokers.

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId,
    ports::{IdSource, IdentityBroker, LoginOutcome},
};

use crate::fixtures::identity;

/// A login provider that the broker trusts.
#[async_trait]
pub trait LoginProvider: Send + Sync {
    /// Its name, as the broker knows it.
    fn name(&self) -> String;

    /// Somebody who has never signed in, as [`token`](Self::token) knows them.
    async fn newcomer(&self) -> String;

    /// The ID token of a new sign-in of `person`.
    async fn token(&self, person: &str) -> String;
}

/// Runs every check on `broker`, with people of `provider`.
pub async fn identity_broker(
    broker: &dyn IdentityBroker,
    provider: &dyn LoginProvider,
    ids: &dyn IdSource,
) {
    a_person_has_one_identity_for_ever(broker, provider).await;
    two_people_have_two_identities(broker, provider).await;
    what_the_provider_did_not_give_is_refused(broker, provider).await;
    a_token_is_good_for_its_provider_only(broker, provider).await;
    a_forgotten_person_is_somebody_new(broker, provider).await;
    whom_nobody_knows_is_forgotten(broker, ids).await;
}

async fn identify(
    broker: &dyn IdentityBroker,
    provider: &dyn LoginProvider,
    person: &str,
) -> IdentityId {
    let token = provider.token(person).await;
    let outcome = broker.identify(&provider.name(), &token).await;
    match outcome.expect("identify") {
        LoginOutcome::Identity(id) => id,
        LoginOutcome::Refused => panic!("a login of `{person}` is refused"),
    }
}

/// With whichever token, shown how often.
async fn a_person_has_one_identity_for_ever(
    broker: &dyn IdentityBroker,
    provider: &dyn LoginProvider,
) {
    let alice = provider.newcomer().await;
    let first = identify(broker, provider, &alice).await;
    assert_eq!(identify(broker, provider, &alice).await, first);
    let token = provider.token(&alice).await;
    for _ in 0..2 {
        let again = broker.identify(&provider.name(), &token).await;
        let again = again.expect("identify");
        assert_eq!(again, LoginOutcome::Identity(first.clone()));
    }
}

async fn two_people_have_two_identities(broker: &dyn IdentityBroker, provider: &dyn LoginProvider) {
    let [alice, bob] = [provider.newcomer().await, provider.newcomer().await];
    let of_alice = identify(broker, provider, &alice).await;
    assert_ne!(identify(broker, provider, &bob).await, of_alice);
}

/// Nothing, no token, a token cut short, one without its signature, one far too long, and one of which a character is
/// another.
async fn what_the_provider_did_not_give_is_refused(
    broker: &dyn IdentityBroker,
    provider: &dyn LoginProvider,
) {
    let good = provider.token(&provider.newcomer().await).await;
    let cut = &good[..good.len() - 1];
    let unsigned = good.trim_end_matches(|c| c != '.');
    // Not at the end, where a character of base64 may say nothing.
    let middle = good.len() / 2;
    let (other, rest) = (
        if good[middle..].starts_with('A') {
            "B"
        } else {
            "A"
        },
        middle + 1,
    );
    let forged = format!("{}{other}{}", &good[..middle], &good[rest..]);
    let long = "x".repeat(60_000);
    for bad in ["", " ", "token", "a.b.c", cut, unsigned, &forged, &long] {
        let outcome = broker.identify(&provider.name(), bad).await;
        let outcome = outcome.expect("identify");
        assert_eq!(outcome, LoginOutcome::Refused, "{bad:.100}");
    }
}

async fn a_token_is_good_for_its_provider_only(
    broker: &dyn IdentityBroker,
    provider: &dyn LoginProvider,
) {
    let token = provider.token(&provider.newcomer().await).await;
    for other in [
        "",
        "accounts.example.com",
        "graph.facebook.com",
        &"x".repeat(200),
    ] {
        let outcome = broker.identify(other, &token).await;
        assert_eq!(outcome.expect("identify"), LoginOutcome::Refused, "{other}");
    }
}

/// And stays so, while others stay who they are; forgetting twice is as good as once.
async fn a_forgotten_person_is_somebody_new(
    broker: &dyn IdentityBroker,
    provider: &dyn LoginProvider,
) {
    let [alice, bob] = [provider.newcomer().await, provider.newcomer().await];
    let before = identify(broker, provider, &alice).await;
    let of_bob = identify(broker, provider, &bob).await;
    for _ in 0..2 {
        broker.forget(&before).await.expect("forget");
    }
    let after = identify(broker, provider, &alice).await;
    assert_ne!(after, before);
    assert_eq!(identify(broker, provider, &alice).await, after);
    assert_eq!(identify(broker, provider, &bob).await, of_bob);
}

async fn whom_nobody_knows_is_forgotten(broker: &dyn IdentityBroker, ids: &dyn IdSource) {
    let forgotten = broker.forget(&identity(ids)).await;
    forgotten.expect("an identity that is not there counts as forgotten");
}
