//! Roles: who may assume them, and what their sessions may do.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use notewarden_domain::policy::{
    CompiledPolicies, Context, Explanation, Policy, Principal, Request,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{credentials::unique_id, principal::WebIdentity};

/// What it takes to assume a role with the token of a provider.
pub const ASSUME_WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";
/// What it takes beside to have tags on the session.
pub const TAG_SESSION: &str = "sts:TagSession";
/// What it takes beside to name who is behind the session.
pub const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";

/// The longest that a session of a role lives, unless the role says otherwise.
const USUAL_LONGEST_SESSION: Duration = Duration::from_secs(60 * 60);

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
    pub trust_policy: Policy,
    /// The longest that its sessions live.
    pub longest_session: Duration,
    trust: Arc<CompiledPolicies>,
}

/// What somebody who assumes a role brings along.
#[derive(Clone, Copy, Debug)]
pub struct Luggage<'a> {
    /// The name of the session.
    pub session_name: &'a str,
    /// The tags of the session.
    pub tags: &'a BTreeMap<String, String>,
}

/// Why a role is not given.
#[derive(Clone, Debug)]
pub struct RefusedAssumption {
    /// The ARN of the role.
    pub role: String,
    /// Who wanted it, as its trust policy would name them.
    pub principal: String,
    /// What its trust policy does not allow: [`ASSUME_WITH_WEB_IDENTITY`], or [`TAG_SESSION`].
    pub action: &'static str,
    /// What its trust policy says, if there is such a role.
    pub explanation: Option<Explanation>,
    /// The trust policy itself.
    pub trust: Option<Arc<CompiledPolicies>>,
    /// The condition keys that its trust policy was asked with.
    pub context: Value,
}

impl RefusedAssumption {
    /// Why, in a sentence.
    pub fn reason(&self) -> &str {
        let explained = self.explanation.as_ref();
        explained.map_or("there is no such role", |explanation| &explanation.reason)
    }
}

impl Role {
    /// The role `name` of the account `account_id`, which `trust_policy` gives.
    pub fn new(account_id: &str, name: &str, trust_policy: Policy) -> Self {
        let arn = format!("arn:aws:iam::{account_id}:role/{name}");
        let digest = Sha256::digest(arn.as_bytes());
        let bytes = digest.get(..17).unwrap_or_default();
        Self {
            name: name.to_owned(),
            role_id: unique_id("AROA", bytes),
            account_id: account_id.to_owned(),
            arn,
            trust: Arc::new(CompiledPolicies::builder().resource(&trust_policy).build()),
            trust_policy,
            longest_session: USUAL_LONGEST_SESSION,
        }
    }

    /// The same with sessions that may live for `longest_session`.
    #[must_use]
    pub const fn with_longest_session(mut self, longest_session: Duration) -> Self {
        self.longest_session = longest_session;
        self
    }

    /// Whether the trust policy lets `person` open a session with what they bring along.
    ///
    /// # Errors
    /// What it does not allow.
    pub fn admit(
        &self,
        person: &WebIdentity,
        luggage: Luggage<'_>,
    ) -> Result<(), Box<RefusedAssumption>> {
        let principal = Principal::web_identity(person.provider.as_str());
        let context = luggage.describe(person.describe(Context::new()));
        let actions = [ASSUME_WITH_WEB_IDENTITY, TAG_SESSION];
        let asked = if luggage.tags.is_empty() { 1 } else { 2 };
        for action in actions.into_iter().take(asked) {
            let ask = Request::new(&principal, action, &self.arn, &context);
            if !self.trust.evaluate(&ask).is_allowed() {
                return Err(Box::new(RefusedAssumption {
                    role: self.arn.clone(),
                    principal: person.provider.clone(),
                    action,
                    explanation: Some(self.trust.explain(&ask)),
                    trust: Some(Arc::clone(&self.trust)),
                    context: json!(context),
                }));
            }
        }
        Ok(())
    }
}

impl Luggage<'_> {
    /// The context with the condition keys of what is brought along.
    pub fn describe<'a>(self, context: Context<'a>) -> Context<'a>
    where
        Self: 'a,
    {
        let mut context = context.with("sts:RoleSessionName", self.session_name);
        for (name, value) in self.tags {
            context = context.with(format!("aws:RequestTag/{name}"), value);
        }
        if self.tags.is_empty() {
            return context;
        }
        context.with_all("aws:TagKeys", self.tags.keys())
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

    /// The role with the ARN `arn`, if its trust policy lets `person` open a session.
    ///
    /// # Errors
    /// There is no such role, or what its trust policy does not allow.
    pub fn admit(
        &self,
        arn: &str,
        person: &WebIdentity,
        luggage: Luggage<'_>,
    ) -> Result<&Role, Box<RefusedAssumption>> {
        let role = self.by_arn(arn).ok_or_else(|| {
            Box::new(RefusedAssumption {
                role: arn.to_owned(),
                principal: person.provider.clone(),
                action: ASSUME_WITH_WEB_IDENTITY,
                explanation: None,
                trust: None,
                context: json!(luggage.describe(person.describe(Context::new()))),
            })
        })?;
        role.admit(person, luggage)?;
        Ok(role)
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
