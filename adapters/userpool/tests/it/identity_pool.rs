//! The Identity Pool: which logins give which identity, and whose credentials.

mod choices;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId,
    policy::{Policy, PolicyKind},
};
use notewarden_userpool::{
    Credential, Role, Roles,
    identity_pool::{
        IdentityPool, IdentityPoolError, IdentityPoolSettings, LoginError, LoginVerifier, Logins,
        Providers, VerifiedLogin,
    },
};
use serde_json::{Map, Value};

use crate::data_directory::{ACCOUNT, DataDirectory};

const POOL: &str = "us-east-1:11111111-2222-4333-8444-555555555555";
const USER_POOL: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool";
const OTHER: &str = "accounts.example.com";

const CLIENT: &str = "client";

/// What tokens say beside the subject: `subject?{"claim":"value"}`.
fn claims_of(subject: &str) -> Map<String, Value> {
    let (_, claims) = subject.split_once('?').unwrap_or_default();
    serde_json::from_str(claims).unwrap_or_default()
}

/// Takes `good <subject>` and refuses everything else for the reason that it says.
struct Provider(&'static str);

#[async_trait]
impl LoginVerifier for Provider {
    async fn verify(&self, token: &str) -> Result<VerifiedLogin, LoginError> {
        match token.split_once(' ') {
            Some(("good", subject)) => Ok(VerifiedLogin {
                subject: subject.to_owned(),
                method: format!("{}:CognitoSignIn:{subject}", self.0),
                audience: CLIENT.to_owned(),
                claims: claims_of(subject),
                keys: Vec::new(),
            }),
            _ => match token {
                "expired" => Err(LoginError::Expired {
                    expired_at: 1,
                    now: 2,
                }),
                "access token" => Err(LoginError::MissingClaim("aud")),
                "other client" => Err(LoginError::WrongAudience),
                "other pool" => Err(LoginError::WrongIssuer),
                _ => Err(LoginError::Invalid),
            },
        }
    }
}

fn trust(condition: &str) -> Policy {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"cognito-identity.amazonaws.com"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"cognito-identity.amazonaws.com:aud":"{POOL}"}},{condition}}}}}]}}"#
    );
    Policy::parse(&document, PolicyKind::Trust).unwrap()
}

fn amr(value: &str) -> Policy {
    trust(&format!(
        r#""ForAnyValue:StringLike":{{"cognito-identity.amazonaws.com:amr":"{value}"}}"#
    ))
}

/// Lets sessions be tagged as of the blue team.
fn tagged() -> Policy {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"cognito-identity.amazonaws.com"}},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{{"StringEquals":{{"cognito-identity.amazonaws.com:aud":"{POOL}","aws:RequestTag/team":"blue"}},"ForAllValues:StringEquals":{{"aws:TagKeys":["team"]}}}}}}]}}"#
    );
    Policy::parse(&document, PolicyKind::Trust).unwrap()
}

fn roles() -> Arc<Roles> {
    let role = |name, trust| Role::new(ACCOUNT, name, trust);
    Arc::new(Roles::from_iter([
        role("AuthRole", amr("authenticated")),
        role("GuestRole", amr("unauthenticated")),
        role("NobodysRole", amr("nobody")),
        role("AdminRole", amr("authenticated")),
        role("TaggedRole", tagged()),
    ]))
}

fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

fn pool_with(data: &DataDirectory, authenticated: &str, guests: Option<&str>) -> IdentityPool {
    pool_of(
        data,
        IdentityPoolSettings {
            allows_guests: guests.is_some(),
            unauthenticated_role: guests.map(role_arn),
            ..IdentityPoolSettings::new(POOL, role_arn(authenticated))
        },
    )
}

fn pool_of(data: &DataDirectory, settings: IdentityPoolSettings) -> IdentityPool {
    let mut providers = Providers::new();
    for name in [USER_POOL, OTHER] {
        providers.insert(name.to_owned(), Arc::new(Provider(name)));
    }
    IdentityPool::new(
        settings,
        providers,
        roles(),
        data.identities(),
        data.credentials(),
        data.clock(),
    )
}

fn pool(data: &DataDirectory) -> IdentityPool {
    pool_with(data, "AuthRole", None)
}

fn logins(tokens: &[(&str, &str)]) -> Logins {
    let owned = |(name, token): &(&str, &str)| ((*name).to_owned(), (*token).to_owned());
    tokens.iter().map(owned).collect()
}

fn alice() -> Logins {
    logins(&[(USER_POOL, "good alice")])
}

fn bob() -> Logins {
    logins(&[(USER_POOL, "good bob")])
}

async fn credentials(
    pool: &IdentityPool,
    id: &IdentityId,
    logins: &Logins,
) -> Result<Arc<Credential>, IdentityPoolError> {
    let issued = pool.get_credentials(id.as_str(), logins, None).await?;
    assert_eq!(issued.identity_id, *id);
    Ok(issued.credential)
}

#[tokio::test]
async fn a_signed_in_person_gets_a_session_of_the_auth_role_bound_to_their_identity() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let id = pool.get_id(POOL, &alice()).await.unwrap();
    assert!(id.as_str().starts_with("us-east-1:"));
    assert_eq!(pool.get_id(POOL, &alice()).await.unwrap(), id);

    let issued = credentials(&pool, &id, &alice()).await.unwrap();
    assert_eq!(
        issued.principal.arn,
        "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials"
    );
    let (role_id, session) = issued.principal.user_id.split_once(':').unwrap();
    assert!(role_id.starts_with("AROA") && role_id.len() == 21);
    assert_eq!(session, "CognitoIdentityCredentials");
    let identity = issued.principal.identity().unwrap();
    assert_eq!(identity.identity_id, id);
    assert_eq!(identity.identity_pool_id, POOL);
    assert_eq!(
        identity.amr,
        [
            "authenticated".to_owned(),
            USER_POOL.to_owned(),
            format!("{USER_POOL}:CognitoSignIn:alice"),
        ]
    );
    let lifetime = issued.expires_at.unwrap().since(data.clock().now());
    assert_eq!(lifetime.as_secs(), 3_600);
}

#[tokio::test]
async fn credentials_cost_one_flush_and_a_known_identity_none() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let writes = || data.database().counters().writes;
    let before = writes();
    let id = pool.get_id(POOL, &alice()).await.unwrap();
    assert_eq!(writes() - before, 1);
    pool.get_id(POOL, &alice()).await.unwrap();
    assert_eq!(writes() - before, 1);
    let issued = credentials(&pool, &id, &alice()).await.unwrap();
    assert_eq!(writes() - before, 2);
    data.credentials().find(&issued.access_key_id).unwrap();
    assert_eq!(writes() - before, 2);
}

#[tokio::test]
async fn ten_23_another_person_s_login_does_not_open_an_identity() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let of_alice = pool.get_id(POOL, &alice()).await.unwrap();
    let of_bob = pool.get_id(POOL, &bob()).await.unwrap();
    assert_ne!(of_alice, of_bob);

    let stolen = credentials(&pool, &of_alice, &bob()).await;
    assert!(matches!(stolen, Err(IdentityPoolError::LoginsDoNotMatch)));
    let newcomer = logins(&[(USER_POOL, "good carol")]);
    let stolen = credentials(&pool, &of_alice, &newcomer).await;
    assert!(matches!(stolen, Err(IdentityPoolError::LoginsDoNotMatch)));
    // The same subject at another provider is somebody else.
    let namesake = logins(&[(OTHER, "good alice")]);
    let stolen = credentials(&pool, &of_alice, &namesake).await;
    assert!(matches!(stolen, Err(IdentityPoolError::LoginsDoNotMatch)));
    let nothing = credentials(&pool, &of_alice, &Logins::new()).await;
    assert!(matches!(nothing, Err(IdentityPoolError::LoginRequired(id)) if id == of_alice));
    // A login of one's own does not open the way to somebody else's.
    let both = logins(&[(USER_POOL, "good bob"), (OTHER, "good alice")]);
    assert_eq!(pool.get_id(POOL, &both).await.unwrap(), of_bob);
    let joined = logins(&[(USER_POOL, "good alice"), (OTHER, "good alice")]);
    let conflict = credentials(&pool, &of_alice, &joined).await;
    assert!(matches!(conflict, Err(IdentityPoolError::LoginsConflict)));
}

#[tokio::test]
async fn ten_24_tokens_of_other_pools_clients_and_kinds_are_refused() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let id = pool.get_id(POOL, &alice()).await.unwrap();
    for token in [
        "expired",
        "access token",
        "other client",
        "other pool",
        "",
        "x.y.z",
    ] {
        let bad = logins(&[(USER_POOL, token)]);
        let asked = pool.get_id(POOL, &bad).await;
        assert!(matches!(asked, Err(IdentityPoolError::Login(_))), "{token}");
        let asked = credentials(&pool, &id, &bad).await;
        assert!(matches!(asked, Err(IdentityPoolError::Login(_))), "{token}");
        // One bad token spoils a good one.
        let mixed = logins(&[(USER_POOL, "good alice"), (OTHER, token)]);
        let asked = credentials(&pool, &id, &mixed).await;
        assert!(matches!(asked, Err(IdentityPoolError::Login(_))), "{token}");
    }
    let unknown = logins(&[("graph.facebook.com", "good alice")]);
    let asked = pool.get_id(POOL, &unknown).await;
    assert!(matches!(asked, Err(IdentityPoolError::UnknownProvider(_))));
}

#[tokio::test]
async fn ten_25_a_guest_gets_the_guests_role_and_no_other() {
    let data = DataDirectory::new();
    let closed = pool(&data);
    let refused = closed.get_id(POOL, &Logins::new()).await;
    assert!(matches!(refused, Err(IdentityPoolError::GuestsRefused)));

    let open = pool_with(&data, "AuthRole", Some("GuestRole"));
    let guest = open.get_id(POOL, &Logins::new()).await.unwrap();
    let issued = credentials(&open, &guest, &Logins::new()).await.unwrap();
    assert!(issued.principal.arn.contains(":assumed-role/GuestRole/"));
    assert_eq!(
        issued.principal.identity().unwrap().amr,
        ["unauthenticated"]
    );

    for role in ["AuthRole", "GuestRole", "Unknown"] {
        let arn = role_arn(role);
        let nobody = Logins::new();
        let asked = open.get_credentials(guest.as_str(), &nobody, Some(&arn));
        assert!(
            matches!(asked.await, Err(IdentityPoolError::RoleNotOffered(_))),
            "{role}"
        );
    }
    let confused = pool_with(&data, "AuthRole", Some("AuthRole"));
    let asked = credentials(&confused, &guest, &Logins::new()).await;
    assert!(
        matches!(asked, Err(IdentityPoolError::RoleRefused(refused)) if refused.role == role_arn("AuthRole"))
    );
    // A pool that has closed its doors since knows its guests no more.
    let asked = credentials(&closed, &guest, &Logins::new()).await;
    assert!(matches!(asked, Err(IdentityPoolError::GuestsRefused)));
}

#[tokio::test]
async fn a_signed_in_person_may_name_the_role_that_is_theirs_anyway() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let id = pool.get_id(POOL, &alice()).await.unwrap();
    let arn = role_arn("AuthRole");
    let logins = alice();
    let issued = pool.get_credentials(id.as_str(), &logins, Some(&arn)).await;
    assert!(issued.is_ok());
    let other = role_arn("GuestRole");
    let refused = pool
        .get_credentials(id.as_str(), &logins, Some(&other))
        .await;
    assert!(matches!(refused, Err(IdentityPoolError::RoleNotOffered(_))));
}

#[tokio::test]
async fn the_trust_policy_decides() {
    let data = DataDirectory::new();
    for role in ["NobodysRole", "GuestRole", "MissingRole"] {
        let pool = pool_with(&data, role, None);
        let id = pool.get_id(POOL, &alice()).await.unwrap();
        let refused = credentials(&pool, &id, &alice()).await;
        assert!(
            matches!(refused, Err(IdentityPoolError::RoleRefused(refused)) if refused.role == role_arn(role))
        );
    }
}

#[tokio::test]
async fn unknown_pools_and_identities_are_not_found() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let asked = pool.get_id("us-east-1:other", &alice()).await;
    assert!(matches!(asked, Err(IdentityPoolError::PoolNotFound(_))));
    for id in [POOL, "us-east-1:x", "", "us-east-1:*"] {
        let asked = pool.get_credentials(id, &alice(), None).await;
        assert!(
            matches!(asked, Err(IdentityPoolError::IdentityNotFound(_))),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_second_login_shown_with_the_first_is_linked() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let id = pool.get_id(POOL, &alice()).await.unwrap();
    let both = logins(&[(USER_POOL, "good alice"), (OTHER, "good a-117")]);
    let issued = credentials(&pool, &id, &both).await.unwrap();
    assert_eq!(issued.principal.identity().unwrap().amr.len(), 5);
    let other = logins(&[(OTHER, "good a-117")]);
    assert_eq!(pool.get_id(POOL, &other).await.unwrap(), id);
    assert_eq!(
        pool.describe(id.as_str()).unwrap().logins,
        BTreeMap::from([
            (OTHER.to_owned(), "a-117".to_owned()),
            (USER_POOL.to_owned(), "alice".to_owned()),
        ])
    );
}

#[tokio::test]
async fn a_deleted_identity_has_no_credentials() {
    let data = DataDirectory::new();
    let pool = pool(&data);
    let id = pool.get_id(POOL, &alice()).await.unwrap();
    let issued = credentials(&pool, &id, &alice()).await.unwrap();
    pool.delete(&id).await.unwrap();

    let store = data.credentials();
    assert!(store.find(&issued.access_key_id).unwrap().is_none());
    let asked = credentials(&pool, &id, &alice()).await;
    assert!(matches!(asked, Err(IdentityPoolError::IdentityNotFound(_))));
    let again = pool.delete(&id).await;
    assert!(matches!(again, Err(IdentityPoolError::IdentityNotFound(_))));
    assert_ne!(pool.get_id(POOL, &alice()).await.unwrap(), id);
}
