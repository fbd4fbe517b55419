//! Groups, their members, and what tokens say of them.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_userpool::{
    UserPoolError,
    groups::{GroupClaims, GroupError, GroupName, GroupSettings},
    user_pool::Tokens,
};
use serde_json::{Map, Value};

use super::pool::{ALICE, PASSWORD, Pool, WEB};

const BOB: &str = "bob@example.com";

fn name(text: &str) -> GroupName {
    text.parse().unwrap()
}

fn settings(precedence: u32, role: &str) -> GroupSettings {
    GroupSettings {
        description: None,
        role_arn: Some(format!("arn:aws:iam::000000000000:role/{role}")),
        precedence: Some(precedence),
    }
}

fn claims(token: &str) -> Map<String, Value> {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn groups_in(tokens: &Tokens) -> [Option<Value>; 2] {
    [&tokens.id, &tokens.access].map(|token| claims(token.expose()).get("cognito:groups").cloned())
}

#[tokio::test]
async fn tokens_name_the_groups_and_id_tokens_the_roles() {
    let pool = Pool::with_alice().await;
    assert_eq!(groups_in(&pool.sign_in().await), [None, None]);
    for (group, settings) in [
        ("plain", GroupSettings::default()),
        ("editors", settings(2, "editor")),
        ("admins", settings(1, "admin")),
        ("others", settings(0, "other")),
    ] {
        pool.pool.create_group(name(group), settings).await.unwrap();
    }
    for group in ["plain", "editors", "admins"] {
        pool.pool
            .admin_add_user_to_group(ALICE, name(group))
            .await
            .unwrap();
    }
    let tokens = pool.sign_in().await;
    let id = claims(tokens.id.expose());
    let role = |role: &str| format!("arn:aws:iam::000000000000:role/{role}");
    let expected = GroupClaims {
        groups: ["admins", "editors", "plain"].map(str::to_owned).to_vec(),
        roles: vec![role("admin"), role("editor")],
        preferred_role: Some(role("admin")),
    };
    assert_eq!(GroupClaims::read(&id), expected);
    let verified = pool.pool.verify_id_token(tokens.id.expose()).await.unwrap();
    assert_eq!(verified.groups(), expected);
    let access = claims(tokens.access.expose());
    assert_eq!(access["cognito:groups"], id["cognito:groups"]);
    assert!(
        !access.contains_key("cognito:roles") && !access.contains_key("cognito:preferred_role")
    );

    // The next tokens say what is so then: of equal precedence, no role is preferred.
    let equal = GroupSettings {
        precedence: Some(1),
        ..GroupSettings::default()
    };
    pool.pool
        .update_group(name("editors"), equal)
        .await
        .unwrap();
    let refresh = tokens.refresh.unwrap();
    let renewed = pool.pool.refresh(WEB, refresh.expose()).await.unwrap();
    assert_eq!(
        GroupClaims::read(&claims(renewed.id.expose())).preferred_role,
        None
    );
}

#[tokio::test]
async fn a_group_is_what_was_said_of_it_last() {
    let pool = Pool::new();
    let made = pool
        .pool
        .create_group(name("admins"), settings(3, "a"))
        .await
        .unwrap();
    assert_eq!(pool.pool.group(name("admins")).unwrap(), made);
    let again = pool
        .pool
        .create_group(name("admins"), GroupSettings::default())
        .await;
    assert!(matches!(
        again,
        Err(UserPoolError::Group(GroupError::Exists(_)))
    ));
    pool.data.wait(5);
    let changes = GroupSettings {
        description: Some("who may do everything".to_owned()),
        ..GroupSettings::default()
    };
    let changed = pool
        .pool
        .update_group(name("admins"), changes)
        .await
        .unwrap();
    assert_eq!(
        changed.settings.precedence,
        Some(3),
        "what is left out stays"
    );
    assert_eq!(changed.created_at, made.created_at);
    assert!(changed.modified_at > made.modified_at);
    let pool = pool.restart();
    assert_eq!(pool.pool.group(name("admins")).unwrap(), changed);
    // Names are told apart by case.
    let other = pool.pool.group(name("Admins"));
    assert!(matches!(
        other,
        Err(UserPoolError::Group(GroupError::NotFound(_)))
    ));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let pool = Pool::with_alice().await;
    let not_found = |outcome: Result<(), UserPoolError>| {
        let Err(UserPoolError::Group(GroupError::NotFound(group))) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(group.as_str(), "none");
    };
    let none = || name("none");
    let api = &pool.pool;
    not_found(api.group(none()).map(drop));
    not_found(
        api.update_group(none(), GroupSettings::default())
            .await
            .map(drop),
    );
    not_found(api.delete_group(none()).await);
    not_found(api.list_users_in_group(none(), None, 10).map(drop));
    not_found(api.admin_add_user_to_group(ALICE, none()).await);
    not_found(api.admin_remove_user_from_group(ALICE, none()).await);
    api.create_group(none(), GroupSettings::default())
        .await
        .unwrap();
    for outcome in [
        api.admin_add_user_to_group(BOB, none()).await,
        api.admin_remove_user_from_group(BOB, none()).await,
        api.admin_list_groups_for_user(BOB, None, 10).map(drop),
    ] {
        assert!(matches!(outcome, Err(UserPoolError::UserNotFound)));
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let pool = Pool::with_alice().await;
    let mut names: Vec<_> = (0..25).map(|number| format!("group-{number:02}")).collect();
    for group in &names {
        pool.pool
            .create_group(name(group), GroupSettings::default())
            .await
            .unwrap();
        pool.pool
            .admin_add_user_to_group(ALICE, name(group))
            .await
            .unwrap();
    }
    for limit in [1, 7, 25, 60] {
        for of_alice in [false, true] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = if of_alice {
                    pool.pool
                        .admin_list_groups_for_user(ALICE, after.as_ref(), limit)
                } else {
                    pool.pool.list_groups(after.as_ref(), limit)
                };
                let page = page.unwrap();
                assert!(page.groups.len() <= limit);
                seen.extend(page.groups.iter().map(|group| group.name.to_string()));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, names);
        }
    }
    // A place is one even if the group there is gone.
    let page = pool.pool.list_groups(None, 5).unwrap();
    pool.pool
        .delete_group(page.next.clone().unwrap())
        .await
        .unwrap();
    let rest = pool.pool.list_groups(page.next.as_ref(), 60).unwrap();
    let rest: Vec<_> = rest
        .groups
        .iter()
        .map(|group| group.name.to_string())
        .collect();
    assert_eq!(rest, names.split_off(5));
}

#[tokio::test]
async fn members_are_listed_page_by_page_and_joining_twice_is_once() {
    let pool = Pool::new();
    pool.pool
        .create_group(name("all"), GroupSettings::default())
        .await
        .unwrap();
    pool.pool
        .create_group(name("other"), GroupSettings::default())
        .await
        .unwrap();
    let mut expected = BTreeSet::new();
    for number in 0..7 {
        let email = format!("user-{number}@example.com");
        let user = pool.pool.sign_up(WEB, &email, PASSWORD, &[]).await.unwrap();
        expected.insert(user.id);
        for _ in 0..2 {
            pool.pool
                .admin_add_user_to_group(&email, name("all"))
                .await
                .unwrap();
        }
    }
    let (mut seen, mut after) = (BTreeSet::new(), None);
    loop {
        let page = pool
            .pool
            .list_users_in_group(name("all"), after, 3)
            .unwrap();
        seen.extend(page.users.iter().map(|user| user.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    assert!(
        pool.pool
            .list_users_in_group(name("other"), None, 3)
            .unwrap()
            .users
            .is_empty()
    );
    for _ in 0..2 {
        let left = pool
            .pool
            .admin_remove_user_from_group("user-0@example.com", name("all"));
        left.await.unwrap();
    }
    let page = pool
        .pool
        .list_users_in_group(name("all"), None, 60)
        .unwrap();
    assert_eq!(page.users.len(), 6);
}

#[tokio::test]
async fn deleted_users_leave_their_groups() {
    let pool = Pool::with_alice().await;
    pool.pool
        .create_group(name("admins"), settings(1, "admin"))
        .await
        .unwrap();
    pool.pool
        .admin_add_user_to_group(ALICE, name("admins"))
        .await
        .unwrap();
    pool.pool.admin_delete_user(ALICE).await.unwrap();
    let page = pool
        .pool
        .list_users_in_group(name("admins"), None, 60)
        .unwrap();
    assert!(page.users.is_empty());
    // Whoever has the address next is somebody else.
    pool.sign_up(ALICE).await;
    let groups = pool
        .pool
        .admin_list_groups_for_user(ALICE, None, 60)
        .unwrap();
    assert!(groups.groups.is_empty());
}

/// A group that is made again under an old name has none of the old one's members, of whom there are more than
/// one write clears away.
#[tokio::test]
async fn ten_a_new_group_has_no_members_of_a_deleted_one() {
    let pool = Pool::with_alice().await;
    let crowd: Vec<_> = (0..70)
        .map(|number| format!("user-{number}@example.com"))
        .collect();
    pool.pool
        .create_group(name("admins"), settings(1, "admin"))
        .await
        .unwrap();
    for email in crowd.iter().map(String::as_str).chain([ALICE]) {
        if email != ALICE {
            pool.sign_up(email).await;
        }
        pool.pool
            .admin_add_user_to_group(email, name("admins"))
            .await
            .unwrap();
    }
    pool.pool.delete_group(name("admins")).await.unwrap();
    for email in crowd.iter().map(String::as_str).chain([ALICE]) {
        let page = pool
            .pool
            .admin_list_groups_for_user(email, None, 60)
            .unwrap();
        assert!(page.groups.is_empty(), "{email}");
    }
    assert_eq!(groups_in(&pool.sign_in().await), [None, None]);
    pool.pool
        .create_group(name("admins"), settings(1, "admin"))
        .await
        .unwrap();
    let page = pool
        .pool
        .list_users_in_group(name("admins"), None, 60)
        .unwrap();
    assert!(page.users.is_empty());
    assert_eq!(groups_in(&pool.sign_in().await), [None, None]);
}

/// Nobody writes the claims of groups by their attributes, and no name is part of another.
#[tokio::test]
async fn ten_jwt_12_no_attribute_and_no_similar_name_makes_a_member() {
    let pool = Pool::with_alice().await;
    for attribute in [
        "cognito:groups",
        "cognito:roles",
        "cognito:preferred_role",
        "custom:cognito:groups",
    ] {
        let attributes = [(attribute.to_owned(), "admins".to_owned())];
        let refused = pool.pool.sign_up(WEB, BOB, PASSWORD, &attributes).await;
        assert!(refused.is_err(), "{attribute}");
    }
    for group in [
        "admins",
        "admins-readers",
        "not,admins",
        "[\"admins\"]",
        "ADMINS",
    ] {
        pool.pool
            .create_group(name(group), GroupSettings::default())
            .await
            .unwrap();
        if group != "admins" {
            pool.pool
                .admin_add_user_to_group(ALICE, name(group))
                .await
                .unwrap();
        }
    }
    for groups in groups_in(&pool.sign_in().await) {
        let groups = groups.unwrap();
        let groups = groups.as_array().unwrap();
        assert_eq!(groups.len(), 4);
        assert!(!groups.contains(&"admins".into()));
    }
    let members = pool
        .pool
        .list_users_in_group(name("admins"), None, 60)
        .unwrap();
    assert!(members.users.is_empty());
}

#[tokio::test]
async fn a_user_is_in_a_hundred_groups_at_most() {
    let pool = Pool::with_alice().await;
    for number in 0..101 {
        let group = name(&format!("group-{number}"));
        pool.pool
            .create_group(group.clone(), GroupSettings::default())
            .await
            .unwrap();
        let joined = pool.pool.admin_add_user_to_group(ALICE, group).await;
        assert_eq!(joined.is_ok(), number < 100, "{number}");
        if let Err(error) = joined {
            assert!(matches!(
                error,
                UserPoolError::Group(GroupError::TooManyGroupsOfUser)
            ));
        }
    }
    // One that is deleted makes room at once.
    pool.pool.delete_group(name("group-7")).await.unwrap();
    pool.pool
        .admin_add_user_to_group(ALICE, name("group-100"))
        .await
        .unwrap();
}
