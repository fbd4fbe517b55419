//! Cognito's operations, of the user pool and of the identity pool.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use super::{Case, case};
use crate::support::{Actor, Place};

/// Those that are signed.
pub fn cognito() -> Vec<Case> {
    let idp = |operation: &'static str, extra: fn(&Place) -> Value| {
        case(
            format!("cognito-idp {operation}"),
            "cognito-idp",
            move |alice: Actor| async move {
                // Somebody who has signed up, and is not confirmed.
                let mut random = [0; 8];
                alice.place.fill(&mut random);
                let name = format!("{}@example.com", hex::encode(random));
                let account = json!({ "ClientId": alice.place.output("UserPoolClient"), "Username": name, "Password": "Passw0rd!" });
                alice.place.idp("SignUp", account).await.ok();
                let mut body =
                    json!({ "UserPoolId": alice.place.output("UserPool"), "Username": name });
                body.as_object_mut()
                    .unwrap()
                    .extend(extra(&alice.place).as_object().cloned().unwrap());
                json_request(
                    &alice,
                    "AWSCognitoIdentityProviderService",
                    operation,
                    &body,
                )
            },
        )
    };
    let identity = |name: &'static str, body: fn(&Actor) -> Value| {
        case(
            format!("cognito-identity {name}"),
            "cognito-identity",
            move |alice: Actor| async move {
                let operation = name.split(' ').next().unwrap();
                let body = body(&alice);
                json_request(&alice, "AWSCognitoIdentityService", operation, &body)
            },
        )
    };
    let nothing = |_: &Place| json!({});
    let group = |_: &Place| json!({ "GroupName": "admins" });
    vec![
        idp("AdminConfirmSignUp", nothing),
        // The user exists, which is told only to who may make one.
        idp("AdminCreateUser", nothing),
        idp("AdminDeleteUser", nothing),
        idp(
            "AdminDeleteUserAttributes",
            |_| json!({ "UserAttributeNames": ["name"] }),
        ),
        idp("AdminDisableUser", nothing),
        idp("AdminEnableUser", nothing),
        idp("AdminGetUser", nothing),
        // Whoever may sign in is somebody else's business: the template's client is for people only.
        idp("AdminInitiateAuth", |place| {
            json!({
                "ClientId": place.output("UserPoolClient"),
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": "bob@example.com", "PASSWORD": "Passw0rd!" },
            })
        }),
        // There is no verified address that a code could go to.
        idp("AdminResetUserPassword", nothing),
        idp("AdminRespondToAuthChallenge", |place| {
            json!({
                "ClientId": place.output("UserPoolClient"),
                "ChallengeName": "SOFTWARE_TOKEN_MFA",
                "Session": "a session that nobody began",
                "ChallengeResponses": { "USERNAME": "bob@example.com", "SOFTWARE_TOKEN_MFA_CODE": "123456" },
            })
        }),
        idp(
            "AdminSetUserMFAPreference",
            |_| json!({ "SoftwareTokenMfaSettings": { "Enabled": false } }),
        ),
        idp(
            "AdminSetUserPassword",
            |_| json!({ "Password": "N3w-Passw0rd!", "Permanent": true }),
        ),
        idp(
            "AdminUpdateUserAttributes",
            |_| json!({ "UserAttributes": [{ "Name": "name", "Value": "x" }] }),
        ),
        idp("AdminUserGlobalSignOut", nothing),
        idp("ListUsers", nothing),
        // In this order, so that each finds what it is about.
        idp("CreateGroup", group),
        idp("GetGroup", group),
        idp("UpdateGroup", group),
        idp("ListGroups", nothing),
        idp("AdminAddUserToGroup", group),
        idp("AdminListGroupsForUser", nothing),
        idp("ListUsersInGroup", group),
        idp("AdminRemoveUserFromGroup", group),
        idp("DeleteGroup", group),
        identity(
            "DescribeIdentity",
            |alice| json!({ "IdentityId": alice.identity_id }),
        ),
        identity(
            "DeleteIdentities",
            |_| json!({ "IdentityIdsToDelete": ["us-east-1:00000000-0000-4000-8000-000000000000"] }),
        ),
        identity(
            "ListIdentities",
            |alice| json!({ "IdentityPoolId": alice.place.output("IdentityPool"), "MaxResults": 1 }),
        ),
        // Anybody may ask, and is asked for a login.
        identity(
            "GetCredentialsForIdentity without a login",
            |alice| json!({ "IdentityId": alice.identity_id }),
        ),
        identity(
            "UnlinkIdentity without a login",
            |alice| json!({ "IdentityId": alice.identity_id, "Logins": {}, "LoginsToRemove": [] }),
        ),
    ]
}

fn json_request(alice: &Actor, service: &str, operation: &str, body: &Value) -> Request<Bytes> {
    let target = format!("{service}.{operation}");
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", target.as_str()),
    ];
    alice.request(Method::POST, "/", &headers, body.to_string())
}
