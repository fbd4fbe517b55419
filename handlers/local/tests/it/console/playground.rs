//! The policy playground: the last decisions made again by edited policies.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Actor, Answer, Place};

async fn replay(place: &Place, body: &Value) -> Answer {
    let request = super::asked(
        place,
        Method::POST,
        "playground",
        &[("x-notewarden-command", "1")],
    );
    place.send(request.map(|_| body.to_string().into())).await
}

/// The policies as the template has them, with what `edit` makes of the texts.
async fn edited(place: &Place, edit: impl Fn(&str) -> String) -> Value {
    let shown = place.get("/_local/playground").await.ok().json();
    let policies = shown["policies"].as_array().unwrap().iter().map(
        |policy| json!({ "name": policy["name"], "text": edit(policy["text"].as_str().unwrap()) }),
    );
    json!({ "policies": policies.collect::<Vec<_>>() })
}

#[tokio::test]
async fn unchanged_policies_flip_nothing_and_changed_ones_what_they_change() {
    let place = Place::start().await;
    let (alice, bob) = (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    );
    alice.put("a.txt", "a").await.ok();
    alice.get("/notes").await.ok();
    let foreign = bob.key("b.txt");
    let foreign = place.object(&foreign.replace(':', "%3A"));
    alice
        .s3(Method::GET, &foreign, &[], "")
        .await
        .s3_error(403, "AccessDenied");

    let body = edited(&place, str::to_owned).await;
    let same = replay(&place, &body).await.ok().json();
    assert_eq!(same["flipped"], 0, "{same}");
    assert_eq!(same["warnings"], json!([]));
    assert_eq!(same["decisions"].as_array().unwrap().len(), 3);

    // Wider: whoever is signed in reads everybody's folder. As the template writes it, functions and all.
    let wider = edited(&place, |text| {
        text.replace("/${!cognito-identity.amazonaws.com:sub}/*", "/*")
    });
    let wider = replay(&place, &wider.await).await.ok().json();
    assert_eq!(wider["flipped"], 1, "{wider}");
    let flipped = &wider["decisions"][0];
    assert_eq!(flipped["before"], "ImplicitlyDenied");
    assert_eq!(flipped["after"], "Allowed");
    assert!(
        flipped["reason"]
            .as_str()
            .unwrap()
            .contains("FilesInOwnFolder")
    );

    // Narrower, in JSON: nothing but the API.
    let only = json!({ "policies": [{ "name": "Api", "text": "{\"Version\": \"2012-10-17\", \"Statement\": \
        {\"Effect\": \"Allow\", \"Action\": \"execute-api:Invoke\", \"Resource\": \"*\"}}" }] });
    let only = replay(&place, &only).await.ok().json();
    assert_eq!(only["flipped"], 1, "{only}");
    assert_eq!(only["decisions"][2]["after"], "ImplicitlyDenied");

    // Nothing of it is in force, and none of it is a decision.
    alice.put("a.txt", "b").await.ok();
    alice
        .s3(Method::GET, &foreign, &[], "")
        .await
        .s3_error(403, "AccessDenied");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_where_it_stands() {
    let place = Place::start().await;
    for (text, line, message) in [
        (
            "Version: '2012-10-17'\nStatement:\n  - Effect: Permit\n    Action: s3:*\n    Resource: '*'",
            3,
            "must be `Allow` or `Deny`",
        ),
        (
            "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: s3:*\n    Resource: !Ref Nowhere",
            5,
            "`Nowhere`",
        ),
        ("Statement: [", 2, ""),
        ("{\n  \"Statement\": {\"Effect\": \"Allow\"}\n}", 2, ""),
        ("{", 1, ""),
        ("", 1, ""),
    ] {
        let body = json!({ "policies": [{ "name": "P", "text": text }] });
        let answer = replay(&place, &body).await.status(422).json();
        let problem = &answer["problems"][0];
        assert_eq!(problem["policy"], "P");
        assert_eq!(problem["line"], line, "{answer}");
        assert!(
            problem["message"].as_str().unwrap().contains(message),
            "{answer}"
        );
    }
    let doubtful = json!({ "policies": [{ "name": "P", "text":
        "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: s3:GetObjekt\n    Resource: '*'" }] });
    let doubtful = replay(&place, &doubtful).await.ok().json();
    assert_eq!(doubtful["warnings"][0]["line"], 4, "{doubtful}");
}

#[tokio::test]
async fn what_is_sent_is_bounded() {
    let place = Place::start().await;
    for body in [
        json!(null),
        json!({}),
        json!({ "policies": "x" }),
        json!({ "policies": [], "more": 1 }),
        json!({ "policies": vec![json!({ "name": "P", "text": "" }); 21] }),
    ] {
        let answer = replay(&place, &body).await.status(400).json();
        assert!(answer["message"].is_string(), "{answer}");
    }
    let large = json!({ "policies": [{ "name": "P", "text": "x".repeat(130 << 10) }] });
    replay(&place, &large).await.status(413);
    // No policy at all allows nothing, and there is nothing to be decided again.
    let none = replay(&place, &json!({ "policies": [] })).await.ok().json();
    assert_eq!(
        none,
        json!({ "flipped": 0, "decisions": [], "warnings": [] })
    );
}
