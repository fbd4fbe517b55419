//! First and second factors on the wire.

use notewarden_userpool::user_pool::MfaRequirement;
use serde_json::{Value, json};

use super::{ALICE, PASSWORD, POOL, Wire, names};

async fn begin(wire: &Wire, flow: &str, parameters: Value) -> Value {
    let request = json!({ "ClientId": "web", "AuthFlow": flow, "AuthParameters": parameters });
    wire.call("InitiateAuth", request).await.unwrap()
}

fn with_password() -> Value {
    json!({ "USERNAME": ALICE, "PASSWORD": PASSWORD })
}

fn answer_to(asked: &Value, responses: &Value) -> Value {
    let mut all = json!({ "USERNAME": ALICE });
    all.as_object_mut()
        .unwrap()
        .extend(responses.as_object().unwrap().clone());
    json!({
        "ClientId": "web",
        "ChallengeName": asked["ChallengeName"],
        "Session": asked["Session"],
        "ChallengeResponses": all,
    })
}

#[tokio::test]
async fn a_server_signs_in_for_its_user() {
    let wire = Wire::with_alice().await;
    for flow in ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"] {
        let request = json!({
            "UserPoolId": POOL, "ClientId": "web", "AuthFlow": flow, "AuthParameters": with_password()
        });
        let answer = wire.call("AdminInitiateAuth", request).await.unwrap();
        assert_eq!(
            names(&answer),
            ["AuthenticationResult", "ChallengeParameters"].into()
        );
        // Nobody else does.
        let request =
            json!({ "ClientId": "web", "AuthFlow": flow, "AuthParameters": with_password() });
        let refused = wire.refused("InitiateAuth", request).await;
        assert_eq!(refused.1, "Initiate Auth method not supported");
    }
    let new =
        json!({ "UserPoolId": POOL, "Username": ALICE, "Password": PASSWORD, "Permanent": false });
    wire.call("AdminSetUserPassword", new).await.unwrap();
    let request = json!({
        "UserPoolId": POOL, "ClientId": "web", "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": with_password(),
    });
    let asked = wire.call("AdminInitiateAuth", request).await.unwrap();
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let responses = json!({ "NEW_PASSWORD": "An0ther-password", "userAttributes.name": "Alice" });
    let mut request = answer_to(&asked, &responses);
    request["UserPoolId"] = POOL.into();
    let answer = wire.call("AdminRespondToAuthChallenge", request).await;
    let token = answer.unwrap()["AuthenticationResult"]["AccessToken"].take();
    let user = wire.call("GetUser", json!({ "AccessToken": token })).await;
    let name = json!({ "Name": "name", "Value": "Alice" });
    let attributes = user.unwrap()["UserAttributes"].take();
    assert!(attributes.as_array().unwrap().contains(&name));
}

#[tokio::test]
async fn the_first_factor_is_chosen() {
    let wire = Wire::with(|settings| settings.allows_email_sign_in = true);
    let wire = wire.and_alice().await;
    let verified = json!([{ "Name": "email_verified", "Value": "true" }]);
    let request = json!({ "UserPoolId": POOL, "Username": ALICE, "UserAttributes": verified });
    wire.call("AdminUpdateUserAttributes", request)
        .await
        .unwrap();
    let asked = begin(&wire, "USER_AUTH", json!({ "USERNAME": ALICE })).await;
    assert_eq!(
        names(&asked),
        [
            "AvailableChallenges",
            "ChallengeName",
            "ChallengeParameters",
            "Session"
        ]
        .into()
    );
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
    assert_eq!(
        asked["AvailableChallenges"],
        json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"])
    );
    let answer = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let answer = wire.call("RespondToAuthChallenge", answer_to(&asked, &answer));
    assert_eq!(
        names(&answer.await.unwrap()),
        ["AuthenticationResult", "ChallengeParameters"].into()
    );
    let answer = json!({ "ANSWER": "PASSWORD_SRP", "SRP_A": "abcdef" });
    let answer = wire.call("RespondToAuthChallenge", answer_to(&asked, &answer));
    assert_eq!(answer.await.unwrap()["ChallengeName"], "PASSWORD_VERIFIER");
    let refused = wire
        .refused(
            "RespondToAuthChallenge",
            answer_to(&asked, &json!({ "ANSWER": "WEB_AUTHN" })),
        )
        .await;
    assert_eq!(refused.0, "InvalidParameterException");

    let preferred = json!({ "USERNAME": ALICE, "PREFERRED_CHALLENGE": "EMAIL_OTP" });
    let asked = begin(&wire, "USER_AUTH", preferred).await;
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    let parameters = &asked["ChallengeParameters"];
    assert_eq!(parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], "EMAIL");
    assert_eq!(parameters["CODE_DELIVERY_DESTINATION"], "a***@e***");
    let wrong = answer_to(&asked, &json!({ "EMAIL_OTP_CODE": "x" }));
    let refused = wire.refused("RespondToAuthChallenge", wrong).await;
    assert_eq!(
        refused,
        (
            "CodeMismatchException",
            "Invalid code received for user".to_owned()
        )
    );
    let right = answer_to(&asked, &json!({ "EMAIL_OTP_CODE": wire.last_code() }));
    let answer = wire.call("RespondToAuthChallenge", right).await.unwrap();
    let token = &answer["AuthenticationResult"]["AccessToken"];
    let factors = wire
        .call("GetUserAuthFactors", json!({ "AccessToken": token }))
        .await
        .unwrap();
    assert_eq!(
        factors["ConfiguredUserAuthFactors"],
        json!(["PASSWORD", "EMAIL_OTP"])
    );
    assert_eq!(
        names(&factors),
        ["ConfiguredUserAuthFactors", "Username"].into()
    );
}

#[tokio::test]
async fn second_factors_are_set_up_and_chosen() {
    let wire = Wire::with(|settings| {
        settings.mfa.requirement = MfaRequirement::Optional;
        settings.mfa.software_token = true;
        settings.mfa.email = true;
    });
    let wire = wire.and_alice().await;
    let verified = json!([{ "Name": "email_verified", "Value": "true" }]);
    let request = json!({ "UserPoolId": POOL, "Username": ALICE, "UserAttributes": verified });
    wire.call("AdminUpdateUserAttributes", request)
        .await
        .unwrap();
    let token = wire.sign_in().await["AccessToken"].take();
    let own = json!({ "AccessToken": token });
    let associated = wire.call("AssociateSoftwareToken", own.clone()).await;
    let associated = associated.unwrap();
    assert_eq!(names(&associated), ["SecretCode"].into());
    let secret = associated["SecretCode"].as_str().unwrap();
    assert!(secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let wrong = json!({ "AccessToken": token, "UserCode": "000000" });
    let set = |settings: &Value| {
        let mut request = own.clone();
        let members = request.as_object_mut().unwrap();
        members.extend(settings.as_object().unwrap().clone());
        request
    };
    let on = json!({ "Enabled": true, "PreferredMfa": true });
    for (operation, request, kind, message) in [
        (
            "VerifySoftwareToken",
            wrong,
            "EnableSoftwareTokenMFAException",
            "Code mismatch",
        ),
        (
            "VerifySoftwareToken",
            json!({ "UserCode": "000000" }),
            "InvalidParameterException",
            "Either an access token or a session must be given.",
        ),
        (
            "AssociateSoftwareToken",
            json!({}),
            "InvalidParameterException",
            "Either an access token or a session must be given.",
        ),
        (
            "AssociateSoftwareToken",
            json!({ "Session": "x".repeat(40) }),
            "NotAuthorizedException",
            "Invalid session for the user.",
        ),
        (
            "SetUserMFAPreference",
            set(&json!({ "SoftwareTokenMfaSettings": on })),
            "SoftwareTokenMFANotFoundException",
            "User has not set up software token mfa",
        ),
        (
            "SetUserMFAPreference",
            set(&json!({ "SMSMfaSettings": on })),
            "InvalidParameterException",
            "SMS_MFA is not served: no text messages are sent.",
        ),
        (
            "SetUserMFAPreference",
            set(&json!({ "SoftwareTokenMfaSettings": on, "EmailMfaSettings": on })),
            "InvalidParameterException",
            "Only one second factor can be the preferred one.",
        ),
    ] {
        let refused = wire.refused(operation, request).await;
        assert_eq!(refused, (kind, message.to_owned()), "{operation}");
    }
    let chosen = wire.call(
        "SetUserMFAPreference",
        set(&json!({ "EmailMfaSettings": on })),
    );
    assert_eq!(chosen.await.unwrap(), json!({}));
    let user = wire.call("GetUser", own).await.unwrap();
    assert_eq!(user["PreferredMfaSetting"], "EMAIL_OTP");
    assert_eq!(user["UserMFASettingList"], json!(["EMAIL_OTP"]));

    let asked = begin(&wire, "USER_PASSWORD_AUTH", with_password()).await;
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    let right = answer_to(&asked, &json!({ "EMAIL_OTP_CODE": wire.last_code() }));
    let answer = wire.call("RespondToAuthChallenge", right).await.unwrap();
    assert!(answer["AuthenticationResult"]["IdToken"].is_string());
    // A challenge is answered as what it is.
    let mut other = answer_to(&asked, &json!({ "SOFTWARE_TOKEN_MFA_CODE": "123456" }));
    other["ChallengeName"] = "SOFTWARE_TOKEN_MFA".into();
    let refused = wire.refused("RespondToAuthChallenge", other).await;
    assert_eq!(refused.1, "Invalid session for the user.");

    let off = json!({
        "UserPoolId": POOL, "Username": ALICE, "EmailMfaSettings": { "Enabled": false }
    });
    let answer = wire.call("AdminSetUserMFAPreference", off).await;
    assert_eq!(answer.unwrap(), json!({}));
    wire.sign_in().await;
}

#[tokio::test]
async fn whoever_must_sets_a_second_factor_up() {
    let wire = Wire::with(|settings| {
        settings.mfa.requirement = MfaRequirement::On;
        settings.mfa.software_token = true;
    });
    let wire = wire.and_alice().await;
    let asked = begin(&wire, "USER_PASSWORD_AUTH", with_password()).await;
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    assert_eq!(
        asked["ChallengeParameters"]["MFAS_CAN_SETUP"],
        r#"["SOFTWARE_TOKEN_MFA"]"#
    );
    let associated = wire
        .call(
            "AssociateSoftwareToken",
            json!({ "Session": asked["Session"] }),
        )
        .await
        .unwrap();
    assert_eq!(names(&associated), ["SecretCode", "Session"].into());
    let verify = json!({ "Session": associated["Session"], "UserCode": "000000" });
    let refused = wire.refused("VerifySoftwareToken", verify).await;
    assert_eq!(refused.0, "EnableSoftwareTokenMFAException");
    for session in [&asked["Session"], &associated["Session"]] {
        let mut asked = asked.clone();
        asked["Session"] = session.clone();
        let refused = wire
            .refused("RespondToAuthChallenge", answer_to(&asked, &json!({})))
            .await;
        assert_eq!(refused.1, "Invalid session for the user.");
    }
}
