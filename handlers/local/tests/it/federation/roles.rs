//! Roles that are assumed by whoever signs: `AssumeRole`, with tags, chains and session policies.

use http::Method;

use super::{Issuer, actor, element, given, role, start, sts};
use crate::support::Actor;

const TAGGED: &str =
    "Tags.member.1.Key=team&Tags.member.1.Value=blue&TransitiveTagKeys.member.1=team";

#[tokio::test]
async fn ten_03_13_a_session_has_its_tags_and_no_more_than_its_policy() {
    let place = start(&Issuer::start().await).await;
    let admin = place.admin_keys();
    let ops = role(&place, "OpsRole");
    let assume =
        |more: &str| format!("Action=AssumeRole&RoleArn={ops}&RoleSessionName=ops-1&{more}");
    let answer = sts(&place, Some(&admin), &assume(TAGGED)).await.ok();
    let name = ops.rsplit_once('/').unwrap().1;
    assert_eq!(
        element(&answer, "Arn"),
        format!("arn:aws:sts::000000000000:assumed-role/{name}/ops-1")
    );
    let session = actor(&place, "", given(&answer));
    let put = |who: &Actor, key: &str| {
        let (who, path) = (who.clone(), who.place.object(key));
        async move { who.s3(Method::PUT, &path, &[], "x").await }
    };
    put(&session, "teams/blue/x").await.ok();
    put(&session, "teams/red/x")
        .await
        .s3_error(403, "AccessDenied");
    // A tag is established by the session, not by a header.
    let path = place.object("teams/red/x");
    let claimed = [("aws-principaltag-team", "red")];
    let refused = session.s3(Method::PUT, &path, &claimed, "x").await;
    refused.s3_error(403, "AccessDenied");

    // Without a tag the policy's variable has no value.
    let untagged = actor(
        &place,
        "",
        given(&sts(&place, Some(&admin), &assume("")).await.ok()),
    );
    put(&untagged, "teams//x")
        .await
        .s3_error(403, "AccessDenied");

    // A session policy that allows everything adds nothing; one that allows reading takes writing away.
    let document = |action: &str| {
        format!(
            "Policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action\
             %22%3A%22{action}%22%2C%22Resource%22%3A%22%2A%22%7D%7D&{TAGGED}"
        )
    };
    for (action, writes) in [("%2A", true), ("s3%3AGetObject", false)] {
        let answer = sts(&place, Some(&admin), &assume(&document(action)))
            .await
            .ok();
        assert!(answer.text().contains("<PackedPolicySize>"));
        let narrowed = actor(&place, "", given(&answer));
        let own = put(&narrowed, "teams/blue/x").await;
        assert_eq!(own.status.is_success(), writes, "{action}");
        put(&narrowed, "teams/red/x")
            .await
            .s3_error(403, "AccessDenied");
    }
}

#[tokio::test]
async fn a_role_is_given_to_whom_it_trusts_and_for_as_long_as_it_says() {
    let place = start(&Issuer::start().await).await;
    let (admin, alice) = (place.admin_keys(), Actor::sign_up(&place, "alice").await);
    let ops = role(&place, "OpsRole");
    let assume = |role: &str, name: &str, more: &str| {
        format!("Action=AssumeRole&RoleArn={role}&RoleSessionName={name}&{more}")
    };
    for (keys, form) in [
        // She has no permission to assume roles.
        (&alice.keys, assume(&ops, "ops-1", "")),
        // The role wants another name of the session.
        (&admin, assume(&ops, "other", "")),
        // It trusts the identity pool only.
        (&admin, assume(place.output("AuthRoleArn"), "ops-1", "")),
        (&admin, assume(&role(&place, "NoSuchRole"), "ops-1", "")),
        // A function's role is for nobody but Lambda.
        (
            &admin,
            assume(&role(&place, "ApiFunctionRole"), "ops-1", ""),
        ),
        // It lets nobody say who is behind the session.
        (&admin, assume(&ops, "ops-1", "SourceIdentity=alice")),
    ] {
        let refused = sts(&place, Some(keys), &form).await.status(403);
        assert_eq!(element(&refused, "Code"), "AccessDenied", "{form}");
        let decision = place.decision_on(&refused).await;
        assert_eq!(decision["decision"], "ImplicitlyDenied", "{form}");
    }
    for more in [
        "DurationSeconds=7201",
        "DurationSeconds=899",
        "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/AdministratorAccess",
        "Tags.member.1.Key=aws:team&Tags.member.1.Value=x",
    ] {
        let refused = sts(&place, Some(&admin), &assume(&ops, "ops-1", more)).await;
        assert_eq!(
            element(&refused.status(400), "Code"),
            "ValidationError",
            "{more}"
        );
    }
    let refused = sts(
        &place,
        Some(&admin),
        &assume(&ops, "ops-1", "Policy=%7B%7D"),
    )
    .await;
    assert_eq!(
        element(&refused.status(400), "Code"),
        "MalformedPolicyDocument"
    );

    // A session assumes it again, by its own permission: its transitive tags go on, and an hour is the most.
    let form = format!("DurationSeconds=7200&{TAGGED}");
    let first = given(
        &sts(&place, Some(&admin), &assume(&ops, "ops-1", &form))
            .await
            .ok(),
    );
    let second = sts(&place, Some(&first), &assume(&ops, "ops-2", ""))
        .await
        .ok();
    let second = actor(&place, "", given(&second));
    let path = place.object("teams/blue/x");
    second.s3(Method::PUT, &path, &[], "x").await.ok();
    let long = assume(&ops, "ops-2", "DurationSeconds=3601");
    let refused = sts(&place, Some(&first), &long).await.status(400);
    assert_eq!(element(&refused, "Code"), "ValidationError");
    let retagged = assume(
        &ops,
        "ops-2",
        "Tags.member.1.Key=team&Tags.member.1.Value=red",
    );
    let refused = sts(&place, Some(&first), &retagged).await.status(400);
    assert_eq!(element(&refused, "Code"), "ValidationError");
}
