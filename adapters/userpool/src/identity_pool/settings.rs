//! What a pool's owner decides.

use std::collections::BTreeMap;

use super::{role_mapping::RoleMapping, tags::TagMapping};

/// What a pool's owner decides.
#[derive(Clone, Debug)]
pub struct IdentityPoolSettings {
    /// `<region>:<uuid>`.
    pub id: String,
    /// The ARN of the role for people who have signed in.
    pub authenticated_role: String,
    /// Whether there are identities of people who have not.
    pub allows_guests: bool,
    /// The ARN of the role for guests; without it they get no credentials.
    pub unauthenticated_role: Option<String>,
    /// Whether the pool gives tokens with which people assume roles by themselves.
    pub allows_classic_flow: bool,
    /// Who gets another role than the authenticated one, by the name of the provider, or `<provider>:<client id>`.
    pub role_mappings: BTreeMap<String, RoleMapping>,
    /// Which claims become tags of the session, by the name of the provider.
    pub tag_mappings: BTreeMap<String, TagMapping>,
}

impl IdentityPoolSettings {
    /// The pool `id` that gives one role to whoever has signed in, and nothing to others.
    pub fn new(id: impl Into<String>, authenticated_role: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            authenticated_role: authenticated_role.into(),
            allows_guests: false,
            unauthenticated_role: None,
            allows_classic_flow: false,
            role_mappings: BTreeMap::new(),
            tag_mappings: BTreeMap::new(),
        }
    }
}
