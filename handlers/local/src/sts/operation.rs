//! The operations of STS, and how each is answered here.

use crate::operations::Listed;

/// An operation of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    /// As it stands in `Action`.
    pub(super) name: &'static str,
    /// What becomes of it.
    pub(super) support: Support,
}

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    /// Whoever signed: no policy can deny it.
    GetCallerIdentity,
    /// Long-term credentials for temporary ones of the same user: no policy is asked either.
    GetSessionToken,
    /// A session of a role that lets in whoever signed.
    AssumeRole,
    /// A session of a role that lets in whoever shows a token: AWS asks for no signature.
    AssumeRoleWithWebIdentity,
    /// Refused to whoever signed, because of this.
    Refused(&'static str),
    /// Refused to anybody, because of this: AWS asks for no signature.
    Unsigned(&'static str),
}

const NO_SAML: &str = "there is no SAML provider";

/// Every operation of the service, in the order of its API reference.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "AssumeRole",
        support: Support::AssumeRole,
    },
    Operation {
        name: "AssumeRoleWithSAML",
        support: Support::Unsigned(NO_SAML),
    },
    Operation {
        name: "AssumeRoleWithWebIdentity",
        support: Support::AssumeRoleWithWebIdentity,
    },
    refused("AssumeRoot", "the account is not part of an organization"),
    refused(
        "DecodeAuthorizationMessage",
        "messages are not encoded: the decision log has them readable",
    ),
    refused("GetAccessKeyInfo", "there is one account"),
    Operation {
        name: "GetCallerIdentity",
        support: Support::GetCallerIdentity,
    },
    refused("GetDelegatedAccessToken", "nothing is delegated"),
    refused("GetFederationToken", "there are no federated users"),
    Operation {
        name: "GetSessionToken",
        support: Support::GetSessionToken,
    },
    refused("GetWebIdentityToken", "outbound federation is switched off"),
];

/// The operations that are served to whoever signs.
pub fn signed_and_served() -> impl Iterator<Item = &'static str> {
    let is_signed = |support| {
        matches!(
            support,
            Support::GetCallerIdentity | Support::GetSessionToken | Support::AssumeRole
        )
    };
    OPERATIONS
        .iter()
        .filter(move |operation| is_signed(operation.support))
        .map(|operation| operation.name)
}

/// Every operation, and the sentence with which it is refused, if it is.
pub fn listed() -> impl Iterator<Item = Listed> {
    OPERATIONS.iter().map(|operation| match operation.support {
        Support::Refused(reason) | Support::Unsigned(reason) => (operation.name, Some(reason)),
        _ => (operation.name, None),
    })
}

impl Operation {
    /// The operation `name`, if the service has it.
    pub(super) fn find(name: &str) -> Option<Self> {
        OPERATIONS
            .iter()
            .find(|operation| operation.name == name)
            .copied()
    }
}

const fn refused(name: &'static str, reason: &'static str) -> Operation {
    Operation {
        name,
        support: Support::Refused(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_stands_once_and_in_order() {
        assert!(OPERATIONS.is_sorted_by(|a, b| a.name < b.name));
    }
}
