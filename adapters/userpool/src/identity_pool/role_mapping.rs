//! Which role a login gives, in place of the pool's: as its token says, or as rules about its claims say.

use serde_json::{Map, Value};

/// How the logins of one provider are given roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleMapping {
    /// Where the roles come from.
    pub source: RoleSource,
    /// What happens when they do not come to one.
    pub ambiguous: AmbiguousRole,
}

/// Where roles come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleSource {
    /// The token: `cognito:preferred_role`, or the only one of `cognito:roles`.
    Token,
    /// The first of these rules that fits.
    Rules(Vec<MappingRule>),
}

/// What happens when no role, or no single one, comes of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmbiguousRole {
    /// It gives the pool's role.
    AuthenticatedRole,
    /// It gives none.
    Deny,
}

/// A role for logins whose claim fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingRule {
    /// The claim's name.
    pub claim: String,
    /// How it is compared.
    pub comparison: ClaimComparison,
    /// What it is compared with.
    pub value: String,
    /// The ARN of the role.
    pub role_arn: String,
}

/// How a claim is compared with a rule's value. Of a claim that is a list, such as `cognito:groups`, whole elements are
/// compared: part of a group's name is no group. A claim that is not there fits no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimComparison {
    /// It is the value.
    Equals,
    /// It is not.
    NotEqual,
    /// It begins with the value.
    StartsWith,
    /// The value is part of it, or one of the list.
    Contains,
}

/// The roles that a login gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// All that may be asked for.
    pub(super) roles: Vec<String>,
    /// The one that is given unasked.
    pub(super) preferred: Option<String>,
}

impl RoleMapping {
    /// What a login with these claims is offered.
    pub(super) fn offer(&self, claims: &Map<String, Value>) -> Offer {
        match &self.source {
            RoleSource::Token => of_token(claims),
            RoleSource::Rules(rules) => {
                let fitting = rules.iter().filter(|rule| rule.fits(claims));
                let roles: Vec<_> = fitting.map(|rule| rule.role_arn.clone()).collect();
                let preferred = roles.first().cloned();
                Offer { roles, preferred }
            }
        }
    }
}

fn of_token(claims: &Map<String, Value>) -> Offer {
    let listed = claims.get("cognito:roles").and_then(Value::as_array);
    let listed = listed.map(Vec::as_slice).unwrap_or_default();
    let mut roles: Vec<String> = listed
        .iter()
        .filter_map(|role| Some(role.as_str()?.to_owned()))
        .collect();
    let preferred = claims.get("cognito:preferred_role").and_then(Value::as_str);
    let preferred = match (preferred, roles.as_slice()) {
        (Some(preferred), _) => Some(preferred.to_owned()),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    };
    if let Some(preferred) = &preferred
        && !roles.contains(preferred)
    {
        roles.push(preferred.clone());
    }
    Offer { roles, preferred }
}

impl MappingRule {
    fn fits(&self, claims: &Map<String, Value>) -> bool {
        let Some(claim) = claims.get(&self.claim) else {
            return false;
        };
        if let Value::Array(elements) = claim {
            let is_listed = elements
                .iter()
                .any(|element| text(element).as_ref() == Some(&self.value));
            return match self.comparison {
                ClaimComparison::Contains => is_listed,
                ClaimComparison::NotEqual => !is_listed,
                ClaimComparison::Equals => is_listed && elements.len() == 1,
                ClaimComparison::StartsWith => false,
            };
        }
        text(claim).is_some_and(|claim| match self.comparison {
            ClaimComparison::Equals => claim == self.value,
            ClaimComparison::NotEqual => claim != self.value,
            ClaimComparison::StartsWith => claim.starts_with(&self.value),
            ClaimComparison::Contains => claim.contains(&self.value),
        })
    }
}

/// A claim as text, if it is a single value.
pub(super) fn text(claim: &Value) -> Option<String> {
    match claim {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(claim.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn fits(claim: &str, comparison: ClaimComparison, value: &str, of: &Value) -> bool {
        let rule = MappingRule {
            claim: claim.to_owned(),
            comparison,
            value: value.to_owned(),
            role_arn: String::new(),
        };
        rule.fits(&claims(of))
    }

    #[test]
    fn claims_are_compared_in_four_ways() {
        use ClaimComparison::{Contains, Equals, NotEqual, StartsWith};
        let of = || json!({ "department": "sales-eu", "email_verified": true, "level": 7 });
        for (claim, comparison, value, expected) in [
            ("department", Equals, "sales-eu", true),
            ("department", Equals, "sales", false),
            ("department", Equals, "SALES-EU", false),
            ("department", NotEqual, "sales", true),
            ("department", NotEqual, "sales-eu", false),
            ("department", StartsWith, "sales", true),
            ("department", StartsWith, "eu", false),
            ("department", Contains, "s-e", true),
            ("department", Contains, "us", false),
            ("email_verified", Equals, "true", true),
            ("level", Equals, "7", true),
            ("missing", Equals, "", false),
            ("missing", NotEqual, "anything", false),
        ] {
            assert_eq!(
                fits(claim, comparison, value, &of()),
                expected,
                "{claim} {comparison:?} {value}"
            );
        }
    }

    #[test]
    fn jwt_12_part_of_a_group_s_name_is_no_group() {
        use ClaimComparison::{Contains, Equals, NotEqual, StartsWith};
        let of = || json!({ "cognito:groups": ["non-admins", "readers"] });
        for comparison in [Contains, Equals, StartsWith] {
            assert!(
                !fits("cognito:groups", comparison, "admins", &of()),
                "{comparison:?}"
            );
        }
        assert!(fits("cognito:groups", Contains, "readers", &of()));
        assert!(fits("cognito:groups", NotEqual, "admins", &of()));
        assert!(!fits("cognito:groups", NotEqual, "readers", &of()));
        assert!(!fits("cognito:groups", StartsWith, "read", &of()));
    }

    #[test]
    fn a_token_prefers_a_role_or_has_only_one() {
        let preferred = |value: Value| of_token(&claims(&value)).preferred;
        assert_eq!(
            preferred(json!({ "cognito:preferred_role": "a", "cognito:roles": ["b", "a"] })),
            Some("a".to_owned())
        );
        assert_eq!(
            preferred(json!({ "cognito:roles": ["b"] })),
            Some("b".to_owned())
        );
        assert_eq!(preferred(json!({ "cognito:roles": ["a", "b"] })), None);
        assert_eq!(preferred(json!({ "cognito:roles": "a" })), None);
        assert_eq!(preferred(json!({})), None);
    }
}
