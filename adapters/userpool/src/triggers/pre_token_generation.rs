//! `PreTokenGeneration`: changes what tokens say of their user, and nothing that the pool itself vouches for.

use serde_json::{Map, Value, json};

use super::{
    EventVersion, TriggerFailure,
    event::{attributes, with_metadata},
    response,
};
use crate::{groups::GroupClaims, users::User};

/// The claims that the pool alone writes.
const RESERVED: [&str; 27] = [
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "client_id",
    "cognito:groups",
    "cognito:preferred_role",
    "cognito:roles",
    "cognito:username",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "identities",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "scope",
    "sid",
    "sub",
    "token_use",
    "username",
    "version",
];
/// Prefixes of the claims that the pool alone writes.
const RESERVED_PREFIXES: [&str; 2] = ["aws:", "dev:"];
/// The prefix of the scopes that the pool alone gives.
const RESERVED_SCOPES: &str = "aws.cognito.";

/// The longest claims of a token, in bytes of JSON: what signs and encodes them must stay one that is taken back.
const MOST_CLAIMS: usize = 10 * 1024;

/// What the function has changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TokenChanges {
    id: Changes,
    access: Changes,
    scopes_added: Vec<String>,
    scopes_suppressed: Vec<String>,
    groups: Option<GroupClaims>,
}

/// What becomes of one token's claims.
#[derive(Clone, Debug, Default, PartialEq)]
struct Changes {
    added: Map<String, Value>,
    suppressed: Vec<String>,
}

impl TokenChanges {
    /// The event's `request`.
    pub(crate) fn request(
        version: EventVersion,
        user: &User,
        groups: &GroupClaims,
        scope: &str,
        metadata: &Map<String, Value>,
    ) -> Value {
        let mut request = json!({
            "userAttributes": attributes(user),
            "groupConfiguration": {
                "groupsToOverride": groups.groups,
                "iamRolesToOverride": groups.roles,
                "preferredRole": groups.preferred_role,
            },
        });
        if let (EventVersion::V2, Value::Object(members)) = (version, &mut request) {
            let scopes: Vec<_> = scope.split(' ').collect();
            members.insert("scopes".to_owned(), scopes.into());
        }
        with_metadata(request, metadata)
    }

    /// The event's `response`, which the function changes.
    pub(crate) fn response(version: EventVersion) -> Value {
        match version {
            EventVersion::V1 => json!({ "claimsOverrideDetails": null }),
            EventVersion::V2 => json!({ "claimsAndScopeOverrideDetails": null }),
        }
    }

    /// What the function has answered.
    pub(crate) fn read(version: EventVersion, answer: &Value) -> Result<Self, TriggerFailure> {
        let name = match version {
            EventVersion::V1 => "claimsOverrideDetails",
            EventVersion::V2 => "claimsAndScopeOverrideDetails",
        };
        let path = format!("response.{name}");
        let Some(details) = response(answer, name)? else {
            return Ok(Self::default());
        };
        let details = object(details, &path)?;
        let mut read = Self {
            groups: groups(details, &path)?,
            ..Self::default()
        };
        match version {
            EventVersion::V1 => {
                read.id = Changes::read(details, &path)?;
                let is_text = |claim: &Value| claim.is_string();
                if !read.id.added.values().all(is_text) {
                    let path = format!("{path}.claimsToAddOrOverride");
                    return Err(TriggerFailure::member(&path, "an object of strings"));
                }
            }
            EventVersion::V2 => {
                if let Some((id, path)) = part(details, &path, "idTokenGeneration")? {
                    read.id = Changes::read(id, &path)?;
                }
                if let Some((access, path)) = part(details, &path, "accessTokenGeneration")? {
                    read.access = Changes::read(access, &path)?;
                    read.scopes_added = texts(access, &path, "scopesToAdd")?;
                    read.scopes_suppressed = texts(access, &path, "scopesToSuppress")?;
                }
            }
        }
        let is_scope =
            |scope: &String| !scope.is_empty() && !scope.contains(|c: char| c.is_whitespace());
        if !read.scopes_added.iter().all(is_scope) {
            let path = format!("{path}.accessTokenGeneration.scopesToAdd");
            return Err(TriggerFailure::member(&path, "a list of words"));
        }
        let size = |changes: &Changes| Value::from(changes.added.clone()).to_string().len();
        let scopes = read.scopes_added.iter().map(String::len).sum::<usize>();
        if size(&read.id) > MOST_CLAIMS || size(&read.access) + scopes > MOST_CLAIMS {
            return Err(TriggerFailure::InvalidAnswer(format!(
                "the claims of a token have more than {MOST_CLAIMS} bytes"
            )));
        }
        Ok(read)
    }

    /// The groups that the tokens name, in place of the user's own.
    pub(crate) const fn groups(&self) -> Option<&GroupClaims> {
        self.groups.as_ref()
    }

    /// Changes an ID token's claims.
    pub(crate) fn apply_to_id(&self, claims: &mut Map<String, Value>) {
        self.id.apply(claims);
    }

    /// Changes an access token's claims.
    pub(crate) fn apply_to_access(&self, claims: &mut Map<String, Value>) {
        self.access.apply(claims);
        let scope = claims.get("scope").and_then(Value::as_str);
        let scope = scope.unwrap_or_default().to_owned();
        let mut scopes: Vec<_> = scope.split(' ').filter(|scope| !scope.is_empty()).collect();
        for added in &self.scopes_added {
            if !added.starts_with(RESERVED_SCOPES) && !scopes.contains(&added.as_str()) {
                scopes.push(added);
            }
        }
        scopes.retain(|scope| !self.scopes_suppressed.iter().any(|gone| gone == scope));
        claims.insert("scope".to_owned(), scopes.join(" ").into());
    }
}

impl Changes {
    fn read(details: &Map<String, Value>, path: &str) -> Result<Self, TriggerFailure> {
        let added = match part(details, path, "claimsToAddOrOverride")? {
            Some((added, _)) => added.clone(),
            None => Map::new(),
        };
        Ok(Self {
            added,
            suppressed: texts(details, path, "claimsToSuppress")?,
        })
    }

    /// What is reserved stays as it is, whatever the function says.
    fn apply(&self, claims: &mut Map<String, Value>) {
        for (name, value) in &self.added {
            if !is_reserved(name) {
                claims.insert(name.clone(), value.clone());
            }
        }
        for name in &self.suppressed {
            if !is_reserved(name) {
                claims.remove(name);
            }
        }
    }
}

fn is_reserved(name: &str) -> bool {
    let has_prefix = |prefix: &&str| name.starts_with(*prefix);
    RESERVED.contains(&name) || RESERVED_PREFIXES.iter().any(has_prefix)
}

/// `groupOverrideDetails`: left out, the groups stay; null or empty, there are none.
fn groups(details: &Map<String, Value>, path: &str) -> Result<Option<GroupClaims>, TriggerFailure> {
    const NAME: &str = "groupOverrideDetails";
    match details.get(NAME) {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(GroupClaims::default())),
        Some(_) => {}
    }
    let Some((groups, path)) = part(details, path, NAME)? else {
        return Ok(None);
    };
    let preferred_role = match groups.get("preferredRole") {
        None | Some(Value::Null) => None,
        Some(Value::String(role)) => Some(role.clone()),
        Some(_) => {
            let path = format!("{path}.preferredRole");
            return Err(TriggerFailure::member(&path, "a string"));
        }
    };
    Ok(Some(GroupClaims {
        groups: texts(groups, &path, "groupsToOverride")?,
        roles: texts(groups, &path, "iamRolesToOverride")?,
        preferred_role,
    }))
}

fn object<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>, TriggerFailure> {
    let object = value.as_object();
    object.ok_or_else(|| TriggerFailure::member(path, "an object"))
}

/// An object in the answer, and its path.
type Part<'a> = (&'a Map<String, Value>, String);

/// The object `name` of `details`; none if it is missing or null.
fn part<'a>(
    details: &'a Map<String, Value>,
    path: &str,
    name: &str,
) -> Result<Option<Part<'a>>, TriggerFailure> {
    let Some(value) = details.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let path = format!("{path}.{name}");
    Ok(Some((object(value, &path)?, path)))
}

/// The list of texts `name` of `details`; an empty one if it is missing or null.
fn texts(
    details: &Map<String, Value>,
    path: &str,
    name: &str,
) -> Result<Vec<String>, TriggerFailure> {
    let invalid = || TriggerFailure::member(&format!("{path}.{name}"), "a list of strings");
    match details.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().ok_or_else(invalid)
        }
        Some(_) => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn v1(details: &Value) -> Result<TokenChanges, TriggerFailure> {
        let answer = json!({ "response": { "claimsOverrideDetails": details } });
        TokenChanges::read(EventVersion::V1, &answer)
    }

    fn v2(details: &Value) -> Result<TokenChanges, TriggerFailure> {
        let answer = json!({ "response": { "claimsAndScopeOverrideDetails": details } });
        TokenChanges::read(EventVersion::V2, &answer)
    }

    #[test]
    fn claims_are_added_changed_and_suppressed() {
        let changes = v1(&json!({
            "claimsToAddOrOverride": { "plan": "gold", "email": "x" },
            "claimsToSuppress": ["name"],
        }));
        let changes = changes.unwrap();
        let mut id = claims(&json!({ "sub": "1", "email": "a", "name": "Alice" }));
        changes.apply_to_id(&mut id);
        assert_eq!(
            Value::from(id),
            json!({ "sub": "1", "email": "x", "plan": "gold" })
        );
        let mut access = claims(&json!({ "sub": "1", "scope": "s" }));
        changes.apply_to_access(&mut access);
        assert_eq!(Value::from(access), json!({ "sub": "1", "scope": "s" }));
        assert_eq!(changes.groups(), None);
    }

    #[test]
    fn no_reserved_claim_is_changed_or_suppressed() {
        let mut names: Vec<String> = RESERVED.iter().map(|&name| name.to_owned()).collect();
        names.extend(["aws:x".to_owned(), "dev:custom:x".to_owned()]);
        let added: Map<_, _> = names
            .iter()
            .map(|name| (name.clone(), "forged".into()))
            .collect();
        let details = json!({ "claimsToAddOrOverride": added, "claimsToSuppress": names });
        let both = json!({ "idTokenGeneration": details, "accessTokenGeneration": details });
        for changes in [v1(&details).unwrap(), v2(&both).unwrap()] {
            let before: Map<_, _> = names
                .iter()
                .map(|name| (name.clone(), "own".into()))
                .collect();
            let (mut id, mut access) = (before.clone(), before.clone());
            changes.apply_to_id(&mut id);
            changes.apply_to_access(&mut access);
            assert_eq!(id, before);
            assert_eq!(access, before);
            let (mut id, mut access) = (Map::new(), Map::new());
            changes.apply_to_id(&mut id);
            changes.apply_to_access(&mut access);
            assert!(id.is_empty());
            assert_eq!(Value::from(access), json!({ "scope": "" }));
        }
    }

    #[test]
    fn the_second_version_changes_access_tokens_and_their_scopes() {
        let changes = v2(&json!({
            "idTokenGeneration": { "claimsToAddOrOverride": { "roles": ["a", 1] } },
            "accessTokenGeneration": {
                "claimsToAddOrOverride": { "tenant": { "id": 7 } },
                "scopesToAdd": ["notes/read", "aws.cognito.signin.user.admin2", "s"],
                "scopesToSuppress": ["gone"],
            },
            "groupOverrideDetails": { "groupsToOverride": ["g"], "preferredRole": "r" },
        }));
        let changes = changes.unwrap();
        let (mut id, mut access) = (Map::new(), claims(&json!({ "scope": "s gone" })));
        changes.apply_to_id(&mut id);
        changes.apply_to_access(&mut access);
        assert_eq!(Value::from(id), json!({ "roles": ["a", 1] }));
        assert_eq!(
            Value::from(access),
            json!({ "scope": "s notes/read", "tenant": { "id": 7 } })
        );
        let groups = changes.groups().unwrap();
        assert_eq!(
            (groups.groups.as_slice(), groups.roles.len()),
            (["g".to_owned()].as_slice(), 0)
        );
        assert_eq!(groups.preferred_role.as_deref(), Some("r"));
    }

    #[test]
    fn groups_that_are_null_or_empty_are_none() {
        for details in [json!(null), json!({})] {
            let changes = v1(&json!({ "groupOverrideDetails": details })).unwrap();
            assert_eq!(changes.groups(), Some(&GroupClaims::default()));
        }
        for nothing in [json!(null), json!({})] {
            assert_eq!(v1(&nothing).unwrap(), TokenChanges::default());
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_with_its_path() {
        let deep = "response.claimsAndScopeOverrideDetails.accessTokenGeneration";
        for (refused, path) in [
            (v1(&json!("x")), "response.claimsOverrideDetails"),
            (
                v1(&json!({ "claimsToAddOrOverride": { "a": 1 } })),
                "claimsToAddOrOverride",
            ),
            (
                v1(&json!({ "claimsToSuppress": "email" })),
                "claimsToSuppress",
            ),
            (
                v1(&json!({ "groupOverrideDetails": [] })),
                "groupOverrideDetails",
            ),
            (
                v1(&json!({ "groupOverrideDetails": { "preferredRole": 1 } })),
                "preferredRole",
            ),
            (
                v2(&json!({ "accessTokenGeneration": { "scopesToAdd": ["a b"] } })),
                deep,
            ),
            (
                v2(&json!({ "accessTokenGeneration": { "scopesToAdd": [7] } })),
                deep,
            ),
            (v2(&json!({ "accessTokenGeneration": 7 })), deep),
            (
                v1(&json!({ "claimsToAddOrOverride": { "a": "x".repeat(MOST_CLAIMS) } })),
                "bytes",
            ),
        ] {
            let Err(TriggerFailure::InvalidAnswer(message)) = refused else {
                panic!("{refused:?}");
            };
            assert!(message.contains(path), "{message}");
        }
    }
}
