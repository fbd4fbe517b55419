//! Who makes a request, and the principals that a policy names.

mod element;

use std::{borrow::Cow, fmt, str::FromStr};

use serde::Serialize;

pub(super) use element::{CompiledPrincipals, Grant};

use super::Context;

/// What kind of principal makes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum PrincipalType {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// An IAM role itself, without a session.
    Role,
    /// A session of a role.
    AssumedRole,
    /// A session that an IAM user federated.
    FederatedUser,
    /// A person known to an identity provider (OpenID Connect or Cognito), who has no credentials yet.
    WebIdentity,
    /// A person known to a SAML provider, who has no credentials yet.
    Saml,
    /// An AWS service.
    Service,
    /// Nobody who is known.
    Anonymous,
}

/// Who makes a request.
///
/// ```
/// use notewarden_domain::policy::{Principal, PrincipalType};
///
/// let session: Principal = "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials".parse()?;
/// assert_eq!(session.kind(), PrincipalType::AssumedRole);
/// assert_eq!(session.account(), Some("000000000000"));
///
/// let person = Principal::web_identity("cognito-identity.amazonaws.com");
/// assert_eq!(person.account(), None);
/// # Ok::<(), notewarden_domain::policy::UnknownPrincipal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    kind: PrincipalType,
    /// An ARN; the provider's or service's name for those who have none.
    name: String,
    account: Option<String>,
    /// The role's ARN if it is known; with its path, which the session's ARN lacks.
    role: Option<String>,
}

/// Text that names no principal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no ARN of an account, user, role or session, no service and no identity provider"
)]
pub struct UnknownPrincipal(String);

impl Principal {
    /// The session `session_name` of the role `role_arn`.
    ///
    /// # Errors
    /// `role_arn` is not the ARN of a role.
    pub fn assumed_role(role_arn: &str, session_name: &str) -> Result<Self, UnknownPrincipal> {
        let unknown = || UnknownPrincipal(role_arn.to_owned());
        let role: Self = role_arn.parse()?;
        let (Some(account), Some(name), PrincipalType::Role) =
            (role.account(), role.role_name(), role.kind)
        else {
            return Err(unknown());
        };
        let partition = role_arn.split(':').nth(1).ok_or_else(unknown)?;
        Ok(Self {
            kind: PrincipalType::AssumedRole,
            name: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"),
            account: Some(account.to_owned()),
            role: Some(role_arn.to_owned()),
        })
    }

    /// A person whom the identity provider `provider` vouches for, as in `sts:AssumeRoleWithWebIdentity`:
    /// `cognito-identity.amazonaws.com`, `accounts.google.com`, or the ARN of an OpenID Connect provider.
    pub fn web_identity(provider: impl Into<String>) -> Self {
        Self::outside(PrincipalType::WebIdentity, provider)
    }

    /// A person whom the SAML provider of this ARN vouches for, as in `sts:AssumeRoleWithSAML`.
    pub fn saml(provider_arn: impl Into<String>) -> Self {
        Self::outside(PrincipalType::Saml, provider_arn)
    }

    /// The AWS service `name`, as `lambda.amazonaws.com`.
    pub fn service(name: impl Into<String>) -> Self {
        Self::outside(PrincipalType::Service, name)
    }

    /// Nobody who is known: a request without credentials.
    pub fn anonymous() -> Self {
        Self::outside(PrincipalType::Anonymous, "anonymous")
    }

    fn outside(kind: PrincipalType, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            account: None,
            role: None,
        }
    }

    /// What kind of principal it is.
    pub fn kind(&self) -> PrincipalType {
        self.kind
    }

    /// The account it belongs to; services, anonymous callers and people at a provider belong to none.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Its ARN; for those who have none the name of the provider or service, or `anonymous`.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The name of the role, without its path, if this is a role or a session of one.
    pub fn role_name(&self) -> Option<&str> {
        let path = match self.kind {
            PrincipalType::Role => self.resource_part()?.strip_prefix("role/")?,
            PrincipalType::AssumedRole => {
                let session = self.resource_part()?.strip_prefix("assumed-role/")?;
                return session.split('/').next();
            }
            _ => return None,
        };
        path.rsplit('/').next()
    }

    /// The name of the user, without its path, if this is a user or was federated by one.
    pub fn user_name(&self) -> Option<&str> {
        let path = match self.kind {
            PrincipalType::User => self.resource_part()?.strip_prefix("user/")?,
            PrincipalType::FederatedUser => {
                self.resource_part()?.strip_prefix("federated-user/")?
            }
            _ => return None,
        };
        path.rsplit('/').next()
    }

    fn resource_part(&self) -> Option<&str> {
        self.name.splitn(6, ':').nth(5)
    }

    /// Adds the condition keys that a principal has by itself: `aws:PrincipalArn` (a session's is its role's),
    /// `aws:PrincipalAccount`, `aws:PrincipalType` and, for a user, `aws:username`.
    #[must_use]
    pub fn describe<'a>(&'a self, mut context: Context<'a>) -> Context<'a> {
        let kind = match self.kind {
            PrincipalType::Root => "Account",
            PrincipalType::User => "User",
            PrincipalType::Role | PrincipalType::AssumedRole => "AssumedRole",
            PrincipalType::FederatedUser => "FederatedUser",
            PrincipalType::Anonymous => "Anonymous",
            PrincipalType::WebIdentity | PrincipalType::Saml | PrincipalType::Service => {
                return context;
            }
        };
        context = context.with("aws:PrincipalType", kind);
        if let Some(account) = self.account() {
            context = context
                .with("aws:PrincipalAccount", account)
                .with("aws:PrincipalArn", self.principal_arn());
        }
        match self.user_name() {
            Some(name) if self.kind == PrincipalType::User => context.with("aws:username", name),
            _ => context,
        }
    }

    fn principal_arn(&self) -> Cow<'_, str> {
        match (self.kind, &self.role, self.role_name(), self.account()) {
            (PrincipalType::AssumedRole, Some(role), ..) => Cow::Borrowed(role),
            (PrincipalType::AssumedRole, None, Some(name), Some(account)) => {
                let partition = self.name.split(':').nth(1).unwrap_or("aws");
                Cow::Owned(format!("arn:{partition}:iam::{account}:role/{name}"))
            }
            _ => Cow::Borrowed(&self.name),
        }
    }
}

impl FromStr for Principal {
    type Err = UnknownPrincipal;

    /// Reads the ARN of an account's root user, a user, a role, a session, a SAML or OpenID Connect provider;
    /// a service's name (`lambda.amazonaws.com`); `cognito-identity.amazonaws.com`, `accounts.google.com`,
    /// `graph.facebook.com` and `www.amazon.com`, which are providers; `anonymous` or `*`.
    fn from_str(text: &str) -> Result<Self, UnknownPrincipal> {
        match text {
            "*" | "anonymous" => return Ok(Self::anonymous()),
            "cognito-identity.amazonaws.com"
            | "accounts.google.com"
            | "graph.facebook.com"
            | "www.amazon.com" => {
                return Ok(Self::web_identity(text));
            }
            service if service.ends_with(".amazonaws.com") && !service.contains([':', '/']) => {
                return Ok(Self::service(text));
            }
            _ => {}
        }
        let unknown = || UnknownPrincipal(text.to_owned());
        let parts = super::condition::components(text).ok_or_else(unknown)?;
        let ["arn", _, service, "", account, name] = parts else {
            return Err(unknown());
        };
        if account.is_empty() || !account.bytes().all(|b| b.is_ascii_digit()) {
            return Err(unknown());
        }
        let (category, path) = name.split_once('/').unwrap_or((name, ""));
        let kind = match (service, category) {
            ("iam", "root") if path.is_empty() => PrincipalType::Root,
            _ if path.is_empty() || path.ends_with('/') => return Err(unknown()),
            ("iam", "user") => PrincipalType::User,
            ("iam", "role") => PrincipalType::Role,
            ("sts", "assumed-role") if path.contains('/') => PrincipalType::AssumedRole,
            ("sts", "federated-user") => PrincipalType::FederatedUser,
            ("iam", "saml-provider") => return Ok(Self::saml(text)),
            ("iam", "oidc-provider") => return Ok(Self::web_identity(text)),
            _ => return Err(unknown()),
        };
        Ok(Self {
            kind,
            name: text.to_owned(),
            account: Some(account.to_owned()),
            role: None,
        })
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for Principal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_principal_is_refused() {
        for bad in [
            "",
            "bob",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::123456789012:group/g",
            "arn:aws:iam:::root",
            "arn:aws:sts::123456789012:assumed-role/r",
            "arn:aws:s3:::b/k",
            "arn:aws:iam::x:user/bob",
        ] {
            assert!(bad.parse::<Principal>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_session_knows_its_role() {
        let session =
            Principal::assumed_role("arn:aws:iam::123456789012:role/path/R", "s").unwrap();
        assert_eq!(
            session.as_str(),
            "arn:aws:sts::123456789012:assumed-role/R/s"
        );
        let context = session.describe(Context::new());
        assert_eq!(
            context.one("aws:PrincipalArn"),
            Some("arn:aws:iam::123456789012:role/path/R")
        );
        assert_eq!(context.one("aws:PrincipalType"), Some("AssumedRole"));
        let parsed: Principal = session.as_str().parse().unwrap();
        let context = parsed.describe(Context::new());
        assert_eq!(
            context.one("aws:PrincipalArn"),
            Some("arn:aws:iam::123456789012:role/R")
        );
        assert!(Principal::assumed_role("arn:aws:iam::123456789012:user/u", "s").is_err());
    }
}
