//! The wire, member by member: what each operation answers, and how it refuses.

mod account;
mod factors;
mod groups;

use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};

use http::Request;
use notewarden_domain::{Timestamp, ports::Clock};
use notewarden_embedded::Database;
use notewarden_userpool::{
    UserPool, UserPoolSettings,
    passwords::PasswordPolicy,
    user_pool::{AuthFlow, ClientSettings, MfaSettings},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::operation::{Operation, Support};
use crate::{
    json_protocol::{Exception, epoch_seconds},
    system::{SystemClock, SystemIds},
    wire::WireRequest,
};

const POOL: &str = "us-east-1_AbCdEf123";
const ALICE: &str = "alice@example.com";
const PASSWORD: &str = "Passw0rd!";

struct Wire {
    pool: UserPool,
    _directory: TempDir,
}

impl Wire {
    fn new() -> Self {
        Self::with(|_| {})
    }

    /// One whose pool has other settings.
    fn with(change: impl FnOnce(&mut UserPoolSettings)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let hour = Duration::from_secs(3_600);
        let mut settings = UserPoolSettings {
            id: POOL.to_owned(),
            password_policy: PasswordPolicy {
                minimum_length: 8,
                require_uppercase: true,
                require_lowercase: true,
                require_numbers: true,
                require_symbols: true,
            },
            temporary_password_lifetime: hour,
            custom_attributes: Vec::new(),
            keeps_email_until_verified: false,
            mfa: MfaSettings::default(),
            allows_email_sign_in: false,
            clients: vec![ClientSettings {
                id: "web".to_owned(),
                secret: None,
                flows: BTreeSet::from([
                    AuthFlow::UserSrp,
                    AuthFlow::UserPassword,
                    AuthFlow::AdminUserPassword,
                    AuthFlow::UserChoice,
                    AuthFlow::RefreshToken,
                ]),
                prevents_user_existence_errors: true,
                revokes_tokens: true,
                id_token_lifetime: hour,
                access_token_lifetime: hour,
                refresh_token_lifetime: hour,
            }],
        };
        change(&mut settings);
        let pool = UserPool::open(
            settings,
            Database::open(directory.path()).unwrap(),
            &directory.path().join("user-pool.key"),
            Arc::new(SystemClock),
            Arc::new(SystemIds::default()),
            Arc::new(|_: &_| {}),
        );
        Self {
            pool: pool.unwrap(),
            _directory: directory,
        }
    }

    /// One with Alice, who may sign in.
    async fn with_alice() -> Self {
        Self::new().and_alice().await
    }

    async fn and_alice(self) -> Self {
        let wire = self;
        let sign_up = json!({ "ClientId": "web", "Username": ALICE, "Password": PASSWORD });
        wire.call("SignUp", sign_up).await.unwrap();
        let confirm = json!({ "UserPoolId": POOL, "Username": ALICE });
        wire.call("AdminConfirmSignUp", confirm).await.unwrap();
        wire
    }

    async fn call(&self, operation: &str, members: Value) -> Result<Value, Exception> {
        self.send(operation, members.to_string()).await
    }

    async fn send(&self, operation: &str, body: String) -> Result<Value, Exception> {
        let Support::Served(handler) = Operation::find(operation).unwrap().support else {
            panic!("{operation} is not served");
        };
        let (parts, ()) = Request::post("/").body(()).unwrap().into_parts();
        let request = WireRequest {
            id: "the-id".to_owned(),
            parts,
            body: body.into(),
            peer: SocketAddr::from(([127, 0, 0, 1], 1)),
            received_at: Timestamp::from_millis(0),
        };
        handler(&self.pool, &request).await
    }

    async fn sign_in(&self) -> Value {
        let parameters = json!({ "USERNAME": ALICE, "PASSWORD": PASSWORD });
        let request = json!({ "ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
        let mut answer = self.call("InitiateAuth", request).await.unwrap();
        answer["AuthenticationResult"].take()
    }

    /// The code that was sent last.
    fn last_code(&self) -> String {
        let inbox = self.pool.inbox().unwrap();
        inbox[0].code.expose().to_owned()
    }

    async fn refused(&self, operation: &str, members: Value) -> (&'static str, String) {
        let refusal = self.call(operation, members).await.unwrap_err();
        (refusal.kind(), refusal.message().to_owned())
    }
}

fn names(answer: &Value) -> BTreeSet<&str> {
    answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn a_sign_up_answers_where_the_code_went() {
    let wire = Wire::new();
    let attributes =
        json!([{ "Name": "email", "Value": ALICE }, { "Name": "name", "Value": "Alice" }]);
    let request = json!({
        "ClientId": "web", "Username": ALICE, "Password": PASSWORD, "UserAttributes": attributes
    });
    let mut answer = wire.call("SignUp", request).await.unwrap();
    let sub = answer["UserSub"].take();
    assert_eq!(
        answer,
        json!({
            "UserConfirmed": false,
            "UserSub": null,
            "CodeDeliveryDetails": {
                "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"
            },
        })
    );
    let user = wire
        .call(
            "AdminGetUser",
            json!({ "UserPoolId": POOL, "Username": ALICE }),
        )
        .await;
    let user = user.unwrap();
    assert_eq!(
        user["UserAttributes"],
        json!([
            { "Name": "sub", "Value": sub },
            { "Name": "email_verified", "Value": "false" },
            { "Name": "email", "Value": ALICE },
            { "Name": "name", "Value": "Alice" },
        ])
    );
    assert_eq!(
        (&user["Username"], &user["UserStatus"], &user["Enabled"]),
        (&sub, &json!("UNCONFIRMED"), &json!(true))
    );
    let created = user["UserCreateDate"].as_f64().unwrap();
    let now = epoch_seconds(SystemClock.now());
    assert!((now - created).abs() < 60.0, "{created} is in seconds");

    let resent = wire
        .call(
            "ResendConfirmationCode",
            json!({ "ClientId": "web", "Username": ALICE }),
        )
        .await;
    assert_eq!(
        names(&resent.unwrap()),
        BTreeSet::from(["CodeDeliveryDetails"])
    );
    let code = wire.pool.inbox().unwrap()[0].code.expose().to_owned();
    let confirm = json!({ "ClientId": "web", "Username": ALICE, "ConfirmationCode": code });
    assert_eq!(
        wire.call("ConfirmSignUp", confirm).await.unwrap(),
        json!({})
    );
}

#[tokio::test]
async fn a_sign_in_answers_tokens_and_they_do_what_they_are_for() {
    let wire = Wire::with_alice().await;
    let tokens = wire.sign_in().await;
    let expected = BTreeSet::from([
        "AccessToken",
        "ExpiresIn",
        "IdToken",
        "RefreshToken",
        "TokenType",
    ]);
    assert_eq!(names(&tokens), expected);
    assert_eq!(
        (&tokens["ExpiresIn"], &tokens["TokenType"]),
        (&json!(3_600), &json!("Bearer"))
    );

    let with_access = json!({ "AccessToken": tokens["AccessToken"] });
    let user = wire.call("GetUser", with_access.clone()).await.unwrap();
    assert_eq!(names(&user), BTreeSet::from(["Username", "UserAttributes"]));

    for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
        let parameters =
            json!({ "REFRESH_TOKEN": tokens["RefreshToken"], "DEVICE_KEY": "ignored" });
        let request = json!({ "ClientId": "web", "AuthFlow": flow, "AuthParameters": parameters });
        let answer = wire.call("InitiateAuth", request).await.unwrap();
        assert_eq!(
            names(&answer),
            BTreeSet::from(["AuthenticationResult", "ChallengeParameters"])
        );
        let names = names(&answer["AuthenticationResult"]);
        assert_eq!(
            names,
            BTreeSet::from(["AccessToken", "ExpiresIn", "IdToken", "TokenType"])
        );
    }
    let request = json!({ "ClientId": "web", "RefreshToken": tokens["RefreshToken"] });
    let answer = wire
        .call("GetTokensFromRefreshToken", request)
        .await
        .unwrap();
    assert_eq!(names(&answer), BTreeSet::from(["AuthenticationResult"]));

    let revoke = json!({ "ClientId": "web", "Token": tokens["RefreshToken"] });
    assert_eq!(wire.call("RevokeToken", revoke).await.unwrap(), json!({}));
    let refused = wire.refused("GetUser", with_access.clone()).await;
    assert_eq!(
        refused,
        (
            "NotAuthorizedException",
            "Access Token has been revoked".to_owned()
        )
    );
    let refused = wire.refused("GlobalSignOut", with_access).await;
    assert_eq!(refused.1, "Access Token has been revoked");
}

#[tokio::test]
async fn challenges_have_cognitos_members() {
    let wire = Wire::with_alice().await;
    let parameters = json!({ "USERNAME": ALICE, "SRP_A": "abcdef", "CHALLENGE_NAME": "SRP_A" });
    let request =
        json!({ "ClientId": "web", "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
    let answer = wire.call("InitiateAuth", request).await.unwrap();
    assert_eq!(
        names(&answer),
        BTreeSet::from(["ChallengeName", "ChallengeParameters"])
    );
    assert_eq!(answer["ChallengeName"], "PASSWORD_VERIFIER");
    let parameters = &answer["ChallengeParameters"];
    let expected = BTreeSet::from([
        "SALT",
        "SECRET_BLOCK",
        "SRP_B",
        "USERNAME",
        "USER_ID_FOR_SRP",
    ]);
    assert_eq!(names(parameters), expected);

    let bob =
        json!({ "UserPoolId": POOL, "Username": "bob@example.com", "TemporaryPassword": PASSWORD });
    let created = wire.call("AdminCreateUser", bob).await.unwrap();
    assert_eq!(created["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let parameters = json!({ "USERNAME": "bob@example.com", "PASSWORD": PASSWORD });
    let request = json!({ "ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let answer = wire.call("InitiateAuth", request).await.unwrap();
    assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let attributes = answer["ChallengeParameters"]["userAttributes"]
        .as_str()
        .unwrap();
    let attributes: Value = serde_json::from_str(attributes).unwrap();
    assert_eq!(attributes["email"], "bob@example.com");
    let responses = json!({ "USERNAME": "bob@example.com", "NEW_PASSWORD": "An0ther-password" });
    let request = json!({
        "ClientId": "web",
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": answer["Session"],
        "ChallengeResponses": responses,
    });
    let answer = wire.call("RespondToAuthChallenge", request).await.unwrap();
    assert_eq!(
        names(&answer),
        BTreeSet::from(["AuthenticationResult", "ChallengeParameters"])
    );
}

#[tokio::test]
async fn refusals_have_cognitos_names_and_words() {
    let wire = Wire::with_alice().await;
    let sign_in = |username: &str, password: &str| {
        let parameters = json!({ "USERNAME": username, "PASSWORD": password });
        json!({ "ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters })
    };
    let of_flow = |flow: &str| json!({ "ClientId": "web", "AuthFlow": flow });
    let sign_up = |username: &str, password: &str| json!({ "ClientId": "web", "Username": username, "Password": password });
    for (operation, request, kind, message) in [
        (
            "SignUp",
            sign_up("Alice@example.com", PASSWORD),
            "UsernameExistsException",
            "An account with the given email already exists.",
        ),
        (
            "SignUp",
            sign_up("bob@example.com", "password"),
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have uppercase characters",
        ),
        (
            "SignUp",
            sign_up("bob", PASSWORD),
            "InvalidParameterException",
            "Username should be an email.",
        ),
        (
            "SignUp",
            json!({ "ClientId": "nobody", "Username": "bob@example.com", "Password": PASSWORD }),
            "ResourceNotFoundException",
            "User pool client nobody does not exist.",
        ),
        (
            "InitiateAuth",
            sign_in(ALICE, "Wr0ng-password"),
            "NotAuthorizedException",
            "Incorrect username or password.",
        ),
        (
            "InitiateAuth",
            sign_in("nobody@example.com", PASSWORD),
            "NotAuthorizedException",
            "Incorrect username or password.",
        ),
        (
            "InitiateAuth",
            of_flow("USER_PASSWORD_AUTH"),
            "InvalidParameterException",
            "Missing required parameter USERNAME",
        ),
        (
            "InitiateAuth",
            of_flow("ADMIN_USER_PASSWORD_AUTH"),
            "InvalidParameterException",
            "Initiate Auth method not supported",
        ),
        (
            "AdminConfirmSignUp",
            json!({ "UserPoolId": POOL, "Username": ALICE }),
            "NotAuthorizedException",
            "User cannot be confirmed. Current status is CONFIRMED",
        ),
        (
            "ConfirmSignUp",
            json!({ "ClientId": "web", "Username": ALICE, "ConfirmationCode": "000000" }),
            "CodeMismatchException",
            "Invalid verification code provided, please try again.",
        ),
        (
            "AdminConfirmSignUp",
            json!({ "UserPoolId": POOL, "Username": "nobody@example.com" }),
            "UserNotFoundException",
            "User does not exist.",
        ),
        (
            "AdminConfirmSignUp",
            json!({ "UserPoolId": "us-east-1_Other", "Username": ALICE }),
            "ResourceNotFoundException",
            "User pool us-east-1_Other does not exist.",
        ),
        (
            "GetUser",
            json!({ "AccessToken": "a.b.c" }),
            "NotAuthorizedException",
            "Invalid Access Token",
        ),
        (
            "SignUp",
            json!({ "Password": PASSWORD }),
            "InvalidParameterException",
            "2 validation errors detected: Value null at 'clientId' failed to satisfy constraint: Member must \
             not be null; Value null at 'username' failed to satisfy constraint: Member must not be null",
        ),
    ] {
        assert_eq!(
            wire.refused(operation, request).await,
            (kind, message.to_owned()),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_without_repeating_it() {
    let wire = Wire::new();
    for body in [
        "{",
        "[]",
        "null",
        r#"{"Username":["Passw0rd!"]}"#,
        r#"{"Password":{"x":1}}"#,
    ] {
        let refusal = wire.send("SignUp", body.to_owned()).await.unwrap_err();
        assert_eq!(refusal.kind(), "SerializationException", "{body}");
        assert!(!refusal.message().contains("Passw0rd!"));
    }
    assert!(
        wire.pool
            .list_users(None, None, 1)
            .unwrap()
            .users
            .is_empty()
    );
}

#[tokio::test]
async fn users_are_listed_page_by_page() {
    let wire = Wire::with_alice().await;
    let bob =
        json!({ "UserPoolId": POOL, "Username": "bob@example.com", "MessageAction": "SUPPRESS" });
    wire.call("AdminCreateUser", bob).await.unwrap();
    let page = wire
        .call("ListUsers", json!({ "UserPoolId": POOL, "Limit": 1 }))
        .await
        .unwrap();
    assert_eq!(page["Users"].as_array().unwrap().len(), 1);
    let next =
        json!({ "UserPoolId": POOL, "Limit": 1, "PaginationToken": page["PaginationToken"] });
    let next = wire.call("ListUsers", next).await.unwrap();
    assert_ne!(next["Users"][0]["Username"], page["Users"][0]["Username"]);
    assert_eq!(names(&next), BTreeSet::from(["Users"]));
    let too_many = wire
        .refused("ListUsers", json!({ "UserPoolId": POOL, "Limit": 61 }))
        .await;
    assert_eq!(
        too_many.1,
        "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member must have \
         value less than or equal to 60"
    );
}
