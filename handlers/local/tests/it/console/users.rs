//! Users, as the console lists them.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Actor, Keys, Place, Signing};

/// An operation of the User Pool, signed by the administrator.
async fn administer(place: &Place, keys: &Keys, operation: &str, mut body: Value) {
    body["UserPoolId"] = place.output("UserPool").into();
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    let mut request = http::Request::post(format!("{}/", place.endpoint))
        .header("host", place.host())
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(body.to_string().into())
        .unwrap();
    Signing::new(keys, "cognito-idp").sign(&mut request);
    place.send(request).await.ok();
}

#[tokio::test]
async fn users_are_listed_in_pages_and_one_opens_to_what_is_theirs() {
    let place = Place::start().await;
    let admin = place.admin_keys();
    let mut people = Vec::new();
    for name in ["alice", "bob", "carol"] {
        people.push(Actor::sign_up(&place, name).await);
    }
    let alice = &people[0];
    administer(
        &place,
        &admin,
        "CreateGroup",
        json!({ "GroupName": "writers" }),
    )
    .await;
    let member = json!({ "GroupName": "writers", "Username": alice.name });
    administer(&place, &admin, "AdminAddUserToGroup", member).await;
    administer(
        &place,
        &admin,
        "AdminDisableUser",
        json!({ "Username": people[1].name }),
    )
    .await;

    // Page by page, each once.
    let (mut listed, mut after) = (Vec::new(), String::new());
    loop {
        let page = place
            .get(&format!("/_local/users?limit=2{after}"))
            .await
            .ok()
            .json();
        let users = page["users"].as_array().unwrap();
        assert!(users.len() <= 2);
        listed.extend(users.iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let by_name = |name: &str| listed.iter().find(|user| user["email"] == name).unwrap();
    assert_eq!(listed.len(), 3);
    let shown = by_name(&alice.name);
    assert_eq!(shown["status"], "CONFIRMED");
    assert_eq!(shown["groups"], json!(["writers"]));
    assert_eq!(shown["isEnabled"], true);
    assert_eq!(by_name(&people[1].name)["isEnabled"], false);

    // One in full: identity, sign-ins and credentials, none of them usable.
    let id = shown["id"].as_str().unwrap();
    let answer = place.get(&format!("/_local/users/{id}")).await.ok();
    let full = answer.json();
    assert_eq!(full["identity"]["id"], alice.identity_id.as_str());
    assert_eq!(full["identity"]["logins"][0][1], id);
    assert_eq!(
        full["identity"]["credentials"][0]["accessKeyId"],
        alice.keys.id.as_str()
    );
    assert_eq!(full["signIns"][0]["state"], "valid");
    for secret in [
        &alice.keys.secret,
        alice.keys.token.as_ref().unwrap(),
        &alice.id_token,
        &alice.access_token,
    ] {
        assert!(!answer.text().contains(secret.as_str()));
    }
    place
        .idp(
            "GlobalSignOut",
            json!({ "AccessToken": alice.access_token }),
        )
        .await
        .ok();
    let full = place.get(&format!("/_local/users/{id}")).await.ok().json();
    assert_eq!(full["signIns"][0]["state"], "signed out");
}

#[tokio::test]
async fn what_is_no_user_and_no_page_is_said_to_be_none() {
    let place = Place::start().await;
    assert_eq!(
        place.get("/_local/users").await.ok().json(),
        json!({ "users": [], "next": null })
    );
    for path in [
        "users/nobody@example.com",
        "users/",
        "users/x/y",
        "users/%00",
    ] {
        place.get(&format!("/_local/{path}")).await.status(404);
    }
    for query in ["limit=0", "limit=61", "after=x", "after=%FF", "page=2"] {
        let answer = place
            .get(&format!("/_local/users?{query}"))
            .await
            .status(400);
        assert!(
            answer.json()["message"].as_str().unwrap().contains('`'),
            "{query}"
        );
    }
    let post = super::asked(
        &place,
        Method::POST,
        "users",
        &[("x-notewarden-command", "1")],
    );
    place.send(post).await.status(405);
}
