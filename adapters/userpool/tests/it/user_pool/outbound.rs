//! Functions of the pool's owner and its mail: whom the pool calls, with what, and what becomes of the answers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_userpool::{
    UserPoolError,
    groups::{GroupClaims, GroupName, GroupSettings},
    mail::{Mail, Mailer, NotSent},
    triggers::{EventVersion, Trigger, TriggerFailure, TriggerHost},
    user_pool::{ClientData, NewUser, Tokens},
    users::UserStatus,
};
use serde_json::{Map, Value, json};

use super::pool::{ALICE, PASSWORD, POOL, Pool, WEB};

/// Functions that answer what they are told to, and remember what they were called with.
#[derive(Default)]
struct Functions {
    answers: Mutex<BTreeMap<Trigger, Result<Value, TriggerFailure>>>,
    events: Mutex<Vec<(Trigger, Value)>>,
    has_second_version: bool,
}

impl Functions {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "whoever calls it makes the answer there"
    )]
    fn answer(&self, trigger: Trigger, response: Value) {
        let answer = Ok(json!({ "response": response }));
        self.answers.lock().unwrap().insert(trigger, answer);
    }

    fn fail(&self, trigger: Trigger, failure: TriggerFailure) {
        self.answers.lock().unwrap().insert(trigger, Err(failure));
    }

    fn events(&self) -> Vec<(Trigger, Value)> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    fn sources(&self) -> Vec<String> {
        let source = |(_, event): (Trigger, Value)| {
            event
                .get("triggerSource")
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        self.events().into_iter().map(source).collect()
    }
}

#[async_trait]
impl TriggerHost for Functions {
    fn version(&self, trigger: Trigger) -> Option<EventVersion> {
        let has_answer = self.answers.lock().unwrap().contains_key(&trigger);
        let version = if self.has_second_version && trigger == Trigger::PreTokenGeneration {
            EventVersion::V2
        } else {
            EventVersion::V1
        };
        has_answer.then_some(version)
    }

    async fn call(&self, trigger: Trigger, event: Value) -> Result<Value, TriggerFailure> {
        self.events.lock().unwrap().push((trigger, event));
        self.answers.lock().unwrap().get(&trigger).unwrap().clone()
    }
}

fn with(mut pool: Pool, functions: &Arc<Functions>) -> Pool {
    pool.pool = pool.pool.with_triggers(Arc::clone(functions) as _);
    pool
}

fn claims(token: &str) -> Map<String, Value> {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn both(tokens: &Tokens) -> [Map<String, Value>; 2] {
    [&tokens.id, &tokens.access].map(|token| claims(token.expose()))
}

#[tokio::test]
async fn a_function_sees_a_sign_up_before_there_is_a_user() {
    let functions = Arc::new(Functions::default());
    functions.answer(Trigger::PreSignUp, json!({}));
    let pool = with(Pool::new(), &functions);
    let data = ClientData {
        validation: Map::from_iter([("invitation".to_owned(), "x".into())]),
        metadata: Map::from_iter([("campaign".to_owned(), "y".into())]),
    };
    let attributes = [("name".to_owned(), "Alice".to_owned())];
    let signed_up = pool
        .pool
        .sign_up_with(WEB, ALICE, PASSWORD, &attributes, &data);
    let signed_up = signed_up.await.unwrap();
    assert!(!signed_up.is_confirmed && signed_up.delivery.is_some());
    let [(_, event)] = functions.events().try_into().unwrap();
    assert_eq!(
        event,
        json!({
            "version": "1",
            "triggerSource": "PreSignUp_SignUp",
            "region": "us-east-1",
            "userPoolId": POOL,
            "userName": signed_up.id,
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": WEB.id },
            "request": {
                "userAttributes": { "email": ALICE, "name": "Alice" },
                "validationData": { "invitation": "x" },
                "clientMetadata": { "campaign": "y" },
            },
            "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
        })
    );
}

#[tokio::test]
async fn a_function_refuses_a_user() {
    let functions = Arc::new(Functions::default());
    let pool = with(Pool::new(), &functions);
    for failure in [
        TriggerFailure::Refused("not invited".to_owned()),
        TriggerFailure::NoAnswer("late".to_owned()),
        TriggerFailure::InvalidAnswer("no json".to_owned()),
    ] {
        functions.fail(Trigger::PreSignUp, failure.clone());
        let refused = pool.pool.sign_up(WEB, ALICE, PASSWORD, &[]).await;
        let Err(UserPoolError::Trigger {
            trigger,
            failure: found,
        }) = refused
        else {
            panic!("{refused:?}");
        };
        assert_eq!((trigger, found), (Trigger::PreSignUp, failure));
        let invited = NewUser {
            username: ALICE,
            temporary_password: None,
            attributes: &[],
            is_invited: true,
        };
        assert!(pool.pool.admin_create_user(invited).await.is_err());
    }
    assert!(matches!(
        pool.pool.admin_get_user(ALICE),
        Err(UserPoolError::UserNotFound)
    ));
    assert!(pool.pool.inbox().unwrap().is_empty());
    functions.answer(Trigger::PreSignUp, json!({ "autoConfirmUser": "yes" }));
    let refused = pool.pool.sign_up(WEB, ALICE, PASSWORD, &[]).await;
    assert!(matches!(
        refused,
        Err(UserPoolError::Trigger {
            failure: TriggerFailure::InvalidAnswer(_),
            ..
        })
    ));
}

#[tokio::test]
async fn a_function_confirms_a_user_without_a_code() {
    let functions = Arc::new(Functions::default());
    functions.answer(
        Trigger::PreSignUp,
        json!({ "autoConfirmUser": true, "autoVerifyEmail": true }),
    );
    functions.answer(Trigger::PostConfirmation, json!({}));
    let pool = with(Pool::new(), &functions);
    let signed_up = pool.pool.sign_up(WEB, ALICE, PASSWORD, &[]).await.unwrap();
    assert!(signed_up.is_confirmed && signed_up.delivery.is_none());
    assert!(pool.pool.inbox().unwrap().is_empty());
    assert_eq!(
        functions.sources(),
        ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    );
    let profile = pool.pool.admin_get_user(ALICE).unwrap();
    assert_eq!(profile.status, UserStatus::Confirmed);
    assert!(
        profile
            .attributes
            .contains(&("email_verified".to_owned(), "true".to_owned()))
    );
    pool.sign_in().await;
    // Whom it does not confirm it cannot verify.
    functions.answer(Trigger::PreSignUp, json!({ "autoVerifyEmail": true }));
    pool.pool
        .sign_up(WEB, "bob@example.com", PASSWORD, &[])
        .await
        .unwrap();
    let profile = pool.pool.admin_get_user("bob@example.com").unwrap();
    assert!(
        profile
            .attributes
            .contains(&("email_verified".to_owned(), "false".to_owned()))
    );
}

#[tokio::test]
async fn a_function_learns_of_confirmations_and_undoes_none() {
    let functions = Arc::new(Functions::default());
    let pool = with(Pool::new(), &functions);
    functions.fail(
        Trigger::PostConfirmation,
        TriggerFailure::Refused("full".to_owned()),
    );
    pool.sign_up(ALICE).await;
    let failed = pool
        .pool
        .confirm_sign_up(WEB, ALICE, &pool.last_code())
        .await;
    assert!(
        matches!(failed, Err(UserPoolError::Trigger { .. })),
        "{failed:?}"
    );
    let [(_, event)] = functions.events().try_into().unwrap();
    assert_eq!(event["triggerSource"], "PostConfirmation_ConfirmSignUp");
    assert_eq!(
        event["request"]["userAttributes"]["cognito:user_status"],
        "CONFIRMED"
    );
    assert_eq!(event["request"]["userAttributes"]["email_verified"], "true");
    pool.sign_in().await;

    functions.answer(Trigger::PostConfirmation, json!({}));
    pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    let code = pool.last_code();
    let confirmed = pool
        .pool
        .confirm_forgot_password(WEB, ALICE, &code, "N3w-Passw0rd!");
    confirmed.await.unwrap();
    pool.sign_up("bob@example.com").await;
    pool.pool
        .admin_confirm_sign_up("bob@example.com")
        .await
        .unwrap();
    assert_eq!(
        functions.sources(),
        [
            "PostConfirmation_ConfirmForgotPassword",
            "PostConfirmation_ConfirmSignUp"
        ]
    );
}

#[tokio::test]
async fn a_function_changes_id_tokens() {
    let functions = Arc::new(Functions::default());
    let pool = with(Pool::with_alice().await, &functions);
    let group: GroupName = "admins".parse().unwrap();
    pool.pool
        .create_group(group.clone(), GroupSettings::default())
        .await
        .unwrap();
    pool.pool
        .admin_add_user_to_group(ALICE, group)
        .await
        .unwrap();
    functions.answer(
        Trigger::PreTokenGeneration,
        json!({ "claimsOverrideDetails": {
            "claimsToAddOrOverride": { "plan": "gold", "sub": "forged", "aud": "forged", "exp": "9999999999" },
            "claimsToSuppress": ["email", "token_use"],
            "groupOverrideDetails": { "groupsToOverride": ["guests"], "iamRolesToOverride": ["r"], "preferredRole": "r" },
        }}),
    );
    let tokens = pool.sign_in().await;
    let [id, access] = both(&tokens);
    assert_eq!(
        (&id["plan"], &id["aud"], &id["token_use"]),
        (&json!("gold"), &json!(WEB.id), &json!("id"))
    );
    assert!(!id.contains_key("email") && !access.contains_key("plan"));
    assert_eq!(id["sub"], access["sub"]);
    let groups = GroupClaims::read(&id);
    assert_eq!(
        (groups.groups, groups.preferred_role),
        (vec!["guests".to_owned()], Some("r".to_owned()))
    );
    assert_eq!(access["cognito:groups"], json!(["guests"]));
    pool.pool.verify_id_token(tokens.id.expose()).await.unwrap();
    let [(_, event)] = functions.events().try_into().unwrap();
    assert_eq!(event["triggerSource"], "TokenGeneration_Authentication");
    assert_eq!(
        event["request"]["groupConfiguration"]["groupsToOverride"],
        json!(["admins"])
    );
    assert_eq!(event["request"]["userAttributes"]["email"], ALICE);

    let refresh = tokens.refresh.unwrap();
    let renewed = pool.pool.refresh(WEB, refresh.expose()).await.unwrap();
    assert_eq!(claims(renewed.id.expose())["plan"], "gold");
    assert_eq!(functions.sources(), ["TokenGeneration_RefreshTokens"]);
    functions.fail(
        Trigger::PreTokenGeneration,
        TriggerFailure::Refused("blocked".to_owned()),
    );
    let refused = pool.sign_in_with(PASSWORD).await;
    assert!(
        matches!(refused, Err(UserPoolError::Trigger { .. })),
        "{refused:?}"
    );
    let refused = pool.pool.refresh(WEB, refresh.expose()).await;
    assert!(matches!(refused, Err(UserPoolError::Trigger { .. })));
}

#[tokio::test]
async fn the_second_version_changes_access_tokens() {
    let functions = Arc::new(Functions {
        has_second_version: true,
        ..Functions::default()
    });
    let pool = with(Pool::with_alice().await, &functions);
    functions.answer(
        Trigger::PreTokenGeneration,
        json!({ "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {
                "claimsToAddOrOverride": { "tenant": 7, "client_id": "forged" },
                "scopesToAdd": ["notes/read"],
            },
        }}),
    );
    let tokens = pool.sign_in().await;
    let [id, access] = both(&tokens);
    assert_eq!(
        (&access["tenant"], &access["client_id"]),
        (&json!(7), &json!(WEB.id))
    );
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin notes/read");
    assert!(!id.contains_key("tenant"));
    pool.pool.get_user(tokens.access.expose()).await.unwrap();
    let [(_, event)] = functions.events().try_into().unwrap();
    assert_eq!(event["version"], "2");
    assert_eq!(
        event["request"]["scopes"],
        json!(["aws.cognito.signin.user.admin"])
    );
}

/// A mailer that keeps what it takes, and takes nothing when it is told so.
#[derive(Default)]
struct Mailbox {
    taken: Mutex<Vec<Mail>>,
    is_down: Mutex<bool>,
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: Mail) -> Result<(), NotSent> {
        if *self.is_down.lock().unwrap() {
            return Err(NotSent);
        }
        self.taken.lock().unwrap().push(mail);
        Ok(())
    }
}

impl Mailbox {
    /// The last word of the last mail, once there are `count`.
    async fn code(&self, count: usize) -> String {
        while self.taken.lock().unwrap().len() < count {
            tokio::task::yield_now().await;
        }
        let taken = self.taken.lock().unwrap();
        let body = taken.last().unwrap().body.expose();
        body.rsplit(' ').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_pool_with_a_mailer_keeps_no_inbox() {
    let mailbox = Arc::new(Mailbox::default());
    let mut pool = Pool::new();
    pool.pool = pool.pool.with_mailer(Arc::clone(&mailbox) as _);
    pool.sign_up(ALICE).await;
    let code = mailbox.code(1).await;
    assert_eq!(mailbox.taken.lock().unwrap()[0].to, ALICE.parse().unwrap());
    pool.pool.confirm_sign_up(WEB, ALICE, &code).await.unwrap();
    pool.pool.forgot_password(WEB, ALICE).await.unwrap();
    let code = mailbox.code(2).await;
    let reset = pool
        .pool
        .confirm_forgot_password(WEB, ALICE, &code, "N3w-Passw0rd!");
    reset.await.unwrap();
    assert!(pool.pool.inbox().unwrap().is_empty());
}

#[tokio::test]
async fn a_user_whose_mail_is_not_taken_stays_and_can_ask_for_another() {
    let mailbox = Arc::new(Mailbox::default());
    let mut pool = Pool::new();
    pool.pool = pool.pool.with_mailer(Arc::clone(&mailbox) as _);
    *mailbox.is_down.lock().unwrap() = true;
    let failed = pool.pool.sign_up(WEB, ALICE, PASSWORD, &[]).await;
    assert!(
        matches!(failed, Err(UserPoolError::NotSent(_))),
        "{failed:?}"
    );
    // Whether there is such a user is told by no failure.
    for name in [ALICE, "nobody@example.com"] {
        pool.pool.resend_confirmation_code(WEB, name).await.unwrap();
    }
    *mailbox.is_down.lock().unwrap() = false;
    pool.data.wait(60);
    pool.pool
        .resend_confirmation_code(WEB, ALICE)
        .await
        .unwrap();
    let code = mailbox.code(1).await;
    pool.pool.confirm_sign_up(WEB, ALICE, &code).await.unwrap();
    pool.sign_in().await;
}
