//! Roles: who may assume them, and what their sessions may do.

use std::collections::BTreeMap;

use notewarden_domain::policy::{CompiledPolicies, Context, Principal, Request};
use sha2::{Digest, Sha256};

use crate::{credentials::unique_id, principal::CognitoIdentity};

/// Who the Identity Pool is when it assumes a role, as trust policies name it.
const FEDERATION: &str = "cognito-identity.amazonaws.com";

/// A role of the account, as one who wants to assume it meets it. What its sessions may do is decided by
/// whoever serves them, by the role's name.
#[derive(Debug)]
pub struct Role {
    /// Its name, unique in the account.
    pub name: String,
    /// `arn:aws:iam::<account>:role/<name>`.
    pub arn: String,
    /// The unique id: `AROA` and 17 characters, the same for the same account and name.
    pub role_id: String,
    /// The account, 12 digits.
    pub account_id: String,
    /// Who may assume it.
    pub trust: CompiledPolicies,
}

impl Role {
    /// The role `name` of the account `account_id`.
    pub fn new(account_id: &str, name: &str, trust: CompiledPolicies) -> Self {
        let arn = format!("arn:aws:iam::{account_id}:role/{name}");
        let digest = Sha256::digest(arn.as_bytes());
        let bytes = digest.get(..17).unwrap_or_default();
        Self {
            name: name.to_owned(),
            role_id: unique_id("AROA", bytes),
            account_id: account_id.to_owned(),
            arn,
            trust,
        }
    }

    /// Whether the trust policy lets the Identity Pool open a session for `identity`.
    pub fn trusts(&self, identity: &CognitoIdentity) -> bool {
        let federation = Principal::web_identity(FEDERATION);
        let methods = identity.amr.iter().map(String::as_str);
        let context = Context::new()
            .with(
                "cognito-identity.amazonaws.com:aud",
                identity.identity_pool_id.as_str(),
            )
            .with(
                "cognito-identity.amazonaws.com:sub",
                identity.identity_id.as_str(),
            )
            .with_all("cognito-identity.amazonaws.com:amr", methods);
        let ask = Request::new(
            &federation,
            "sts:AssumeRoleWithWebIdentity",
            &self.arn,
            &context,
        );
        self.trust.evaluate(&ask).is_allowed()
    }
}

/// The roles of the account, by name.
#[derive(Debug, Default)]
pub struct Roles(BTreeMap<String, Role>);

impl Roles {
    /// The role `name`.
    pub fn get(&self, name: &str) -> Option<&Role> {
        self.0.get(name)
    }

    /// The role with the ARN `arn`.
    pub fn by_arn(&self, arn: &str) -> Option<&Role> {
        self.iter().find(|role| role.arn == arn)
    }

    /// All roles, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.values()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        let named = roles.into_iter().map(|role| (role.name.clone(), role));
        Self(named.collect())
    }
}
