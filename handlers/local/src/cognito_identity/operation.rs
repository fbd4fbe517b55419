//! The operations of the Identity Pool, and how each is answered here.

/// An operation of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// As it stands in `X-Amz-Target`.
    pub name: &'static str,
    /// Who may call it.
    pub way_in: WayIn,
    /// What becomes of it.
    pub support: Support,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    /// Anybody: what the request carries is what it proves.
    Anybody,
    /// Whoever signs and is permitted `cognito-identity:<name>` on the pool.
    Permitted,
}

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// `GetId`.
    GetId,
    /// `GetCredentialsForIdentity`.
    GetCredentialsForIdentity,
    /// `DescribeIdentity`.
    DescribeIdentity,
    /// `DeleteIdentities`.
    DeleteIdentities,
    /// Part of the classic flow, which the template's pool has switched off.
    ClassicFlow,
    /// Refused, because of this.
    Refused(&'static str),
}

const TEMPLATE: &str =
    "identity pools are described in the template, and the local server follows it";
const DEVELOPER: &str = "the identity pool has no developer provider";
const LINKED_FOR_EVER: &str = "a login stays linked to its identity";
const NO_TAGS: &str = "tags of identity pools are not kept";
const NO_ATTRIBUTE_MAP: &str = "claims are not mapped to principal tags";

/// Every operation of the service, in the order of its API reference.
pub const OPERATIONS: &[Operation] = &[
    permitted("CreateIdentityPool", Support::Refused(TEMPLATE)),
    permitted("DeleteIdentities", Support::DeleteIdentities),
    permitted("DeleteIdentityPool", Support::Refused(TEMPLATE)),
    permitted("DescribeIdentity", Support::DescribeIdentity),
    permitted("DescribeIdentityPool", Support::Refused(TEMPLATE)),
    open(
        "GetCredentialsForIdentity",
        Support::GetCredentialsForIdentity,
    ),
    open("GetId", Support::GetId),
    permitted("GetIdentityPoolRoles", Support::Refused(TEMPLATE)),
    open("GetOpenIdToken", Support::ClassicFlow),
    permitted(
        "GetOpenIdTokenForDeveloperIdentity",
        Support::Refused(DEVELOPER),
    ),
    permitted(
        "GetPrincipalTagAttributeMap",
        Support::Refused(NO_ATTRIBUTE_MAP),
    ),
    permitted(
        "ListIdentities",
        Support::Refused("identities are not listed"),
    ),
    permitted("ListIdentityPools", Support::Refused(TEMPLATE)),
    permitted("ListTagsForResource", Support::Refused(NO_TAGS)),
    permitted("LookupDeveloperIdentity", Support::Refused(DEVELOPER)),
    permitted("MergeDeveloperIdentities", Support::Refused(DEVELOPER)),
    permitted("SetIdentityPoolRoles", Support::Refused(TEMPLATE)),
    permitted(
        "SetPrincipalTagAttributeMap",
        Support::Refused(NO_ATTRIBUTE_MAP),
    ),
    permitted("TagResource", Support::Refused(NO_TAGS)),
    permitted("UnlinkDeveloperIdentity", Support::Refused(DEVELOPER)),
    open("UnlinkIdentity", Support::Refused(LINKED_FOR_EVER)),
    permitted("UntagResource", Support::Refused(NO_TAGS)),
    permitted("UpdateIdentityPool", Support::Refused(TEMPLATE)),
];

/// The operations that are served to whoever is permitted them.
pub fn permitted_and_served() -> impl Iterator<Item = &'static str> {
    let is_served = |support| !matches!(support, Support::Refused(_) | Support::ClassicFlow);
    OPERATIONS
        .iter()
        .filter(move |operation| {
            operation.way_in == WayIn::Permitted && is_served(operation.support)
        })
        .map(|operation| operation.name)
}

impl Operation {
    /// The operation `name`, if the service has it.
    pub fn find(name: &str) -> Option<Self> {
        OPERATIONS
            .iter()
            .find(|operation| operation.name == name)
            .copied()
    }
}

const fn open(name: &'static str, support: Support) -> Operation {
    Operation {
        name,
        way_in: WayIn::Anybody,
        support,
    }
}

const fn permitted(name: &'static str, support: Support) -> Operation {
    Operation {
        name,
        way_in: WayIn::Permitted,
        support,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_stands_once_and_in_order() {
        assert!(OPERATIONS.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(Operation::find("getid"), None);
        assert_eq!(Operation::find("GetId").unwrap().way_in, WayIn::Anybody);
    }
}
