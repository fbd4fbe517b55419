//! What tokens say of their user's groups.

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::Group;

const GROUPS: &str = "cognito:groups";
const ROLES: &str = "cognito:roles";
const PREFERRED_ROLE: &str = "cognito:preferred_role";

/// What tokens say of their user's groups. Whoever is in none has none of the claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupClaims {
    /// `cognito:groups`: their names, the one that takes precedence first.
    pub groups: Vec<String>,
    /// `cognito:roles`: the ARNs of their roles, in the same order, each once. In ID tokens only.
    pub roles: Vec<String>,
    /// `cognito:preferred_role`: the role that takes precedence over the others. In ID tokens only.
    pub preferred_role: Option<String>,
}

impl GroupClaims {
    /// What the tokens of a member of `groups` say. Of several groups with the same precedence none comes
    /// before the others: if their roles differ, none is preferred.
    pub fn of(mut groups: Vec<Group>) -> Self {
        // `None` comes last.
        let rank = |group: &Group| Reverse(group.settings.precedence.map(Reverse));
        groups.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
        let with_roles = || {
            let role = |group: &Group| Some((rank(group), group.settings.role_arn.clone()?));
            groups.iter().filter_map(role)
        };
        let mut roles = Vec::new();
        for (_, role) in with_roles() {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        let mut first = with_roles();
        let preferred_role = first.next().and_then(|(best, role)| {
            let is_alone = first
                .take_while(|(rank, _)| *rank == best)
                .all(|(_, other)| other == role);
            is_alone.then_some(role)
        });
        Self {
            roles,
            preferred_role,
            groups: groups.into_iter().map(|group| group.name.into()).collect(),
        }
    }

    /// What the claims of a token say. A claim of another type than it must have says nothing: text is never
    /// taken for a list, nor split into one.
    pub fn read(claims: &Map<String, Value>) -> Self {
        let role = claims.get(PREFERRED_ROLE).and_then(Value::as_str);
        Self {
            groups: texts(claims.get(GROUPS)),
            roles: texts(claims.get(ROLES)),
            preferred_role: role.map(str::to_owned),
        }
    }

    /// Writes what an ID token says.
    pub(crate) fn write_id(&self, claims: &mut Map<String, Value>) {
        self.write_access(claims);
        if !self.roles.is_empty() {
            claims.insert(ROLES.to_owned(), self.roles.clone().into());
        }
        if let Some(role) = &self.preferred_role {
            claims.insert(PREFERRED_ROLE.to_owned(), role.as_str().into());
        }
    }

    /// Writes what an access token says.
    pub(crate) fn write_access(&self, claims: &mut Map<String, Value>) {
        if !self.groups.is_empty() {
            claims.insert(GROUPS.to_owned(), self.groups.clone().into());
        }
    }
}

/// The texts of a list of texts; none of anything else.
fn texts(claim: Option<&Value>) -> Vec<String> {
    let Some(Value::Array(items)) = claim else {
        return Vec::new();
    };
    let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
    texts.collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use notewarden_domain::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::groups::GroupSettings;

    fn group(name: &str, precedence: Option<u32>, role: Option<&str>) -> Group {
        let at = Timestamp::from_millis(0);
        Group {
            name: name.parse().unwrap(),
            settings: GroupSettings {
                description: None,
                role_arn: role.map(str::to_owned),
                precedence,
            },
            created_at: at,
            modified_at: at,
        }
    }

    #[test]
    fn the_smallest_number_takes_precedence_and_none_comes_last() {
        let claims = GroupClaims::of(vec![
            group("none", None, Some("r3")),
            group("second", Some(2), Some("r2")),
            group("plain", Some(0), None),
            group("first", Some(1), Some("r1")),
            group("again", Some(3), Some("r1")),
        ]);
        assert_eq!(claims.groups, ["plain", "first", "second", "again", "none"]);
        assert_eq!(claims.roles, ["r1", "r2", "r3"]);
        assert_eq!(claims.preferred_role.as_deref(), Some("r1"));
    }

    #[test]
    fn equal_precedence_prefers_no_role_unless_it_is_the_same() {
        let preferred = |groups| GroupClaims::of(groups).preferred_role;
        let tie = vec![
            group("a", Some(1), Some("r1")),
            group("b", Some(1), Some("r2")),
        ];
        assert_eq!(preferred(tie), None);
        let tie = vec![
            group("a", None, Some("r1")),
            group("b", None, Some("r1")),
            group("c", None, Some("r2")),
        ];
        assert_eq!(preferred(tie), None);
        let same = vec![
            group("a", Some(1), Some("r1")),
            group("b", Some(1), Some("r1")),
            group("c", Some(2), Some("r2")),
        ];
        assert_eq!(preferred(same).as_deref(), Some("r1"));
        assert_eq!(preferred(vec![group("a", None, None)]), None);
    }

    #[test]
    fn nobody_in_no_group_has_claims() {
        let mut claims = Map::new();
        GroupClaims::of(Vec::new()).write_id(&mut claims);
        assert!(claims.is_empty());
    }

    #[test]
    fn jwt_12_groups_are_a_list_of_whole_names() {
        let read = |claims: Value| GroupClaims::read(claims.as_object().unwrap());
        for claim in [
            json!("admins"),
            json!("users,admins"),
            json!("[\"admins\"]"),
            json!({"admins": true}),
            json!(["admins", 1]),
            json!([["admins"]]),
            json!(null),
        ] {
            let claims = read(json!({"cognito:groups": claim, "cognito:roles": claim}));
            assert_eq!(claims, GroupClaims::default(), "{claim}");
        }
        let claims = read(json!({"cognito:groups": ["not-admins", "admins-readers"]}));
        assert!(!claims.groups.iter().any(|group| group == "admins"));
        let written = GroupClaims::of(vec![group("a", Some(1), Some("r1"))]);
        let mut claims = Map::new();
        written.write_id(&mut claims);
        assert_eq!(GroupClaims::read(&claims), written);
    }
}
