//! Ways to temporary credentials beside the user pool: other issuers, guests, the classic flow, and roles that are
//! assumed. The template is the bundled one with more roles, and a pool that lets in more.

pub mod issuer;
pub mod presets;
mod roles;

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use self::issuer::Issuer;
use crate::support::{Actor, Answer, Keys, Place, Signing};

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

/// Roles for guests, and for people of the account.
const ROLES: &str = "  GuestRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: \"2012-10-17\"
        Statement:
          - Effect: Allow
            Principal: { Federated: cognito-identity.amazonaws.com }
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals: { cognito-identity.amazonaws.com:aud: !Ref IdentityPool }
              ForAnyValue:StringLike: { cognito-identity.amazonaws.com:amr: unauthenticated }
      Policies:
        - PolicyName: Everything
          PolicyDocument:
            Version: \"2012-10-17\"
            Statement: [{ Effect: Allow, Action: \"*\", Resource: \"*\" }]

  OpsRole:
    Type: AWS::IAM::Role
    Properties:
      MaxSessionDuration: 7200
      AssumeRolePolicyDocument:
        Version: \"2012-10-17\"
        Statement:
          - Effect: Allow
            Principal: { AWS: \"000000000000\" }
            Action: [sts:AssumeRole, sts:TagSession]
            Condition:
              StringLike: { sts:RoleSessionName: ops-* }
      Policies:
        - PolicyName: TeamFolder
          PolicyDocument:
            Version: \"2012-10-17\"
            Statement:
              - Effect: Allow
                Action: [s3:GetObject, s3:PutObject]
                Resource: !Sub \"${Bucket.Arn}/teams/${!aws:PrincipalTag/team}/*\"
              - { Effect: Allow, Action: sts:*, Resource: \"*\" }

";

fn template() -> String {
    let roles = "        authenticated: !GetAtt AuthRole.Arn\n";
    for once in [
        roles,
        "AllowUnauthenticatedIdentities: false",
        "AllowClassicFlow: false",
        "\n  AuthRole:\n",
    ] {
        assert_eq!(TEMPLATE.matches(once).count(), 1, "{once}");
    }
    TEMPLATE
        .replace(
            roles,
            &format!("{roles}        unauthenticated: !GetAtt GuestRole.Arn\n"),
        )
        .replace(
            "AllowUnauthenticatedIdentities: false",
            "AllowUnauthenticatedIdentities: true",
        )
        .replace("AllowClassicFlow: false", "AllowClassicFlow: true")
        .replace("\n  AuthRole:\n", &format!("\n{ROLES}  AuthRole:\n"))
}

async fn start(issuer: &Issuer) -> Arc<Place> {
    Place::start_with(Some(&template()), Some(&issuer.description())).await
}

/// Posts a form to STS, signed by `keys` if there are any.
async fn sts(place: &Place, keys: Option<&Keys>, form: &str) -> Answer {
    let mut request: Request<Bytes> = Request::post(format!("{}/", place.endpoint))
        .header("host", place.host())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("Version=2011-06-15&{form}").into())
        .unwrap();
    if let Some(keys) = keys {
        Signing::new(keys, "sts").sign(&mut request);
    }
    place.send(request).await
}

fn element<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let (_, rest) = answer.text().split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}

/// The credentials that STS has given.
fn given(answer: &Answer) -> Keys {
    Keys {
        id: element(answer, "AccessKeyId").to_owned(),
        secret: element(answer, "SecretAccessKey").to_owned(),
        token: Some(element(answer, "SessionToken").to_owned()),
    }
}

/// Somebody with these credentials, known by this identity.
fn actor(place: &Arc<Place>, identity_id: &str, keys: Keys) -> Actor {
    Actor {
        place: Arc::clone(place),
        name: "somebody".to_owned(),
        identity_id: identity_id.to_owned(),
        keys,
        id_token: String::new(),
        access_token: String::new(),
    }
}

/// The parts of the policies that a decision was made by.
fn layers(decision: &Value) -> Vec<&str> {
    let policies = decision["explanation"]["policies"].as_array().unwrap();
    let layers = policies
        .iter()
        .map(|policy| policy["layer"].as_str().unwrap());
    layers.collect()
}

pub async fn id_of(place: &Place, logins: &Value) -> String {
    let wanted = json!({ "IdentityPoolId": place.output("IdentityPool"), "Logins": logins });
    let answer = place.identity("GetId", wanted).await.ok();
    answer.json()["IdentityId"].as_str().unwrap().to_owned()
}

pub async fn credentials(place: &Arc<Place>, id: &str, logins: &Value) -> Actor {
    let wanted = json!({ "IdentityId": id, "Logins": logins });
    let answer = place.identity("GetCredentialsForIdentity", wanted).await;
    let answer = answer.ok().json();
    let part = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    let keys = Keys {
        id: part("AccessKeyId"),
        secret: part("SecretKey"),
        token: Some(part("SessionToken")),
    };
    actor(place, answer["IdentityId"].as_str().unwrap(), keys)
}

fn role(place: &Place, name: &str) -> String {
    place.output("AuthRoleArn").replace("AuthRole", name)
}

#[tokio::test]
async fn people_of_any_issuer_use_the_api_until_they_are_unlinked() {
    let issuer = Issuer::start().await;
    let place = start(&issuer).await;
    let logins = json!({ issuer.name(): issuer.token("carol") });
    let id = id_of(&place, &logins).await;
    assert_eq!(id_of(&place, &logins).await, id);
    let carol = credentials(&place, &id, &logins).await;
    carol.note("hers").await;
    carol.put("file.txt", "hers").await.ok();

    for bad in [
        issuer.token_for("carol", "another-client"),
        issuer
            .token("carol")
            .trim_end_matches(|c| c != '.')
            .to_owned(),
        "x".to_owned(),
    ] {
        let logins = json!({ issuer.name(): bad });
        let wanted = json!({ "IdentityId": id, "Logins": logins });
        let refused = place.identity("GetCredentialsForIdentity", wanted).await;
        let refused = refused.status(400).json();
        assert_eq!(refused["__type"], "NotAuthorizedException");
    }

    let unlink = |logins: &Value| json!({ "IdentityId": id, "Logins": logins, "LoginsToRemove": [issuer.name()] });
    let dave = json!({ issuer.name(): issuer.token("dave") });
    let refused = place.identity("UnlinkIdentity", unlink(&dave)).await;
    assert_eq!(
        refused.status(400).json()["__type"],
        "NotAuthorizedException"
    );
    carol.get("/notes").await.status(200);
    place.identity("UnlinkIdentity", unlink(&logins)).await.ok();
    // At once, and for ever: whoever signs in again is somebody new.
    carol.get("/notes").await.forbidden();
    let wanted = json!({ "IdentityId": id, "Logins": logins });
    let refused = place.identity("GetCredentialsForIdentity", wanted).await;
    assert_eq!(
        refused.status(400).json()["__type"],
        "NotAuthorizedException"
    );
    let refused = place
        .identity("GetCredentialsForIdentity", json!({ "IdentityId": id }))
        .await;
    assert_eq!(
        refused.status(400).json()["__type"],
        "NotAuthorizedException"
    );
    assert_ne!(id_of(&place, &logins).await, id);
}

#[tokio::test]
async fn credentials_end_with_the_account() {
    let place = Place::start().await;
    let (alice, bob) = (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    );
    alice.get("/notes").await.status(200);
    let admin = actor(&place, "", place.admin_keys());
    let body = json!({ "UserPoolId": place.output("UserPool"), "Username": alice.name });
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        (
            "x-amz-target",
            "AWSCognitoIdentityProviderService.AdminDeleteUser",
        ),
    ];
    let mut request = admin.request(Method::POST, "/", &headers, body.to_string());
    Signing::new(&admin.keys, "cognito-idp").sign(&mut request);
    place.send(request).await.ok();
    alice.get("/notes").await.forbidden();
    bob.get("/notes").await.status(200);
    // Whoever signs up by the same address is somebody else.
    let again = Actor::sign_up(&place, "alice").await;
    assert_ne!(again.identity_id, alice.identity_id);
    again.get("/notes").await.status(200);
}

#[tokio::test]
async fn ten_25_guests_reach_what_aws_lets_guests_reach_and_become_somebody() {
    let issuer = Issuer::start().await;
    let place = start(&issuer).await;
    let nothing = json!({});
    let id = id_of(&place, &nothing).await;
    let guest = credentials(&place, &id, &nothing).await;
    // The guests' role allows everything, and the enhanced flow some services.
    guest.put("file.txt", "theirs").await.ok();
    let assume = format!(
        "Action=AssumeRole&RoleSessionName=ops-1&RoleArn={}",
        role(&place, "OpsRole")
    );
    let denied = sts(&place, Some(&guest.keys), &assume).await.status(403);
    assert_eq!(element(&denied, "Code"), "AccessDenied");

    let logins = json!({ issuer.name(): issuer.token("erin") });
    let erin = credentials(&place, &id, &logins).await;
    assert_eq!(erin.identity_id, id);
    // It is a guest's no more.
    let wanted = json!({ "IdentityId": id });
    let refused = place.identity("GetCredentialsForIdentity", wanted).await;
    assert_eq!(
        refused.status(400).json()["__type"],
        "NotAuthorizedException"
    );
    // Another guest who signs in as her is led to hers.
    let other = id_of(&place, &nothing).await;
    let again = credentials(&place, &other, &logins).await;
    assert_eq!(again.identity_id, id);
    let listed = list(&place, true).await;
    assert!(
        listed.contains(&id) && !listed.contains(&other),
        "{listed:?}"
    );
    assert!(list(&place, false).await.contains(&other));
}

/// The ids of all identities, two a page.
async fn list(place: &Arc<Place>, hides_disabled: bool) -> Vec<String> {
    let admin = actor(place, "", place.admin_keys());
    let (mut ids, mut next) = (Vec::new(), Value::Null);
    loop {
        let mut body = json!({
            "IdentityPoolId": place.output("IdentityPool"), "MaxResults": 2, "HideDisabled": hides_disabled,
        });
        if !next.is_null() {
            body["NextToken"] = next;
        }
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "AWSCognitoIdentityService.ListIdentities"),
        ];
        let mut request = admin.request(Method::POST, "/", &headers, body.to_string());
        Signing::new(&admin.keys, "cognito-identity").sign(&mut request);
        let page = place.send(request).await.ok().json();
        let identities = page["Identities"].as_array().unwrap();
        assert!(identities.len() <= 2);
        ids.extend(
            identities
                .iter()
                .map(|identity| identity["IdentityId"].as_str().unwrap().to_owned()),
        );
        next = page["NextToken"].clone();
        if next.is_null() {
            return ids;
        }
    }
}

#[tokio::test]
async fn the_classic_flow_gives_a_token_and_the_token_a_role() {
    let issuer = Issuer::start().await;
    let place = start(&issuer).await;
    let logins = json!({ issuer.name(): issuer.token("carol") });
    let id = id_of(&place, &logins).await;
    let wanted = json!({ "IdentityId": id, "Logins": logins });
    let answer = place.identity("GetOpenIdToken", wanted).await.ok().json();
    let token = answer["Token"].as_str().unwrap().to_owned();
    let assume = |role: &str, token: &str| {
        format!(
            "Action=AssumeRoleWithWebIdentity&RoleSessionName=app&RoleArn={role}&WebIdentityToken={token}"
        )
    };
    let auth_role = place.output("AuthRoleArn").to_owned();
    let answer = sts(&place, None, &assume(&auth_role, &token)).await.ok();
    assert_eq!(element(&answer, "SubjectFromWebIdentityToken"), id);
    assert_eq!(element(&answer, "Audience"), place.output("IdentityPool"));
    assert_eq!(
        element(&answer, "Provider"),
        "cognito-identity.amazonaws.com"
    );
    let carol = actor(&place, &id, given(&answer));
    carol.note("hers").await;
    carol.put("file.txt", "hers").await.ok();

    // Within a policy of its own a session may do less.
    let policy = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22\
                  Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
    let form = format!("{}&Policy={policy}", assume(&auth_role, &token));
    let narrow = actor(&place, &id, given(&sts(&place, None, &form).await.ok()));
    let path = narrow.path("file.txt");
    narrow.s3(Method::GET, &path, &[], "").await.ok();
    let refused = narrow.put("file.txt", "x").await;
    let decision = place.decision_on(&refused).await;
    assert_eq!(
        layers(&decision),
        ["Identity", "Identity", "Resource", "Session"]
    );
    refused.s3_error(403, "AccessDenied");
    narrow.get("/notes").await.forbidden();

    // The guests' role trusts no one who has signed in, and the log says why.
    let refused = sts(&place, None, &assume(&role(&place, "GuestRole"), &token)).await;
    assert_eq!(element(&refused, "Code"), "AccessDenied");
    let decision = place.decision_on(&refused.status(403)).await;
    assert_eq!(decision["action"], "sts:AssumeRoleWithWebIdentity");
    assert_eq!(decision["decision"], "ImplicitlyDenied");
    let context = &decision["explanation"]["context"];
    assert_eq!(context["cognito-identity.amazonaws.com:sub"], id.as_str());
    assert_eq!(layers(&decision), ["Resource"]);
    let trust = &decision["explanation"]["policies"][0];
    assert_eq!(trust["policy"], "TrustPolicy");
    assert!(trust["text"].as_str().unwrap().contains("unauthenticated"));
    // A role that is not there is refused alike; a provider's own token is no pass to the pool's role.
    for (role, token) in [
        (role(&place, "NoSuchRole"), token.clone()),
        (auth_role.clone(), issuer.token("carol")),
    ] {
        let refused = sts(&place, None, &assume(&role, &token)).await.status(403);
        assert_eq!(element(&refused, "Code"), "AccessDenied");
    }
    let mut forged = token.clone();
    forged.truncate(token.len() - 4);
    for bad in [forged.as_str(), "aaaa", "a.b.c"] {
        let refused = sts(&place, None, &assume(&auth_role, bad))
            .await
            .status(400);
        assert_eq!(element(&refused, "Code"), "InvalidIdentityToken");
    }

    // An identity that is gone has no sessions, and its token opens none.
    let unlink = json!({ "IdentityId": id, "Logins": logins, "LoginsToRemove": [issuer.name()] });
    place.identity("UnlinkIdentity", unlink).await.ok();
    carol.get("/notes").await.forbidden();
    let refused = sts(&place, None, &assume(&auth_role, &token))
        .await
        .status(403);
    assert_eq!(element(&refused, "Code"), "AccessDenied");
}
