//! What a template may say of the identity pool beyond the bundled one: guests, roles by claims, tags by claims.

use std::collections::BTreeMap;

use notewarden_infra::{AmbiguousRole, MatchType, Stack, Template, TemplateError};

use super::place;

const TEMPLATE: &str = include_str!("../../template.yaml");
const ROLES: &str = "        authenticated: !GetAtt AuthRole.Arn\n";
const PROVIDER: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool00000";

/// The bundled template with `more` behind the pool's roles.
fn with(more: &str) -> Result<Stack, TemplateError> {
    assert_eq!(TEMPLATE.matches(ROLES).count(), 1);
    let text = TEMPLATE.replace(ROLES, &format!("{ROLES}{more}"));
    Template::parse(&text)?.deploy(&place())
}

#[test]
fn guests_have_a_role_of_their_own() {
    let pool = with("        unauthenticated: arn:aws:iam::000000000000:role/Guest\n");
    assert_eq!(
        pool.unwrap().identity_pool.unauthenticated_role.as_deref(),
        Some("arn:aws:iam::000000000000:role/Guest")
    );
}

#[test]
fn roles_are_mapped_by_tokens_and_by_rules() {
    let stack = with(
        "      RoleMappings:
        Users:
          IdentityProvider: !Sub \"${UserPool.ProviderName}:${UserPoolClient}\"
          Type: Token
          AmbiguousRoleResolution: Deny
        accounts.google.com:
          Type: Rules
          AmbiguousRoleResolution: AuthenticatedRole
          RulesConfiguration:
            Rules:
              - { Claim: hd, MatchType: Equals, Value: example.com, RoleARN: !GetAtt AuthRole.Arn }
",
    );
    let pool = stack.unwrap().identity_pool;
    let users = &pool.role_mappings[&format!("{PROVIDER}:client00000000000000000000")];
    assert_eq!(
        (users.rules.is_none(), users.ambiguous),
        (true, AmbiguousRole::Deny)
    );
    let google = &pool.role_mappings["accounts.google.com"];
    assert_eq!(google.ambiguous, AmbiguousRole::AuthenticatedRole);
    let [rule] = google.rules.as_deref().unwrap() else {
        panic!("{google:?}");
    };
    assert_eq!(
        (rule.claim.as_str(), rule.match_type),
        ("hd", MatchType::Equals)
    );
    assert_eq!(rule.value, "example.com");
    assert_eq!(rule.role_arn, pool.authenticated_role);
}

#[test]
fn a_mapping_that_means_nothing_is_refused() {
    for (bad, named) in [
        (
            "Type: Token\n          RulesConfiguration: { Rules: [] }",
            "RulesConfiguration",
        ),
        ("Type: Rules", "RulesConfiguration"),
        ("Type: Other", "Other"),
        ("Type: Token\n          Unknown: x", "Unknown"),
    ] {
        let refused = with(&format!(
            "      RoleMappings:
        accounts.google.com:
          AmbiguousRoleResolution: Deny
          {bad}
"
        ));
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(named), "{refused}");
    }
}

#[test]
fn claims_become_tags_by_name_or_as_usual() {
    let tags = |more: &str| {
        with(&format!(
            "
  Tags:
    Type: AWS::Cognito::IdentityPoolPrincipalTag
    Properties:
      IdentityPoolId: !Ref IdentityPool
      IdentityProviderName: !GetAtt UserPool.ProviderName
{more}"
        ))
    };
    let of =
        |pairs: [(&str, &str); 2]| BTreeMap::from(pairs.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let usual = tags("      UseDefaults: true\n").unwrap().identity_pool;
    assert_eq!(
        usual.principal_tags[PROVIDER],
        of([("client", "aud"), ("username", "sub")])
    );
    let named = tags("      PrincipalTags: { team: custom:team, mail: email }\n").unwrap();
    assert_eq!(
        named.identity_pool.principal_tags[PROVIDER],
        of([("team", "custom:team"), ("mail", "email")])
    );
    for bad in [
        "",
        "      UseDefaults: true\n      PrincipalTags: { a: b }\n",
    ] {
        let refused = tags(bad).unwrap_err().to_string();
        assert!(refused.contains("PrincipalTags"), "{refused}");
    }
}
