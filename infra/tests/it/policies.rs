//! The policies, as documents: what the auth role may do is written out here once more, for a reviewer to read.

use notewarden_domain::policy::{Policy, PolicyKind};
use serde_json::{Value, json};

use super::stack;

#[test]
fn only_people_signed_in_through_the_pool_assume_the_auth_role() {
    let role = &stack().roles[0];
    assert_eq!(
        serde_json::from_str::<Value>(&role.trust_policy).unwrap()["Statement"],
        json!([{
            "Sid": "SignedInThroughThisIdentityPool",
            "Effect": "Allow",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "cognito-identity.amazonaws.com:aud": "us-east-1:00000000-0000-4000-8000-00000000000a"
                },
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}
            }
        }])
    );
}

#[test]
fn the_auth_role_may_use_its_own_folder_and_the_api_and_nothing_else() {
    let stack = stack();
    assert_eq!(stack.roles.len(), 1);
    let statements: Vec<Value> = stack.roles[0]
        .permissions
        .iter()
        .flat_map(|policy| {
            let document: Value = serde_json::from_str(&policy.document).unwrap();
            assert_eq!(document["Version"], "2012-10-17");
            document["Statement"].as_array().unwrap().clone()
        })
        .collect();
    assert_eq!(
        Value::from(statements),
        json!([
            {
                "Sid": "FilesInOwnFolder",
                "Effect": "Allow",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::notewarden-files/private/${cognito-identity.amazonaws.com:sub}/*"
            },
            {
                "Sid": "ListOwnFolder",
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": "arn:aws:s3:::notewarden-files",
                "Condition": {
                    "StringLike": {"s3:prefix": "private/${cognito-identity.amazonaws.com:sub}/*"}
                }
            },
            {
                "Sid": "CallTheApi",
                "Effect": "Allow",
                "Action": "execute-api:*",
                "Resource": "arn:aws:execute-api:us-east-1:000000000000:api0000000/*/*/*"
            }
        ])
    );
}

#[test]
fn the_bucket_is_closed_to_everything_without_tls() {
    let policy: Value = serde_json::from_str(&stack().bucket.policy).unwrap();
    let statement = &policy["Statement"][0];
    assert_eq!(statement["Effect"], "Deny");
    assert_eq!(statement["Principal"], "*");
    assert_eq!(
        statement["Resource"],
        json!([
            "arn:aws:s3:::notewarden-files",
            "arn:aws:s3:::notewarden-files/*"
        ])
    );
    assert_eq!(
        statement["Condition"],
        json!({"Bool": {"aws:SecureTransport": "false"}})
    );
}

#[test]
fn every_policy_passes_the_check_without_a_warning() {
    let stack = stack();
    let roles = stack.roles.iter().flat_map(|role| {
        let permissions = role.permissions.iter();
        let permissions = permissions.map(|p| (p.name.as_str(), &p.document, PolicyKind::Identity));
        permissions.chain([(role.name.as_str(), &role.trust_policy, PolicyKind::Trust)])
    });
    let bucket = ("the bucket's", &stack.bucket.policy, PolicyKind::Resource);
    let mut checked = 0;
    for (name, document, kind) in roles.chain([bucket]) {
        let (_, warnings) = Policy::check(document, kind).unwrap();
        assert_eq!(warnings, [], "{name}");
        checked += 1;
    }
    assert!(checked > 3, "only {checked} were checked");
}
