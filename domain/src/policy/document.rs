//! A policy document as it was written: elements, single values apart from lists, order kept.

mod parse;
mod print;

use serde::{Deserialize, Serialize};

use super::{PolicyError, Position, operator::Operator};
pub(super) use parse::{Parsed, Place, document, find};

/// What a policy is attached to, which decides the elements it must and must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum PolicyKind {
    /// Attached to a user, group or role; also permissions boundaries and session policies. It names no principal.
    Identity,
    /// Attached to a resource (a bucket, a queue): it names its principals.
    Resource,
    /// A role's trust policy: it names principals and, being the role's own, no resource.
    Trust,
    /// A service control policy of an organization: a ceiling for the principals of its accounts.
    ServiceControl,
    /// A resource control policy of an organization: a ceiling for the resources of its accounts.
    ResourceControl,
}

impl PolicyKind {
    /// Whether statements name principals.
    pub(super) const fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::ResourceControl)
    }
}

/// The version of the policy language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LanguageVersion {
    /// `2008-10-17`, also when a document names none: `${…}` is plain text.
    #[default]
    V2008,
    /// `2012-10-17`: with policy variables.
    V2012,
}

impl LanguageVersion {
    /// The version as documents spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

/// One value, or a list: the grammar allows both almost everywhere, and printing keeps the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// A value that stands alone.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The values, however they were written.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// Where a policy was read from that stands in a larger file, a template of resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub file: String,
    /// Where each statement begins in it; none where that cannot be told.
    pub statements: Vec<Position>,
}

/// A policy as it prints with `{:#}`, with the lines that its statements take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The whole document.
    pub text: String,
    /// The first and the last line of each statement, counted from 1.
    pub statements: Vec<(usize, usize)>,
}

/// A policy document that AWS would take for its kind.
///
/// ```
/// use notewarden_domain::policy::{Policy, PolicyKind};
///
/// let policy = Policy::parse(
///     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
///     PolicyKind::Identity,
/// )?;
/// assert_eq!(policy.statements().len(), 1);
/// assert_eq!(Policy::parse(&policy.to_string(), PolicyKind::Identity)?, policy);
///
/// let refused = Policy::parse(r#"{"Statement": [{"Effect": "Permit"}]}"#, PolicyKind::Identity).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "line 1, column 27, Statement[0].Effect: must be `Allow` or `Deny`, not `Permit`",
/// );
/// # Ok::<(), notewarden_domain::policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    kind: PolicyKind,
    name: Option<String>,
    source: Option<Source>,
    version: Option<LanguageVersion>,
    id: Option<String>,
    statements: OneOrMany<Statement>,
}

impl Policy {
    /// Reads a document of at most 1 MiB.
    ///
    /// # Errors
    /// The document is not JSON, or not a policy of this kind: the first thing that is wrong, and where.
    pub fn parse(json: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        parse::policy(json, kind)
    }

    /// The same policy under the name that explanations call it by.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same policy, which was read out of a larger file.
    #[must_use]
    pub fn read_from(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// Where it was read from, if that was told by [`Policy::read_from`]; no part of the document.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// What the policy is attached to.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The name given by [`Policy::named`]; no part of the document.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The version of the language that the document is read by.
    pub fn version(&self) -> LanguageVersion {
        self.version.unwrap_or_default()
    }

    /// The document's `Id`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The statements, in the order of the document.
    pub fn statements(&self) -> &[Statement] {
        self.statements.as_slice()
    }
}

/// What a statement does to the requests it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// It allows them.
    Allow,
    /// It denies them, whatever allows them.
    Deny,
}

impl Effect {
    /// The effect as documents spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Its `Effect`.
    pub effect: Effect,
    /// Its `Principal` or `NotPrincipal`, in policies that name principals.
    pub principal: Option<PrincipalElement>,
    /// Its `Action` or `NotAction`.
    pub action: Selector,
    /// Its `Resource` or `NotResource`; a resource's own policy may leave it out.
    pub resource: Option<Selector>,
    /// Its `Condition`: operators in the order of the document, all of which must hold.
    pub condition: Option<Vec<OperatorBlock>>,
}

/// `Action`, `Resource` and their negations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// Whether it is `NotAction` or `NotResource`: it selects what no pattern matches.
    pub negated: bool,
    /// The patterns.
    pub patterns: OneOrMany<String>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalElement {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// Who is named.
    pub principals: Principals,
}

/// The value of `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principals {
    /// `"*"`.
    Everyone,
    /// `{"AWS": …, "Service": …}`, in the order of the document.
    Listed(Vec<(PrincipalCategory, OneOrMany<String>)>),
}

/// The key under which a principal is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrincipalCategory {
    /// `AWS`: accounts, users, roles and sessions.
    Aws,
    /// `Federated`: identity providers.
    Federated,
    /// `Service`: AWS services.
    Service,
    /// `CanonicalUser`: accounts as S3 knows them.
    CanonicalUser,
}

impl PrincipalCategory {
    const ALL: [Self; 4] = [
        Self::Aws,
        Self::Federated,
        Self::Service,
        Self::CanonicalUser,
    ];

    /// The key as documents spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Federated => "Federated",
            Self::Service => "Service",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One operator of a `Condition` and the keys it tests, all of which must pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorBlock {
    /// The operator.
    pub operator: Operator,
    /// Condition keys and the values that the request's are held against, in the order of the document.
    pub tests: Vec<(String, OneOrMany<ConditionValue>)>,
}

/// A value in a `Condition`; numbers and booleans may stand without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConditionValue {
    /// `"…"`
    Text(String),
    /// A number, as it was spelt.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
}

impl ConditionValue {
    /// The value as text, which is how it is compared.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }
}
