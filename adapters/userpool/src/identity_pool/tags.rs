//! Claims that become tags of the session, so that policies can speak of them: attributes for access control.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{login::VerifiedLogin, role_mapping::text};

/// Most characters of a tag's value.
const LONGEST_VALUE: usize = 256;

/// The claim by which the tokens of STS carry tags.
pub(crate) const TAGS_CLAIM: &str = "https://aws.amazon.com/tags";

/// Which claims of a provider's tokens become which tags: the claim by the tag's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagMapping(pub BTreeMap<String, String>);

impl TagMapping {
    /// What a pool maps where its owner names nothing: `username` is the subject, `client` the audience.
    pub fn usual() -> Self {
        let pairs = [("username", "sub"), ("client", "aud")];
        Self(
            pairs
                .map(|(tag, claim)| (tag.to_owned(), claim.to_owned()))
                .into(),
        )
    }

    /// The tags of somebody who showed `login`. A claim that is missing, a list, or nothing that a tag can hold makes
    /// no tag, and what a policy asks of it does not hold.
    pub(super) fn tags(&self, login: &VerifiedLogin) -> BTreeMap<String, String> {
        let value = |claim: &str| {
            let value = match claim {
                "sub" => Some(login.subject.clone()),
                "aud" => Some(login.audience.clone()),
                other => login.claims.get(other).and_then(text),
            };
            value.filter(|value| is_tag_value(value))
        };
        self.0
            .iter()
            .filter_map(|(tag, claim)| Some((tag.clone(), value(claim)?)))
            .collect()
    }
}

/// Whether a tag can have this value: letters, digits and spaces of any script, and `_.:/=+-@`.
pub fn is_tag_value(value: &str) -> bool {
    value.chars().count() <= LONGEST_VALUE && value.chars().all(is_tag_character)
}

/// Whether a tag can have this name: as its value, and not empty, at most 128 characters, and not reserved.
pub fn is_tag_name(name: &str) -> bool {
    let is_reserved = name
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    (1..=128).contains(&name.chars().count()) && name.chars().all(is_tag_character) && !is_reserved
}

fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

/// Tags as a token carries them.
pub(super) fn as_claim(tags: &BTreeMap<String, String>) -> Value {
    let tags: Map<String, Value> = tags
        .iter()
        .map(|(name, value)| (name.clone(), vec![value.as_str()].into()))
        .collect();
    serde_json::json!({ "principal_tags": tags })
}

/// The tags that a token carries, and the names of those that go on into further sessions. `None` if what it carries
/// has no form.
pub(crate) fn of_claim(
    claims: &Map<String, Value>,
) -> Option<(BTreeMap<String, String>, Vec<String>)> {
    let Some(carried) = claims.get(TAGS_CLAIM) else {
        return Some((BTreeMap::new(), Vec::new()));
    };
    let carried = carried.as_object()?;
    let mut tags = BTreeMap::new();
    for (name, values) in carried.get("principal_tags")?.as_object()? {
        let value = match values {
            Value::Array(values) => match values.as_slice() {
                [Value::String(value)] => value,
                _ => return None,
            },
            Value::String(value) => value,
            _ => return None,
        };
        if !is_tag_name(name) || !is_tag_value(value) {
            return None;
        }
        tags.insert(name.clone(), value.clone());
    }
    let transitive = match carried.get("transitive_tag_keys") {
        None => Vec::new(),
        Some(names) => {
            let names = names.as_array()?.iter().map(|name| name.as_str());
            names
                .map(|name| name.map(str::to_owned))
                .collect::<Option<_>>()?
        }
    };
    Some((tags, transitive))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_a_tag_can_hold_becomes_one() {
        let login = VerifiedLogin {
            subject: "the-subject".to_owned(),
            audience: "the-client".to_owned(),
            method: String::new(),
            claims: json!({
                "department": "sales & marketing", "team": "Grün 7", "groups": ["a"], "verified": true,
                "long": "x".repeat(257), "sub": "somebody else's",
            })
            .as_object()
            .cloned()
            .unwrap(),
            keys: Vec::new(),
        };
        let mut mapping = TagMapping::usual();
        for claim in [
            "department",
            "team",
            "groups",
            "verified",
            "long",
            "missing",
        ] {
            mapping.0.insert(claim.to_owned(), claim.to_owned());
        }
        let tags = mapping.tags(&login);
        let expected = [
            ("client", "the-client"),
            ("team", "Grün 7"),
            ("username", "the-subject"),
            ("verified", "true"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(tags, BTreeMap::from(expected));
        let claims = Map::from_iter([(TAGS_CLAIM.to_owned(), as_claim(&tags))]);
        assert_eq!(of_claim(&claims), Some((tags, Vec::new())));
    }

    #[test]
    fn tags_without_a_form_are_not_guessed_at() {
        for bad in [
            json!("x"),
            json!({}),
            json!({ "principal_tags": ["x"] }),
            json!({ "principal_tags": { "a": ["x", "y"] } }),
            json!({ "principal_tags": { "aws:a": ["x"] } }),
            json!({ "principal_tags": { "a": ["x*"] } }),
            json!({ "principal_tags": {}, "transitive_tag_keys": "a" }),
        ] {
            let claims = Map::from_iter([(TAGS_CLAIM.to_owned(), bad.clone())]);
            assert_eq!(of_claim(&claims), None, "{bad}");
        }
    }
}
