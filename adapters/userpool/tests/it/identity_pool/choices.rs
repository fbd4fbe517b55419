//! What a pool's owner may choose: roles and tags by claims, guests, the classic flow; and how logins are unlinked.

use std::collections::BTreeMap;

use notewarden_userpool::{
    IdentityPool, IdentityPoolSettings,
    identity_pool::{
        AmbiguousRole, ClaimComparison, IdentityPoolError, LoginError, Logins, MappingRule,
        RoleMapping, RoleSource, TagMapping,
    },
    web_identities::WebIdentityError,
};

use super::{
    CLIENT, OTHER, POOL, USER_POOL, alice, bob, credentials, logins, pool, pool_of, pool_with,
    role_arn,
};
use crate::data_directory::DataDirectory;

fn rules(pairs: &[(&str, ClaimComparison, &str, &str)], ambiguous: AmbiguousRole) -> RoleMapping {
    let rule =
        |&(claim, comparison, value, role): &(&str, ClaimComparison, &str, &str)| MappingRule {
            claim: claim.to_owned(),
            comparison,
            value: value.to_owned(),
            role_arn: role_arn(role),
        };
    RoleMapping {
        source: RoleSource::Rules(pairs.iter().map(rule).collect()),
        ambiguous,
    }
}

fn mapped(data: &DataDirectory, provider: &str, mapping: RoleMapping) -> IdentityPool {
    let mut settings = IdentityPoolSettings::new(POOL, role_arn("AuthRole"));
    settings.role_mappings.insert(provider.to_owned(), mapping);
    pool_of(data, settings)
}

async fn role_of(
    pool: &IdentityPool,
    logins: &Logins,
    asked: Option<&str>,
) -> Result<String, IdentityPoolError> {
    let id = pool.get_id(POOL, logins).await.unwrap();
    let issued = pool.get_credentials(id.as_str(), logins, asked).await?;
    let arn = issued.credential.principal.arn.clone();
    Ok(arn.split('/').nth(1).unwrap().to_owned())
}

fn saying(claims: &str) -> Logins {
    logins(&[(USER_POOL, &format!("good alice?{claims}"))])
}

#[tokio::test]
async fn a_token_gives_the_role_that_it_prefers_and_any_that_it_lists() {
    let data = DataDirectory::new();
    let of_token = |ambiguous| RoleMapping {
        source: RoleSource::Token,
        ambiguous,
    };
    let admin = role_arn("AdminRole");
    let both = format!(
        r#"{{"cognito:roles":["{admin}","{}"],"cognito:preferred_role":"{admin}"}}"#,
        role_arn("AuthRole")
    );
    // Of a user pool, the mapping may be of one client.
    for name in [USER_POOL.to_owned(), format!("{USER_POOL}:{CLIENT}")] {
        let pool = mapped(&data, &name, of_token(AmbiguousRole::Deny));
        assert_eq!(
            role_of(&pool, &saying(&both), None).await.unwrap(),
            "AdminRole"
        );
        let auth = role_arn("AuthRole");
        let asked = role_of(&pool, &saying(&both), Some(&auth)).await;
        assert_eq!(asked.unwrap(), "AuthRole");
        let other = role_of(&pool, &saying(&both), Some(&role_arn("GuestRole"))).await;
        assert!(matches!(other, Err(IdentityPoolError::RoleNotOffered(_))));
        let none = role_of(&pool, &saying("{}"), None).await;
        assert!(matches!(none, Err(IdentityPoolError::AmbiguousRole)));
        // What is denied cannot be had by asking for it.
        let asked = role_of(&pool, &saying("{}"), Some(&auth)).await;
        assert!(matches!(asked, Err(IdentityPoolError::RoleNotOffered(_))));
    }
    let lenient = mapped(&data, USER_POOL, of_token(AmbiguousRole::AuthenticatedRole));
    assert_eq!(
        role_of(&lenient, &saying("{}"), None).await.unwrap(),
        "AuthRole"
    );
    // A role's own trust policy still decides.
    let guest = format!(r#"{{"cognito:roles":["{}"]}}"#, role_arn("GuestRole"));
    let refused = role_of(&lenient, &saying(&guest), None).await;
    assert!(matches!(refused, Err(IdentityPoolError::RoleRefused(_))));
    // Another client's tokens are mapped by nobody.
    let other = mapped(
        &data,
        &format!("{USER_POOL}:other"),
        of_token(AmbiguousRole::Deny),
    );
    assert_eq!(
        role_of(&other, &saying(&both), None).await.unwrap(),
        "AuthRole"
    );
}

#[tokio::test]
async fn the_first_rule_that_fits_gives_the_role() {
    let data = DataDirectory::new();
    let pairs = [
        (
            "cognito:groups",
            ClaimComparison::Contains,
            "admins",
            "AdminRole",
        ),
        ("email", ClaimComparison::StartsWith, "alice@", "AuthRole"),
    ];
    let pool = mapped(&data, USER_POOL, rules(&pairs, AmbiguousRole::Deny));
    let admin = r#"{"cognito:groups":["admins"],"email":"alice@example.com"}"#;
    assert_eq!(
        role_of(&pool, &saying(admin), None).await.unwrap(),
        "AdminRole"
    );
    let auth = role_arn("AuthRole");
    let asked = role_of(&pool, &saying(admin), Some(&auth)).await;
    assert_eq!(asked.unwrap(), "AuthRole");
    let reader = r#"{"cognito:groups":["non-admins"],"email":"alice@example.com"}"#;
    assert_eq!(
        role_of(&pool, &saying(reader), None).await.unwrap(),
        "AuthRole"
    );
    let asked = role_of(&pool, &saying(reader), Some(&role_arn("AdminRole"))).await;
    assert!(matches!(asked, Err(IdentityPoolError::RoleNotOffered(_))));
    let nobody = role_of(&pool, &saying(r#"{"email":"bob@example.com"}"#), None).await;
    assert!(matches!(nobody, Err(IdentityPoolError::AmbiguousRole)));
}

#[tokio::test]
async fn tags_need_a_trust_policy_that_lets_sessions_be_tagged() {
    let data = DataDirectory::new();
    let tagging = |role: &str| {
        let mut settings = IdentityPoolSettings::new(POOL, role_arn(role));
        let mapping = TagMapping(BTreeMap::from([(
            "team".to_owned(),
            "custom:team".to_owned(),
        )]));
        settings.tag_mappings.insert(USER_POOL.to_owned(), mapping);
        pool_of(&data, settings)
    };
    let blue = saying(r#"{"custom:team":"blue"}"#);
    let refused = role_of(&tagging("AuthRole"), &blue, None).await;
    assert!(
        matches!(refused, Err(IdentityPoolError::RoleRefused(refused)) if refused.action == "sts:TagSession")
    );
    // Without the claim there is no tag, and nothing to be let.
    assert!(
        role_of(&tagging("AuthRole"), &saying("{}"), None)
            .await
            .is_ok()
    );

    let pool = tagging("TaggedRole");
    let id = pool.get_id(POOL, &blue).await.unwrap();
    let issued = pool
        .get_credentials(id.as_str(), &blue, None)
        .await
        .unwrap();
    let scope = issued.credential.principal.scope().unwrap();
    assert_eq!(
        scope.tags,
        BTreeMap::from([("team".to_owned(), "blue".to_owned())])
    );
    // They are kept with the credential.
    let kept = data.credentials().find(&issued.credential.access_key_id);
    assert_eq!(
        kept.unwrap().unwrap().principal,
        issued.credential.principal
    );
    let red = saying(r#"{"custom:team":"red"}"#);
    let refused = role_of(&pool, &red, None).await;
    assert!(matches!(refused, Err(IdentityPoolError::RoleRefused(_))));
}

#[tokio::test]
async fn a_guest_who_signs_in_keeps_the_identity_or_is_led_to_the_known_one() {
    let data = DataDirectory::new();
    let pool = pool_with(&data, "AuthRole", Some("GuestRole"));
    let nobody = Logins::new();
    let guest = pool.get_id(POOL, &nobody).await.unwrap();
    let before = credentials(&pool, &guest, &nobody).await.unwrap();
    credentials(&pool, &guest, &alice()).await.unwrap();
    assert_eq!(pool.get_id(POOL, &alice()).await.unwrap(), guest);
    let refused = credentials(&pool, &guest, &nobody).await;
    assert!(matches!(refused, Err(IdentityPoolError::LoginRequired(_))));
    assert!(
        data.credentials()
            .find(&before.access_key_id)
            .unwrap()
            .is_some()
    );

    let second = pool.get_id(POOL, &nobody).await.unwrap();
    let led = pool.get_credentials(second.as_str(), &alice(), None).await;
    assert_eq!(led.unwrap().identity_id, guest);
    assert!(pool.describe(second.as_str()).unwrap().is_disabled);
    for logins in [nobody, alice(), bob()] {
        let refused = credentials(&pool, &second, &logins).await;
        assert!(matches!(refused, Err(IdentityPoolError::LoginRequired(_))));
    }
}

#[tokio::test]
async fn unlinking_takes_proof_and_ends_credentials_at_once() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let both = logins(&[(USER_POOL, "good alice"), (OTHER, "good a-117")]);
    let id = pool.get_id(POOL, &both).await.unwrap();
    let issued = credentials(&pool, &id, &alice()).await.unwrap();
    let is_known = || {
        data.credentials()
            .find(&issued.access_key_id)
            .unwrap()
            .is_some()
    };
    let other = || vec![OTHER.to_owned()];
    let mixed = logins(&[(USER_POOL, "good alice"), (OTHER, "good somebody")]);
    for foreign in [bob(), Logins::new(), mixed] {
        let refused = pool.unlink(id.as_str(), &foreign, other()).await;
        assert!(matches!(refused, Err(IdentityPoolError::LoginsDoNotMatch)));
    }
    assert!(is_known());
    pool.unlink(id.as_str(), &alice(), other()).await.unwrap();
    assert!(!is_known());
    assert!(credentials(&pool, &id, &alice()).await.is_ok());
    let unlinked = logins(&[(OTHER, "good a-117")]);
    assert_ne!(pool.get_id(POOL, &unlinked).await.unwrap(), id);

    // The last one leaves it to nobody, not to guests.
    let open = pool_with(&data, "AuthRole", Some("GuestRole"));
    let own = vec![USER_POOL.to_owned()];
    open.unlink(id.as_str(), &alice(), own).await.unwrap();
    for logins in [Logins::new(), alice()] {
        let refused = credentials(&open, &id, &logins).await;
        assert!(matches!(refused, Err(IdentityPoolError::LoginRequired(_))));
    }
    assert_ne!(open.get_id(POOL, &alice()).await.unwrap(), id);
}

#[tokio::test]
async fn identities_are_listed_page_by_page() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let mut made = Vec::new();
    for number in 0..7 {
        let logins = logins(&[(USER_POOL, &format!("good {number}"))]);
        made.push(pool.get_id(POOL, &logins).await.unwrap());
    }
    made.sort();
    let gone = logins(&[(USER_POOL, "good 3")]);
    let id = pool.get_id(POOL, &gone).await.unwrap();
    pool.unlink(id.as_str(), &gone, vec![USER_POOL.to_owned()])
        .await
        .unwrap();
    for (hides, count) in [(false, 7), (true, 6)] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = pool.list(POOL, after.as_deref(), 3, hides).unwrap();
            assert!(page.identities.len() <= 3);
            seen.extend(page.identities.into_iter().map(|identity| identity.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), count);
        assert!(seen.iter().all(|id| made.contains(id)) && seen.is_sorted());
    }
    let refused = pool.list("us-east-1:other", None, 3, false);
    assert!(matches!(refused, Err(IdentityPoolError::PoolNotFound(_))));
}

#[tokio::test]
async fn the_classic_flow_is_for_pools_that_have_it() {
    let data = DataDirectory::new();
    let closed = pool(&data);
    let id = closed.get_id(POOL, &alice()).await.unwrap();
    let refused = closed.get_open_id_token(id.as_str(), &alice()).await;
    assert!(matches!(refused, Err(IdentityPoolError::ClassicFlowOff)));

    let mut settings = IdentityPoolSettings::new(POOL, role_arn("AuthRole"));
    settings.allows_classic_flow = true;
    let open = pool_of(&data, settings.clone());
    let (of, token) = open.get_open_id_token(id.as_str(), &alice()).await.unwrap();
    assert_eq!(of, id);
    let stolen = open.get_open_id_token(id.as_str(), &bob()).await;
    assert!(matches!(stolen, Err(IdentityPoolError::LoginsDoNotMatch)));
    let recognized = open.recognize(&token, None).await.unwrap();
    assert_eq!(recognized.subject, id.as_str());
    assert_eq!(recognized.audience, POOL);
    assert_eq!(recognized.identity.unwrap().amr[0], "authenticated");
    // Neither another pool's nor another process's.
    settings.id = "us-east-1:other".to_owned();
    for other in [pool_of(&data, settings), closed] {
        assert!(other.recognize(&token, None).await.is_err());
    }
    data.wait(600);
    let expired = open.recognize(&token, None).await;
    assert!(matches!(
        expired,
        Err(WebIdentityError::Token(LoginError::Expired { .. }))
    ));
}
