//! The operations of the Identity Pool, and how each is answered here.

use crate::{
    json_protocol::{self, operation::WayIn},
    operations::Listed,
};

/// An operation of the Identity Pool.
pub type Operation = json_protocol::operation::Operation<Support>;

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
    /// `GetOpenIdToken`.
    GetOpenIdToken,
    /// `ListIdentities`.
    ListIdentities,
    /// `UnlinkIdentity`.
    UnlinkIdentity,
    /// Refused, because of this.
    Refused(&'static str),
}

const TEMPLATE: &str =
    "identity pools are described in the template, and the local server follows it";
const DEVELOPER: &str = "the identity pool has no developer provider";
const NO_TAGS: &str = "tags of identity pools are not kept";

/// Every operation of the service, in the order of its API reference.
pub const OPERATIONS: &[Operation] = &[
    Operation::permitted("CreateIdentityPool", Support::Refused(TEMPLATE)),
    Operation::permitted("DeleteIdentities", Support::DeleteIdentities),
    Operation::permitted("DeleteIdentityPool", Support::Refused(TEMPLATE)),
    Operation::permitted("DescribeIdentity", Support::DescribeIdentity),
    Operation::permitted("DescribeIdentityPool", Support::Refused(TEMPLATE)),
    Operation::open(
        "GetCredentialsForIdentity",
        Support::GetCredentialsForIdentity,
    ),
    Operation::open("GetId", Support::GetId),
    Operation::permitted("GetIdentityPoolRoles", Support::Refused(TEMPLATE)),
    Operation::open("GetOpenIdToken", Support::GetOpenIdToken),
    Operation::permitted(
        "GetOpenIdTokenForDeveloperIdentity",
        Support::Refused(DEVELOPER),
    ),
    Operation::permitted("GetPrincipalTagAttributeMap", Support::Refused(TEMPLATE)),
    Operation::permitted("ListIdentities", Support::ListIdentities),
    Operation::permitted("ListIdentityPools", Support::Refused(TEMPLATE)),
    Operation::permitted("ListTagsForResource", Support::Refused(NO_TAGS)),
    Operation::permitted("LookupDeveloperIdentity", Support::Refused(DEVELOPER)),
    Operation::permitted("MergeDeveloperIdentities", Support::Refused(DEVELOPER)),
    Operation::permitted("SetIdentityPoolRoles", Support::Refused(TEMPLATE)),
    Operation::permitted("SetPrincipalTagAttributeMap", Support::Refused(TEMPLATE)),
    Operation::permitted("TagResource", Support::Refused(NO_TAGS)),
    Operation::permitted("UnlinkDeveloperIdentity", Support::Refused(DEVELOPER)),
    Operation::open("UnlinkIdentity", Support::UnlinkIdentity),
    Operation::permitted("UntagResource", Support::Refused(NO_TAGS)),
    Operation::permitted("UpdateIdentityPool", Support::Refused(TEMPLATE)),
];

/// Every operation, and the sentence with which it is refused, if it is.
pub fn listed() -> impl Iterator<Item = Listed> {
    OPERATIONS.iter().map(|operation| match operation.support {
        Support::Refused(reason) => (operation.name, Some(reason)),
        _ => (operation.name, None),
    })
}

/// The operations that are served to whoever is permitted them.
pub fn permitted_and_served() -> impl Iterator<Item = &'static str> {
    let is_served = |support| !matches!(support, Support::Refused(_));
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
