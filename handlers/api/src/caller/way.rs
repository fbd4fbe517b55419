//! What a Lambda authorizer tells the API about a caller, in the strings that its context may hold.

use notewarden_domain::{
    Caller, IdentityId, Scopes,
    api_key::{ApiKey, ApiKeyId},
    sign_ins::Login,
};
use serde_json::{Map, Value};

use super::token;

/// A way in, verified, other than by a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By an API key.
    ApiKey {
        /// Which one.
        id: ApiKeyId,
        /// Its owner, with the key's scopes.
        caller: Caller,
    },
    /// By a token.
    Token {
        /// Whose it is.
        login: Login,
        /// Whether it may be exchanged for an identity.
        is_id_token: bool,
        /// What it allows.
        scopes: Scopes,
    },
}

const NOT_OURS: &str = "the authorizer does not say who calls";

impl Way {
    /// The way in by `key`, whose secret was shown.
    pub fn by_key(key: &ApiKey) -> Self {
        Self::ApiKey {
            id: key.id,
            caller: Caller {
                identity: key.owner.clone(),
                scopes: key.scopes,
            },
        }
    }

    /// The way in by a token with these verified claims.
    ///
    /// # Errors
    /// Why they name nobody.
    pub fn by_claims(claims: &Map<String, Value>) -> Result<Self, &'static str> {
        token::way(claims)
    }

    /// The context of an authorizer: strings and nothing else, as every payload format takes them.
    pub fn context(&self) -> Map<String, Value> {
        let members = match self {
            Self::ApiKey { id, caller } => vec![
                ("keyId", id.to_string()),
                ("identityId", caller.identity.to_string()),
                ("scope", names(caller.scopes)),
            ],
            Self::Token {
                login,
                is_id_token,
                scopes,
            } => vec![
                ("iss", login.issuer().to_owned()),
                ("sub", login.subject().to_owned()),
                ("idToken", is_id_token.to_string()),
                ("scope", names(*scopes)),
            ],
        };
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect()
    }

    /// The way that [`context`](Self::context) wrote down.
    pub(super) fn read(context: &Map<String, Value>) -> Result<Self, &'static str> {
        let text = |name| context.get(name).and_then(Value::as_str).ok_or(NOT_OURS);
        let scopes = scopes(text("scope")?)?;
        if let Ok(id) = text("keyId") {
            let identity: IdentityId = text("identityId")?.parse().map_err(|_| NOT_OURS)?;
            // Whatever the context says: no key makes keys.
            if !Scopes::GRANTABLE.contains_all(scopes) {
                return Err(NOT_OURS);
            }
            return Ok(Self::ApiKey {
                id: id.parse().map_err(|_| NOT_OURS)?,
                caller: Caller { identity, scopes },
            });
        }
        Ok(Self::Token {
            login: Login::new(text("iss")?, text("sub")?).map_err(|_| NOT_OURS)?,
            is_id_token: text("idToken")? == "true",
            scopes,
        })
    }
}

/// Everything, in place of the names of scopes.
const EVERYTHING: &str = "*";

fn names(scopes: Scopes) -> String {
    if scopes == Scopes::ALL {
        return EVERYTHING.to_owned();
    }
    scopes.names().collect::<Vec<_>>().join(" ")
}

fn scopes(names: &str) -> Result<Scopes, &'static str> {
    if names == EVERYTHING {
        return Ok(Scopes::ALL);
    }
    let mut scopes = names.split_whitespace().map(Scopes::named);
    let all = scopes.try_fold(Scopes::default(), |all, scope| {
        scope.map(|scope| all.and(scope))
    });
    all.ok_or(NOT_OURS)
}

#[cfg(test)]
mod tests {
    use notewarden_domain::Scope;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let identity: IdentityId = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01"
            .parse()
            .unwrap();
        let scopes = Scopes::default()
            .with(Scope::NotesRead)
            .with(Scope::FilesWrite);
        let login = Login::new("https://issuer.example", "auth0|1").unwrap();
        for way in [
            Way::ApiKey {
                id: ApiKeyId::new(1),
                caller: Caller { identity, scopes },
            },
            Way::Token {
                login: login.clone(),
                is_id_token: true,
                scopes: Scopes::ALL,
            },
            Way::Token {
                login,
                is_id_token: false,
                scopes: Scopes::default(),
            },
        ] {
            assert_eq!(Way::read(&way.context()), Ok(way));
        }
    }

    #[test]
    fn a_context_that_is_not_ours_is_nobody() {
        let id = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
        for context in [
            json!({}),
            json!({ "identityId": id }),
            json!({ "identityId": id, "scope": "*" }),
            json!({ "keyId": "0000000000000001", "identityId": id, "scope": "*" }),
            json!({ "keyId": "0000000000000001", "identityId": id, "scope": "keys" }),
            json!({ "keyId": "1", "identityId": id, "scope": "notes:read" }),
            json!({ "keyId": "0000000000000001", "identityId": "*", "scope": "notes:read" }),
            json!({ "iss": "i", "sub": "s", "scope": "*" }),
            json!({ "iss": "i", "sub": ["s"], "scope": "*", "idToken": "true" }),
        ] {
            assert_eq!(
                Way::read(context.as_object().unwrap()),
                Err(NOT_OURS),
                "{context}"
            );
        }
    }
}
