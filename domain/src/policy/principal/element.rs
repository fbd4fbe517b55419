//! `Principal` and `NotPrincipal`, compiled (IAM User Guide: “AWS JSON policy elements: Principal” and
//! “… NotPrincipal”).

use super::{Principal, PrincipalType};
use crate::policy::document::{PrincipalCategory, PrincipalElement, Principals};

/// How far a statement that names a principal goes for it, from least to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::policy) enum Grant {
    /// It does not name it.
    #[default]
    None,
    /// It names its account, which must then allow it by the principal's own policies.
    Account,
    /// It names its role, or the user who federated it: boundary and session policies still limit it.
    Limited,
    /// It names the very user or session, or everyone.
    Direct,
}

/// The principals that a statement names.
#[derive(Clone, Debug)]
pub(in crate::policy) struct CompiledPrincipals {
    negated: bool,
    named: Box<[Named]>,
}

#[derive(Clone, Debug)]
enum Named {
    Everyone,
    /// `{"AWS": "*"}`: whoever may sign a request, and whoever does not.
    EveryAwsPrincipal,
    Account(Box<str>),
    User {
        arn: Box<str>,
        account: Box<str>,
        name: Box<str>,
    },
    Role {
        arn: Box<str>,
        account: Box<str>,
        name: Box<str>,
    },
    Session {
        arn: Box<str>,
        account: Box<str>,
        role: Box<str>,
    },
    FederatedUser(Box<str>),
    Federated(Box<str>),
    Service(Box<str>),
    /// A unique or canonical id: no principal that can still make requests is known by it here.
    Unknown,
}

impl Named {
    fn new(category: PrincipalCategory, name: &str) -> Self {
        match category {
            PrincipalCategory::Aws if name == "*" => Self::EveryAwsPrincipal,
            PrincipalCategory::Aws => Self::aws(name),
            PrincipalCategory::Federated => Self::Federated(name.into()),
            PrincipalCategory::Service => Self::Service(name.into()),
            PrincipalCategory::CanonicalUser => Self::Unknown,
        }
    }

    fn aws(name: &str) -> Self {
        if name.len() == 12 && name.bytes().all(|b| b.is_ascii_digit()) {
            return Self::Account(name.into());
        }
        let Ok(principal) = name.parse::<Principal>() else {
            return Self::Unknown;
        };
        let arn: Box<str> = name.into();
        let account: Box<str> = principal.account().unwrap_or_default().into();
        let role = principal.role_name().unwrap_or_default().into();
        match principal.kind() {
            PrincipalType::Root => Self::Account(account),
            PrincipalType::User => Self::User {
                arn,
                account,
                name: principal.user_name().unwrap_or_default().into(),
            },
            PrincipalType::Role => Self::Role {
                arn,
                account,
                name: role,
            },
            PrincipalType::AssumedRole => Self::Session { arn, account, role },
            PrincipalType::FederatedUser => Self::FederatedUser(arn),
            _ => Self::Unknown,
        }
    }

    /// How far naming goes for `principal`.
    fn grants(&self, principal: &Principal) -> Grant {
        use PrincipalType as Type;
        let kind = principal.kind();
        let is_of = |account: &str| principal.account() == Some(account);
        match self {
            Self::Everyone => Grant::Direct,
            Self::EveryAwsPrincipal => match kind {
                Type::WebIdentity | Type::Saml | Type::Service => Grant::None,
                _ => Grant::Direct,
            },
            Self::Account(account) if is_of(account) => match kind {
                Type::Root => Grant::Direct,
                _ => Grant::Account,
            },
            Self::User { arn, .. } if kind == Type::User && principal.as_str() == &**arn => {
                Grant::Direct
            }
            Self::User { account, name, .. } if kind == Type::FederatedUser => {
                if is_of(account) && principal.user_name() == Some(name) {
                    Grant::Limited
                } else {
                    Grant::None
                }
            }
            // The path is no part of a session's ARN, and names are unique without it.
            Self::Role { arn, account, name } => match (kind, &principal.role) {
                (Type::Role, _) if principal.as_str() == &**arn => Grant::Limited,
                (Type::AssumedRole, Some(role)) if **role == **arn => Grant::Limited,
                (Type::AssumedRole, None)
                    if is_of(account) && principal.role_name() == Some(name) =>
                {
                    Grant::Limited
                }
                _ => Grant::None,
            },
            Self::Session { arn, .. } | Self::FederatedUser(arn)
                if principal.as_str() == &**arn =>
            {
                Grant::Direct
            }
            Self::Federated(name) => match kind {
                Type::WebIdentity | Type::Saml if is_name(name, principal) => Grant::Direct,
                _ => Grant::None,
            },
            Self::Service(name) if kind == Type::Service && is_name(name, principal) => {
                Grant::Direct
            }
            _ => Grant::None,
        }
    }
}

fn is_name(name: &str, principal: &Principal) -> bool {
    name == "*" || name == principal.as_str()
}

impl CompiledPrincipals {
    pub fn new(element: &PrincipalElement) -> Self {
        let named = match &element.principals {
            Principals::Everyone => vec![Named::Everyone],
            Principals::Listed(listed) => {
                let names = |(category, names): &(PrincipalCategory, _)| {
                    let category = *category;
                    let names: &crate::policy::document::OneOrMany<String> = names;
                    names
                        .as_slice()
                        .iter()
                        .map(move |name| Named::new(category, name))
                        .collect::<Vec<_>>()
                };
                listed.iter().flat_map(names).collect()
            }
        };
        Self {
            negated: element.negated,
            named: named.into(),
        }
    }

    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// How far the element goes for `principal`.
    pub fn grants(&self, principal: &Principal, has_boundary: bool) -> Grant {
        if !self.negated {
            let grants = self.named.iter().map(|named| named.grants(principal));
            return grants.max().unwrap_or_default();
        }
        // `NotPrincipal` denies whoever has a permissions boundary, whatever it lists.
        if has_boundary || !self.excepts(principal) {
            Grant::Direct
        } else {
            Grant::None
        }
    }

    /// Whether `NotPrincipal` lists `principal` and whatever it is part of: its account, and a session's role.
    fn excepts(&self, principal: &Principal) -> bool {
        let lists = |least: Grant| {
            self.named
                .iter()
                .any(|named| named.grants(principal) >= least)
        };
        let is_account = |named: &Named| {
            matches!(
                named,
                Named::Everyone | Named::EveryAwsPrincipal | Named::Account(_)
            )
        };
        let lists_account = || {
            let mut accounts = self.named.iter().filter(|named| is_account(named));
            accounts.any(|named| named.grants(principal) >= Grant::Account)
        };
        match principal.kind() {
            PrincipalType::Root => lists(Grant::Direct),
            PrincipalType::User | PrincipalType::FederatedUser | PrincipalType::Role => {
                lists_account() && lists(Grant::Limited)
            }
            PrincipalType::AssumedRole => {
                let of_role = |named: &Named| match named {
                    Named::Session { account, role, .. } => {
                        principal.account() == Some(account) && principal.role_name() == Some(role)
                    }
                    _ => false,
                };
                let names_sessions = self.named.iter().any(of_role);
                let lists_role = self
                    .named
                    .iter()
                    .any(|named| named.grants(principal) == Grant::Limited);
                let everyone = || {
                    self.named
                        .iter()
                        .any(|n| matches!(n, Named::Everyone | Named::EveryAwsPrincipal))
                };
                everyone()
                    || (lists_account() && lists_role && (!names_sessions || lists(Grant::Direct)))
            }
            PrincipalType::WebIdentity
            | PrincipalType::Saml
            | PrincipalType::Service
            | PrincipalType::Anonymous => lists(Grant::Direct),
        }
    }
}
