//! Gathering policies and compiling them.

use super::{CompiledPolicies, layer::Layer};
use crate::policy::{Policy, PolicyKind};

/// Gathers the policies that have a say.
#[derive(Clone, Debug, Default)]
pub struct CompiledPoliciesBuilder {
    identity: Vec<Policy>,
    resource: Vec<Policy>,
    boundary: Vec<Policy>,
    session: Vec<Policy>,
    service_control: Vec<Vec<Policy>>,
    resource_control: Vec<Vec<Policy>>,
    resource_must_allow: bool,
}

impl CompiledPoliciesBuilder {
    /// Adds a policy of the principal: of the user, its groups or the role. Any of them may grant.
    #[must_use]
    pub fn identity(mut self, policy: &Policy) -> Self {
        self.identity.push(policy.clone());
        self
    }

    /// Adds the resource's own policy; the trust policy of a role that is to be assumed.
    #[must_use]
    pub fn resource(mut self, policy: &Policy) -> Self {
        self.resource_must_allow |= policy.kind() == PolicyKind::Trust;
        self.resource.push(policy.clone());
        self
    }

    /// Adds a permissions boundary.
    #[must_use]
    pub fn boundary(mut self, policy: &Policy) -> Self {
        self.boundary.push(policy.clone());
        self
    }

    /// Adds a session policy; of several, any may allow.
    #[must_use]
    pub fn session(mut self, policy: &Policy) -> Self {
        self.session.push(policy.clone());
        self
    }

    /// Adds a level of the organization (root, unit or account) with its service control policies: some
    /// policy of every level must allow.
    #[must_use]
    pub fn service_control_level<'p>(
        mut self,
        policies: impl IntoIterator<Item = &'p Policy>,
    ) -> Self {
        self.service_control
            .push(policies.into_iter().cloned().collect());
        self
    }

    /// Adds a level of the organization with its resource control policies: some policy of every level must allow.
    #[must_use]
    pub fn resource_control_level<'p>(
        mut self,
        policies: impl IntoIterator<Item = &'p Policy>,
    ) -> Self {
        self.resource_control
            .push(policies.into_iter().cloned().collect());
        self
    }

    /// Without the resource policy's consent nothing is allowed, whatever the principal's policies say. It goes
    /// without saying for trust policies, and for the actions that assume a role or are on KMS keys.
    #[must_use]
    pub fn resource_must_allow(mut self) -> Self {
        self.resource_must_allow = true;
        self
    }

    /// Compiles the policies.
    pub fn build(self) -> CompiledPolicies {
        let present = |policies: Vec<Policy>| (!policies.is_empty()).then(|| Layer::new(&policies));
        let levels =
            |levels: Vec<Vec<Policy>>| levels.iter().map(|level| Layer::new(level)).collect();
        CompiledPolicies {
            identity: Layer::new(&self.identity),
            resource: present(self.resource),
            boundary: present(self.boundary),
            session: present(self.session),
            service_control: levels(self.service_control),
            resource_control: levels(self.resource_control),
            resource_must_allow: self.resource_must_allow,
        }
    }
}
