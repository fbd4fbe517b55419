//! The way in by a verified token: what its claims say of the person, and of what it allows.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use notewarden_domain::{Scopes, sign_ins::Login};
use serde_json::{Map, Value};

use super::Way;

/// What Cognito gives to a person who signs in with their password, and to no other app.
const OWN_SIGN_IN: &str = "aws.cognito.signin.user.admin";

/// The way in that verified claims are.
///
/// # Errors
/// Why they name nobody.
pub(super) fn way(claims: &Map<String, Value>) -> Result<Way, &'static str> {
    let login = login(claims).ok_or("the token does not say whose it is")?;
    let granted = granted(claims);
    let is_id_token = match claims.get("token_use").and_then(Value::as_str) {
        Some(token_use) => token_use == "id",
        None => granted.is_none(),
    };
    let scopes = match granted {
        _ if is_id_token => Scopes::ALL,
        None => Scopes::ALL,
        Some(names) if names.iter().any(|name| name == OWN_SIGN_IN) => Scopes::ALL,
        Some(names) => scopes(names.iter().map(String::as_str)),
    };
    Ok(Way::Token {
        login,
        is_id_token,
        scopes,
    })
}

/// The scopes of ours among `names`. A resource server's name before a slash, as Cognito has it, is left out of account.
pub(super) fn scopes<'a>(names: impl Iterator<Item = &'a str>) -> Scopes {
    names
        .map(|name| name.rsplit_once('/').map_or(name, |(_, name)| name))
        .filter_map(Scopes::named)
        .fold(Scopes::default(), Scopes::and)
}

/// The names of what an access token allows: `scope` with blanks between (RFC 8693), or Okta's list `scp`. `None` if
/// it does not say, as ID tokens do not.
fn granted(claims: &Map<String, Value>) -> Option<Vec<String>> {
    let claim = claims.get("scope").or_else(|| claims.get("scp"))?;
    Some(match claim {
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        }
        // API Gateway spells a list `[one two]`.
        Value::String(names) => names
            .trim_start_matches('[')
            .trim_end_matches(']')
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    })
}

fn login(claims: &Map<String, Value>) -> Option<Login> {
    let text = |name| claims.get(name).and_then(Value::as_str);
    Login::new(text("iss")?, text("sub")?).ok()
}

/// Whom a token names, by its own account.
pub(super) fn unverified_login(token: &str) -> Option<Login> {
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    login(&serde_json::from_slice(&payload).ok()?)
}

#[cfg(test)]
mod tests {
    use notewarden_domain::Scope;
    use serde_json::json;

    use super::*;

    fn of(claims: &Value) -> (bool, Scopes) {
        match way(claims.as_object().unwrap()).unwrap() {
            Way::Token {
                is_id_token,
                scopes,
                ..
            } => (is_id_token, scopes),
            other @ Way::ApiKey { .. } => panic!("{other:?}"),
        }
    }

    /// The claims of each issuer's tokens, as its documentation has them.
    #[test]
    fn tokens_of_every_shape_say_what_they_allow() {
        let read = Scopes::default().with(Scope::NotesRead);
        let both = read.with(Scope::NotesWrite);
        let iss = "https://issuer.example/";
        for (name, claims, expected) in [
            (
                "Cognito ID",
                json!({ "iss": iss, "sub": "s", "aud": "c", "token_use": "id" }),
                (true, Scopes::ALL),
            ),
            (
                "Cognito access, signed in by password",
                json!({ "iss": iss, "sub": "s", "client_id": "c", "token_use": "access", "scope": OWN_SIGN_IN }),
                (false, Scopes::ALL),
            ),
            (
                "Cognito access, of a resource server",
                json!({ "iss": iss, "sub": "s", "client_id": "c", "token_use": "access", "scope": "notes-api/notes:read openid" }),
                (false, read),
            ),
            (
                "Auth0",
                json!({ "iss": iss, "sub": "auth0|s", "aud": ["api", "userinfo"], "azp": "c", "scope": "openid notes:*", "https://example.com/roles": ["x"] }),
                (false, both),
            ),
            (
                "Okta",
                json!({ "iss": iss, "sub": "s", "aud": "api", "cid": "c", "uid": "u", "scp": ["notes:read"] }),
                (false, read),
            ),
            (
                "Okta, as API Gateway spells lists",
                json!({ "iss": iss, "sub": "s", "aud": "api", "scp": "[notes:read notes:write]" }),
                (false, both),
            ),
            (
                "OneLogin",
                json!({ "iss": iss, "sub": "1", "aud": "api", "scope": "openid" }),
                (false, Scopes::default()),
            ),
            (
                "FusionAuth ID",
                json!({ "iss": "fusion.example", "sub": "s", "aud": "c", "authenticationType": "PASSWORD", "applicationId": "c" }),
                (true, Scopes::ALL),
            ),
            (
                "Google ID",
                json!({ "iss": "https://accounts.google.com", "sub": "1", "aud": "c", "azp": "c", "email_verified": "true" }),
                (true, Scopes::ALL),
            ),
        ] {
            assert_eq!(of(&claims), expected, "{name}");
        }
    }

    #[test]
    fn claims_that_name_nobody_are_refused() {
        for claims in [
            json!({}),
            json!({ "sub": "s" }),
            json!({ "iss": "i" }),
            json!({ "iss": "i", "sub": "" }),
            json!({ "iss": "i", "sub": 1 }),
            json!({ "iss": ["i"], "sub": "s" }),
        ] {
            assert!(way(claims.as_object().unwrap()).is_err(), "{claims}");
        }
    }
}
