//! Who a set of credentials speaks for.

use std::collections::{BTreeMap, BTreeSet};

use notewarden_domain::{IdentityId, policy::Context};
use serde::{Deserialize, Serialize};

/// The name of every session that the Identity Pool opens, the last part of its ARN.
pub const COGNITO_SESSION_NAME: &str = "CognitoIdentityCredentials";
/// Who the Identity Pool is when it assumes a role, as trust policies name it.
pub const COGNITO: &str = "cognito-identity.amazonaws.com";

/// Whoever signs requests with a credential. Its serialized form is what the data directory keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// `arn:aws:iam::<account>:user/…` or `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
    pub arn: String,
    /// The unique id: `AIDA…`, or `AROA…:<session>` for a session of a role.
    pub user_id: String,
    /// The account, 12 digits.
    pub account_id: String,
    /// What decides over its permissions.
    pub kind: PrincipalKind,
}

/// What decides over a principal's permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrincipalKind {
    /// The owner of the data directory: may do everything.
    Admin,
    /// A session of a role: may do what the role's policies allow when it asks.
    Session {
        /// The role's name.
        role: String,
        /// The identity that assumed it through the Identity Pool.
        identity: Option<CognitoIdentity>,
        /// With what else it was opened.
        #[serde(default, skip_serializing_if = "SessionScope::is_empty")]
        scope: Box<SessionScope>,
    },
}

/// With what a session was opened, beside its role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionScope {
    /// Session tags: `aws:PrincipalTag/<name>`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Those that sessions opened by this one have too.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub transitive_tags: BTreeSet<String>,
    /// Session policies, JSON documents: the session may do only what one of them allows too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// The person who assumed the role with the token of a provider other than the Identity Pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<WebIdentity>,
    /// `aws:SourceIdentity`: who is behind a chain of sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
}

impl SessionScope {
    /// Whether the session has nothing but its role.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A person whom an identity provider vouches for, as policies see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebIdentity {
    /// The provider, as trust policies name it: [`COGNITO`], `accounts.google.com`, `graph.facebook.com`,
    /// `www.amazon.com`, or the ARN of an OpenID Connect provider.
    pub provider: String,
    /// Condition keys with one value, such as `accounts.google.com:sub`.
    pub keys: BTreeMap<String, String>,
    /// Condition keys with several values, such as `cognito-identity.amazonaws.com:amr`.
    pub lists: BTreeMap<String, Vec<String>>,
}

impl WebIdentity {
    /// The context with this person's condition keys.
    pub fn describe<'a>(&'a self, mut context: Context<'a>) -> Context<'a> {
        for (key, value) in &self.keys {
            context = context.with(key, value);
        }
        for (key, values) in &self.lists {
            context = context.with_all(key, values);
        }
        context
    }
}

/// The identity behind a session that the Identity Pool opened, as policies and handlers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CognitoIdentity {
    /// `cognito-identity.amazonaws.com:sub`.
    pub identity_id: IdentityId,
    /// `cognito-identity.amazonaws.com:aud`.
    pub identity_pool_id: String,
    /// `cognito-identity.amazonaws.com:amr`: `authenticated` or `unauthenticated`, then each login's
    /// provider and `<provider>:CognitoSignIn:<sub>`.
    pub amr: Vec<String>,
}

impl From<&CognitoIdentity> for WebIdentity {
    fn from(identity: &CognitoIdentity) -> Self {
        let key = |name: &str| format!("{COGNITO}:{name}");
        Self {
            provider: COGNITO.to_owned(),
            keys: BTreeMap::from([
                (key("aud"), identity.identity_pool_id.clone()),
                (key("sub"), identity.identity_id.to_string()),
            ]),
            lists: BTreeMap::from([(key("amr"), identity.amr.clone())]),
        }
    }
}

impl Principal {
    /// The owner of the data directory, as the IAM user `notewarden`.
    pub fn admin(account_id: &str, user_id: impl Into<String>) -> Self {
        Self {
            arn: format!("arn:aws:iam::{account_id}:user/notewarden"),
            user_id: user_id.into(),
            account_id: account_id.to_owned(),
            kind: PrincipalKind::Admin,
        }
    }

    /// The session `session_name` of the role `role`, whose unique id is `role_id`.
    pub fn session(
        account_id: &str,
        role: &str,
        role_id: &str,
        session_name: &str,
        identity: Option<CognitoIdentity>,
    ) -> Self {
        Self {
            arn: format!("arn:aws:sts::{account_id}:assumed-role/{role}/{session_name}"),
            user_id: format!("{role_id}:{session_name}"),
            account_id: account_id.to_owned(),
            kind: PrincipalKind::Session {
                role: role.to_owned(),
                identity,
                scope: Box::default(),
            },
        }
    }

    /// The same with `scope`, if it is a session.
    #[must_use]
    pub fn within(mut self, with: SessionScope) -> Self {
        if let PrincipalKind::Session { scope, .. } = &mut self.kind {
            **scope = with;
        }
        self
    }

    /// With what the session was opened, if it is one.
    pub fn scope(&self) -> Option<&SessionScope> {
        match &self.kind {
            PrincipalKind::Session { scope, .. } => Some(scope),
            PrincipalKind::Admin => None,
        }
    }

    /// The identity behind the session, if the Identity Pool opened it.
    pub fn identity(&self) -> Option<&CognitoIdentity> {
        match &self.kind {
            PrincipalKind::Session { identity, .. } => identity.as_ref(),
            PrincipalKind::Admin => None,
        }
    }
}
