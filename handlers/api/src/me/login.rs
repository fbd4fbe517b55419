//! By which login the caller has come: what the identity pool has verified, as `amr` tells it.

use axum::extract::FromRequestParts;
use http::request::Parts;
use notewarden_domain::sign_ins;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::GatewayContext;

/// A kind of login provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ProviderKind {
    UserPool,
    Google,
    Facebook,
    Oidc,
}

/// The login of the caller, as far as it is known.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Login {
    /// The provider, as the identity pool names it.
    pub(super) provider: Option<String>,
    /// The user of the user pool, if that is the provider.
    pub(super) subject: Option<Uuid>,
}

/// What stands between the provider and its name of the person.
const SIGN_IN: &str = ":CognitoSignIn:";

impl Login {
    /// `amr` is `authenticated`, the provider, and `<provider>:CognitoSignIn:<subject>` for a user pool.
    fn read(amr: &[String]) -> Self {
        let is_provider =
            |method: &&String| *method != "authenticated" && !method.contains(SIGN_IN);
        let provider = amr.iter().find(is_provider).cloned();
        let subject = provider
            .as_deref()
            .filter(|provider| is_user_pool(provider));
        let subject = subject.and_then(|provider| {
            let mut methods = amr.iter();
            methods.find_map(|method| {
                method
                    .strip_prefix(provider)?
                    .strip_prefix(SIGN_IN)?
                    .parse()
                    .ok()
            })
        });
        Self { provider, subject }
    }

    /// What kind of provider it is.
    pub(super) fn kind(&self) -> Option<ProviderKind> {
        let provider = self.provider.as_deref()?;
        Some(match provider {
            "accounts.google.com" => ProviderKind::Google,
            "graph.facebook.com" => ProviderKind::Facebook,
            _ if is_user_pool(provider) => ProviderKind::UserPool,
            _ => ProviderKind::Oidc,
        })
    }
}

fn is_user_pool(provider: &str) -> bool {
    provider.starts_with("cognito-idp.")
}

impl<S: Sync> FromRequestParts<S> for Login {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let context = parts.extensions.get::<GatewayContext>();
        let authorizer = context.and_then(|context| context.authorizer.as_ref());
        let methods = authorizer.and_then(|authorizer| match &authorizer.iam {
            Some(iam) => Some(iam.cognito_identity.as_ref()?.amr.clone()),
            None => {
                let claims = authorizer.jwt.as_ref().map(|jwt| &jwt.claims);
                of_token(claims.or(authorizer.lambda.as_ref())?)
            }
        });
        Ok(methods.map_or_else(Self::default, |methods| Self::read(&methods)))
    }
}

/// The same of a token's issuer and subject, as an identity pool would tell them.
fn of_token(claims: &Map<String, Value>) -> Option<Vec<String>> {
    let text = |name| claims.get(name).and_then(Value::as_str);
    let login = sign_ins::Login::new(text("iss")?, text("sub")?).ok()?;
    let provider = login.provider().to_owned();
    let sign_in = format!("{provider}:CognitoSignIn:{}", login.subject());
    let is_ours = is_user_pool(&provider);
    Some(
        [provider]
            .into_iter()
            .chain(is_ours.then_some(sign_in))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_read_as_the_identity_pool_tells_them() {
        let pool = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Example";
        let sub = "8a6e2f0e-5d3c-4b2a-9f10-2f1d3c4b5a69";
        let sign_in = format!("{pool}:CognitoSignIn:{sub}");
        let oidc = "login.example.com/tenant";
        for (amr, provider, subject, kind) in [
            (
                vec!["authenticated", pool, &*sign_in],
                Some(pool),
                Some(sub),
                Some(ProviderKind::UserPool),
            ),
            (
                vec![&*sign_in, pool, "authenticated"],
                Some(pool),
                Some(sub),
                Some(ProviderKind::UserPool),
            ),
            (
                vec!["authenticated", "accounts.google.com"],
                Some("accounts.google.com"),
                None,
                Some(ProviderKind::Google),
            ),
            (
                vec!["authenticated", "graph.facebook.com"],
                Some("graph.facebook.com"),
                None,
                Some(ProviderKind::Facebook),
            ),
            (
                vec![
                    "authenticated",
                    oidc,
                    "login.example.com/tenant:CognitoSignIn:x",
                ],
                Some(oidc),
                None,
                Some(ProviderKind::Oidc),
            ),
            (vec!["authenticated"], None, None, None),
            (vec![], None, None, None),
        ] {
            let amr: Vec<_> = amr.into_iter().map(str::to_owned).collect();
            let login = Login::read(&amr);
            assert_eq!(login.provider.as_deref(), provider, "{amr:?}");
            let subject = subject.map(|sub| sub.parse::<Uuid>().unwrap());
            assert_eq!(login.subject, subject, "{amr:?}");
            assert_eq!(login.kind(), kind, "{amr:?}");
        }
    }
}
