//! The user pool's own tokens as logins of the identity pool: real ones, and what must not pass for one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use notewarden_domain::policy::{Policy, PolicyKind};
use notewarden_userpool::{
    IdentityPool, IdentityPoolSettings, Role, Roles, UserPool,
    identity_pool::{
        IdentityPoolError, LoginError, LoginVerifier, Logins, Providers, UserPoolLogin,
    },
    passwords::PasswordPolicy,
    user_pool::{
        AppClient, AuthFlow, ClientSettings, MfaSettings, Progress, Tokens, UserPoolSettings,
    },
};

use crate::data_directory::{ACCOUNT, DataDirectory};

const IDENTITY_POOL: &str = "us-east-1:11111111-2222-4333-8444-555555555555";
const PROVIDER: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool";
const HOUR: Duration = Duration::from_secs(3_600);
const PASSWORD: &str = "Passw0rd!";
const ALICE: &str = "alice@example.com";
/// The client that the identity pool names, and another of the same user pool.
const CLIENT: &str = "client";
const OTHER_CLIENT: &str = "other-client";

fn client_settings(id: &str) -> ClientSettings {
    ClientSettings {
        id: id.to_owned(),
        secret: None,
        flows: BTreeSet::from([AuthFlow::UserPassword]),
        prevents_user_existence_errors: true,
        revokes_tokens: true,
        id_token_lifetime: HOUR,
        access_token_lifetime: HOUR,
        refresh_token_lifetime: 24 * HOUR,
    }
}

async fn user_pool(data: &DataDirectory, id: &str) -> UserPool {
    let settings = UserPoolSettings {
        id: id.to_owned(),
        password_policy: PasswordPolicy {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
        },
        temporary_password_lifetime: 24 * HOUR,
        custom_attributes: Vec::new(),
        keeps_email_until_verified: false,
        mfa: MfaSettings::default(),
        allows_email_sign_in: false,
        clients: vec![client_settings(CLIENT), client_settings(OTHER_CLIENT)],
    };
    let key_file = data.path().join("user-pool.key");
    let listener = Arc::new(|_: &_| {});
    let pool = UserPool::open(
        settings,
        data.database(),
        &key_file,
        data.clock(),
        data.ids(),
        listener,
    )
    .unwrap();
    let client = AppClient {
        id: CLIENT,
        secret_hash: None,
    };
    pool.sign_up(client, ALICE, PASSWORD, &[]).await.unwrap();
    pool.admin_confirm_sign_up(ALICE).await.unwrap();
    pool
}

async fn sign_in(pool: &UserPool, client: &str) -> Tokens {
    let client = AppClient {
        id: client,
        secret_hash: None,
    };
    let progress = pool.sign_in_with_password(client, ALICE, PASSWORD).await;
    match progress.unwrap() {
        Progress::SignedIn(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

fn login_of(pool: &UserPool) -> UserPoolLogin {
    UserPoolLogin::new(pool.clone(), vec![CLIENT.to_owned()])
}

#[tokio::test]
async fn an_id_token_names_its_user() {
    let data = DataDirectory::new();
    let pool = user_pool(&data, "us-east-1_Pool").await;
    assert_eq!(UserPoolLogin::provider_name(&pool), PROVIDER);

    let tokens = sign_in(&pool, CLIENT).await;
    let verified = login_of(&pool).verify(tokens.id.expose()).await.unwrap();
    let sub = pool.admin_get_user(ALICE).unwrap().id.to_string();
    assert_eq!(verified.method, format!("{PROVIDER}:CognitoSignIn:{sub}"));
    assert_eq!(verified.subject, sub);
    assert_eq!(verified.audience, CLIENT);
    assert_eq!(verified.claims["email"], ALICE);
}

#[tokio::test]
async fn ten_24_what_is_no_valid_id_token_of_the_pool_s_client_is_refused() {
    let data = DataDirectory::new();
    let pool = user_pool(&data, "us-east-1_Pool").await;
    let login = login_of(&pool);
    let tokens = sign_in(&pool, CLIENT).await;

    let access = login.verify(tokens.access.expose()).await;
    assert!(matches!(access, Err(LoginError::MissingClaim("aud"))));
    let foreign = sign_in(&pool, OTHER_CLIENT).await;
    let foreign = login.verify(foreign.id.expose()).await;
    assert!(matches!(foreign, Err(LoginError::WrongAudience)));
    for bad in [
        "",
        "a.b.c",
        tokens.id.expose().trim_end_matches(|c| c != '.'),
    ] {
        let refused = login.verify(bad).await;
        assert!(matches!(refused, Err(LoginError::Invalid)), "{bad}");
    }

    // Another server has other keys, also when its pool has the same name.
    for name in ["us-east-1_Pool", "us-east-1_Other"] {
        let elsewhere = DataDirectory::seeded(8);
        let elsewhere = user_pool(&elsewhere, name).await;
        let theirs = sign_in(&elsewhere, CLIENT).await;
        let refused = login.verify(theirs.id.expose()).await;
        assert!(matches!(refused, Err(LoginError::Invalid)), "{name}");
    }

    data.wait(3_599);
    assert!(login.verify(tokens.id.expose()).await.is_ok());
    data.wait(1);
    let expired = login.verify(tokens.id.expose()).await;
    assert!(matches!(expired, Err(LoginError::Expired { expired_at, now }) if now >= expired_at));
}

#[tokio::test]
async fn a_person_who_has_signed_out_gets_no_further_credentials() {
    let data = DataDirectory::new();
    let pool = user_pool(&data, "us-east-1_Pool").await;
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"}}]}"#;
    let trust = Policy::parse(trust, PolicyKind::Trust).unwrap();
    let role = Role::new(ACCOUNT, "AuthRole", trust);
    let settings = IdentityPoolSettings::new(IDENTITY_POOL, role.arn.clone());
    let mut providers = Providers::new();
    providers.insert(PROVIDER.to_owned(), Arc::new(login_of(&pool)));
    let identity_pool = IdentityPool::new(
        settings,
        providers,
        Arc::new(Roles::from_iter([role])),
        data.identities(),
        data.credentials(),
        data.clock(),
    );

    let tokens = sign_in(&pool, CLIENT).await;
    let logins: Logins = BTreeMap::from([(PROVIDER.to_owned(), tokens.id.expose().to_owned())]);
    let id = identity_pool.get_id(IDENTITY_POOL, &logins).await.unwrap();
    let sub = pool.admin_get_user(ALICE).unwrap().id.to_string();
    assert!(!id.as_str().ends_with(&sub));
    let again = sign_in(&pool, CLIENT).await;
    let again: Logins = BTreeMap::from([(PROVIDER.to_owned(), again.id.expose().to_owned())]);
    assert_eq!(
        identity_pool.get_id(IDENTITY_POOL, &again).await.unwrap(),
        id
    );
    // A role that trusts somebody else lets nobody in.
    let refused = identity_pool
        .get_credentials(id.as_str(), &logins, None)
        .await;
    assert!(matches!(refused, Err(IdentityPoolError::RoleRefused(_))));

    pool.admin_user_global_sign_out(ALICE).await.unwrap();
    let refused = identity_pool
        .get_credentials(id.as_str(), &logins, None)
        .await;
    assert!(matches!(
        refused,
        Err(IdentityPoolError::Login(LoginError::Revoked))
    ));
}
