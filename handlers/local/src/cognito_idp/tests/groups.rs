//! Groups on the wire.

use serde_json::{Value, json};

use super::{ALICE, POOL, Wire, names};

/// A request about the group `name`, with `more` members.
fn group(name: &str, more: &Value) -> Value {
    let mut members = json!({ "UserPoolId": POOL, "GroupName": name });
    let named = members.as_object_mut().unwrap();
    named.extend(more.as_object().unwrap().clone());
    members
}

#[tokio::test]
async fn a_group_is_answered_as_it_was_described() {
    let wire = Wire::new();
    let role = "arn:aws:iam::000000000000:role/admin";
    let described = json!({ "Description": "all", "RoleArn": role, "Precedence": 0 });
    let made = wire.call("CreateGroup", group("admins", &described)).await;
    let made = made.unwrap();
    assert_eq!(names(&made), ["Group"].into());
    assert_eq!(made["Group"]["GroupName"], "admins");
    assert_eq!(made["Group"]["UserPoolId"], POOL);
    assert_eq!(made["Group"]["Description"], "all");
    assert_eq!(made["Group"]["RoleArn"], role);
    assert_eq!(made["Group"]["Precedence"], 0);
    let shown = wire.call("GetGroup", group("admins", &json!({}))).await;
    assert_eq!(shown.unwrap(), made);
    // What was not said is not answered.
    let plain = wire.call("CreateGroup", group("plain", &json!({}))).await;
    assert_eq!(
        names(&plain.unwrap()["Group"]),
        [
            "CreationDate",
            "GroupName",
            "LastModifiedDate",
            "UserPoolId"
        ]
        .into()
    );
    let changed = wire.call("UpdateGroup", group("admins", &json!({ "Precedence": 5 })));
    let changed = changed.await.unwrap();
    assert_eq!(changed["Group"]["Precedence"], 5);
    assert_eq!(changed["Group"]["RoleArn"], role);
}

#[tokio::test]
async fn lists_go_on_where_a_token_says() {
    let wire = Wire::with_alice().await;
    for name in ["a,b", "ä", "z"] {
        wire.call("CreateGroup", group(name, &json!({})))
            .await
            .unwrap();
        let join = group(name, &json!({ "Username": ALICE }));
        assert_eq!(
            wire.call("AdminAddUserToGroup", join).await.unwrap(),
            json!({})
        );
    }
    for operation in ["ListGroups", "AdminListGroupsForUser"] {
        let (mut seen, mut token) = (Vec::new(), Value::Null);
        loop {
            let request = json!({
                "UserPoolId": POOL, "Username": ALICE, "Limit": 1, "NextToken": token
            });
            let mut page = wire.call(operation, request).await.unwrap();
            seen.push(page["Groups"][0]["GroupName"].take());
            token = page["NextToken"].take();
            if token.is_null() {
                break;
            }
        }
        assert_eq!(seen, ["a,b", "z", "ä"], "{operation}");
    }
    let page = wire.call("ListUsersInGroup", group("z", &json!({ "Limit": 1 })));
    let page = page.await.unwrap();
    assert_eq!(names(&page), ["Users"].into());
    assert_eq!(page["Users"][0]["UserStatus"], "CONFIRMED");
}

#[tokio::test]
async fn refusals_have_the_names_of_aws() {
    let wire = Wire::with_alice().await;
    let none = || group("none", &json!({ "Username": ALICE }));
    let missing = ("ResourceNotFoundException", "Group not found.".to_owned());
    for operation in [
        "GetGroup",
        "UpdateGroup",
        "DeleteGroup",
        "ListUsersInGroup",
        "AdminAddUserToGroup",
        "AdminRemoveUserFromGroup",
    ] {
        assert_eq!(
            wire.refused(operation, none()).await,
            missing,
            "{operation}"
        );
    }
    wire.call("CreateGroup", none()).await.unwrap();
    let (kind, _) = wire.refused("CreateGroup", none()).await;
    assert_eq!(kind, "GroupExistsException");
    let nobody = group("none", &json!({ "Username": "nobody" }));
    for operation in [
        "AdminAddUserToGroup",
        "AdminRemoveUserFromGroup",
        "AdminListGroupsForUser",
    ] {
        let (kind, _) = wire.refused(operation, nobody.clone()).await;
        assert_eq!(kind, "UserNotFoundException", "{operation}");
    }
    let elsewhere = json!({ "UserPoolId": "us-east-1_Other", "GroupName": "none" });
    let (kind, _) = wire.refused("GetGroup", elsewhere).await;
    assert_eq!(kind, "ResourceNotFoundException");
    for (operation, more) in [
        ("CreateGroup", json!({ "GroupName": "a b" })),
        ("CreateGroup", json!({ "GroupName": "" })),
        ("CreateGroup", json!({ "GroupName": "x".repeat(129) })),
        ("CreateGroup", json!({ "Precedence": -1 })),
        ("CreateGroup", json!({ "Precedence": 1_i64 << 31 })),
        ("CreateGroup", json!({ "RoleArn": "admin" })),
        (
            "CreateGroup",
            json!({ "RoleArn": "arn:aws:iam::x:role/admin-role" }),
        ),
        ("CreateGroup", json!({ "Description": "x".repeat(2_049) })),
        ("ListGroups", json!({ "Limit": 61 })),
        ("ListGroups", json!({ "NextToken": "!" })),
        ("ListUsersInGroup", json!({ "NextToken": "none" })),
    ] {
        let (kind, _) = wire.refused(operation, group("none", &more)).await;
        assert_eq!(kind, "InvalidParameterException", "{operation} {more}");
    }
}
