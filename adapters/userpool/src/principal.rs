//! Who a set of credentials speaks for.

use notewarden_domain::IdentityId;
use serde::{Deserialize, Serialize};

/// The name of every session that the Identity Pool opens, the last part of its ARN.
pub const COGNITO_SESSION_NAME: &str = "CognitoIdentityCredentials";

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
    },
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
            },
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
