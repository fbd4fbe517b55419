//! Attributes, passwords, lists and the end of accounts on the wire.

use serde_json::{Value, json};

use super::{ALICE, PASSWORD, POOL, Wire, names};

const NEW: &str = "An0ther-password";

/// A pool with Alice, whose address is verified, and her access token.
async fn signed_in() -> (Wire, Value) {
    let wire = Wire::with_alice().await;
    let verified = json!([{ "Name": "email_verified", "Value": "true" }]);
    let request = json!({ "UserPoolId": POOL, "Username": ALICE, "UserAttributes": verified });
    let answer = wire.call("AdminUpdateUserAttributes", request).await;
    assert_eq!(answer.unwrap(), json!({}));
    let token = wire.sign_in().await["AccessToken"].take();
    (wire, token)
}

#[tokio::test]
async fn a_changed_address_is_verified() {
    let (wire, token) = signed_in().await;
    let attributes =
        json!([{ "Name": "email", "Value": "a@example.org" }, { "Name": "name", "Value": "A" }]);
    let request = json!({ "AccessToken": token, "UserAttributes": attributes });
    let delivery = json!({
        "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"
    });
    assert_eq!(
        wire.call("UpdateUserAttributes", request).await.unwrap(),
        json!({ "CodeDeliveryDetailsList": [delivery] })
    );
    let request = json!({ "AccessToken": token, "AttributeName": "email" });
    assert_eq!(
        wire.call("GetUserAttributeVerificationCode", request)
            .await
            .unwrap(),
        json!({ "CodeDeliveryDetails": delivery })
    );
    let request =
        json!({ "AccessToken": token, "AttributeName": "email", "Code": wire.last_code() });
    assert_eq!(
        wire.call("VerifyUserAttribute", request).await.unwrap(),
        json!({})
    );
    let request = json!({ "AccessToken": token, "UserAttributeNames": ["name"] });
    assert_eq!(
        wire.call("DeleteUserAttributes", request).await.unwrap(),
        json!({})
    );
    let user = wire.call("GetUser", json!({ "AccessToken": token })).await;
    let user = user.unwrap();
    assert_eq!(
        user["UserAttributes"],
        json!([
            { "Name": "sub", "Value": user["Username"] },
            { "Name": "email_verified", "Value": "true" },
            { "Name": "email", "Value": "a@example.org" },
        ])
    );
    let request =
        json!({ "UserPoolId": POOL, "Username": "a@example.org", "UserAttributeNames": ["name"] });
    let answer = wire.call("AdminDeleteUserAttributes", request).await;
    assert_eq!(answer.unwrap(), json!({}));
}

#[tokio::test]
async fn a_password_is_changed_forgotten_reset_and_gone() {
    let (wire, token) = signed_in().await;
    let change = json!({
        "AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": NEW
    });
    assert_eq!(
        wire.call("ChangePassword", change).await.unwrap(),
        json!({})
    );
    let forgot = json!({ "ClientId": "web", "Username": ALICE });
    let answer = wire.call("ForgotPassword", forgot).await.unwrap();
    assert_eq!(names(&answer), ["CodeDeliveryDetails"].into());
    let confirm = |code: String| {
        json!({
            "ClientId": "web", "Username": ALICE, "ConfirmationCode": code, "Password": PASSWORD
        })
    };
    let answer = wire.call("ConfirmForgotPassword", confirm(wire.last_code()));
    assert_eq!(answer.await.unwrap(), json!({}));

    let reset = json!({ "UserPoolId": POOL, "Username": ALICE });
    let answer = wire.call("AdminResetUserPassword", reset.clone()).await;
    assert_eq!(answer.unwrap(), json!({}));
    let user = wire.call("AdminGetUser", reset).await.unwrap();
    assert_eq!(user["UserStatus"], "RESET_REQUIRED");
    let parameters = json!({ "USERNAME": ALICE, "PASSWORD": PASSWORD });
    let sign_in = json!({ "ClientId": "web", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let refused = wire.refused("InitiateAuth", sign_in).await;
    assert_eq!(refused.0, "PasswordResetRequiredException");
    let answer = wire.call("ConfirmForgotPassword", confirm(wire.last_code()));
    answer.await.unwrap();

    let token = wire.sign_in().await["AccessToken"].take();
    let own = json!({ "AccessToken": token });
    let answer = wire.call("DeleteUser", own.clone()).await;
    assert_eq!(answer.unwrap(), json!({}));
    let gone = wire.refused("GetUser", own).await;
    assert_eq!(gone.0, "UserNotFoundException");
}

#[tokio::test]
async fn refusals_of_changes_have_cognitos_names_and_words() {
    let (wire, token) = signed_in().await;
    wire.call(
        "SignUp",
        json!({ "ClientId": "web", "Username": "bob@example.com", "Password": PASSWORD }),
    )
    .await
    .unwrap();
    let attribute = |name: &str, value: &str| {
        let attributes = json!([{ "Name": name, "Value": value }]);
        json!({ "AccessToken": token, "UserAttributes": attributes })
    };
    let forgot = |username: &str, code: &str, password: &str| json!({ "ClientId": "web", "Username": username, "ConfirmationCode": code, "Password": password });
    for (operation, request, kind, message) in [
        (
            "UpdateUserAttributes",
            attribute("email_verified", "true"),
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        ),
        (
            "UpdateUserAttributes",
            attribute("custom:tenant", "x"),
            "InvalidParameterException",
            "Attributes did not conform to the schema: Type for attribute {custom:tenant} could not be determined",
        ),
        (
            "UpdateUserAttributes",
            attribute("email", "Bob@example.com"),
            "AliasExistsException",
            "An account with the given email already exists.",
        ),
        (
            "UpdateUserAttributes",
            json!({ "AccessToken": token }),
            "InvalidParameterException",
            "1 validation error detected: Value null at 'userAttributes' failed to satisfy constraint: Member must \
             not be null",
        ),
        (
            "DeleteUserAttributes",
            json!({ "AccessToken": token, "UserAttributeNames": ["email"] }),
            "InvalidParameterException",
            "Cannot delete the attribute email: every user has it.",
        ),
        (
            "VerifyUserAttribute",
            json!({ "AccessToken": token, "AttributeName": "phone_number", "Code": "123456" }),
            "InvalidParameterException",
            "Codes verify the attribute email only, not phone_number.",
        ),
        (
            "VerifyUserAttribute",
            json!({ "AccessToken": token, "AttributeName": "email", "Code": "123456" }),
            "ExpiredCodeException",
            "Invalid code provided, please request a code again.",
        ),
        (
            "ChangePassword",
            json!({ "AccessToken": token, "PreviousPassword": "Wr0ng-password", "ProposedPassword": NEW }),
            "NotAuthorizedException",
            "Incorrect username or password.",
        ),
        (
            "ChangePassword",
            json!({ "AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": "password" }),
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have uppercase characters",
        ),
        (
            "ConfirmForgotPassword",
            forgot(ALICE, "123456", NEW),
            "CodeMismatchException",
            "Invalid verification code provided, please try again.",
        ),
        (
            "ConfirmForgotPassword",
            forgot("nobody@example.com", "123456", NEW),
            "CodeMismatchException",
            "Invalid verification code provided, please try again.",
        ),
        (
            "AdminResetUserPassword",
            json!({ "UserPoolId": POOL, "Username": "bob@example.com" }),
            "InvalidParameterException",
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ),
        (
            "AdminUpdateUserAttributes",
            json!({ "UserPoolId": POOL, "Username": "nobody@example.com", "UserAttributes": [] }),
            "UserNotFoundException",
            "User does not exist.",
        ),
        (
            "DeleteUser",
            json!({ "AccessToken": "a.b.c" }),
            "NotAuthorizedException",
            "Invalid Access Token",
        ),
    ] {
        let refused = wire.refused(operation, request).await;
        assert_eq!(refused, (kind, message.to_owned()), "{operation}");
    }
}

#[tokio::test]
async fn a_list_shows_whom_and_what_was_asked_for() {
    let wire = Wire::with_alice().await;
    for name in ["bob", "bobby", "carol"] {
        let request = json!({
            "UserPoolId": POOL, "Username": format!("{name}@example.com"), "MessageAction": "SUPPRESS",
            "UserAttributes": [{ "Name": "given_name", "Value": name }],
        });
        wire.call("AdminCreateUser", request).await.unwrap();
    }
    let list = async |filter: &str, limit: u8| {
        let request = json!({
            "UserPoolId": POOL, "Filter": filter, "Limit": limit, "AttributesToGet": ["email"]
        });
        let mut emails = Vec::new();
        let mut token = None;
        loop {
            let mut request = request.clone();
            if let Some(token) = token {
                request["PaginationToken"] = token;
            }
            let mut page = wire.call("ListUsers", request).await.unwrap();
            for user in page["Users"].as_array().unwrap() {
                let attributes = user["Attributes"].as_array().unwrap();
                assert_eq!(attributes.len(), 1);
                emails.push(attributes[0]["Value"].as_str().unwrap().to_owned());
            }
            token = page.get_mut("PaginationToken").map(Value::take);
            if token.is_none() {
                emails.sort();
                return emails;
            }
        }
    };
    let bobs = ["bob@example.com", "bobby@example.com"];
    for limit in [1, 2, 60] {
        assert_eq!(list("email = \"BOB@example.com\"", limit).await, bobs[..1]);
        assert_eq!(list("email ^= \"bob\"", limit).await, bobs);
        assert_eq!(list("given_name ^= \"bo\"", limit).await, bobs);
        assert_eq!(list("given_name = \"bo\"", limit).await, bobs[..0]);
        let unconfirmed = list("cognito:user_status = \"Force_Change_Password\"", limit).await;
        assert_eq!(unconfirmed.len(), 3);
        assert_eq!(list("status = \"Enabled\"", limit).await.len(), 4);
        assert_eq!(list("username = \"x\"", limit).await, bobs[..0]);
    }
    for (filter, message) in [
        ("locale = \"de\"", "Invalid search attribute: locale"),
        (
            "email",
            "Invalid filter: it must be of the form attribute = \"value\" or attribute ^= \"value\"",
        ),
    ] {
        let request = json!({ "UserPoolId": POOL, "Filter": filter });
        let refused = wire.refused("ListUsers", request).await;
        assert_eq!(refused, ("InvalidParameterException", message.to_owned()));
    }
    // A token of another list.
    let request = json!({ "UserPoolId": POOL, "Filter": "email ^= \"bob\"", "Limit": 1 });
    let page = wire.call("ListUsers", request).await.unwrap();
    let other = json!({ "UserPoolId": POOL, "PaginationToken": page["PaginationToken"] });
    let refused = wire.refused("ListUsers", other).await;
    assert_eq!(refused.1, "Invalid pagination token");
}
