//! All policies that have a say in a request, compiled once and evaluated many times.

mod builder;
mod decide;
mod layer;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Policy, Request, explain::Explanation, statement::Subject};
pub use builder::CompiledPoliciesBuilder;
pub(super) use decide::Reason;
use decide::{Facts, decide};
use layer::{Answer, Layer};

/// What the policies say to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Everything that must allow it does, and nothing denies it.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// Nothing denies it, but something that must allow it does not.
    ImplicitlyDenied,
}

impl Verdict {
    /// Whether the request may go on.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }

    /// The verdict's name, as it serializes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
        }
    }
}

/// The part that a policy plays in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PolicyLayer {
    /// A policy of the principal, which grants.
    Identity,
    /// The resource's own policy, which grants; for a role, its trust policy.
    Resource,
    /// A permissions boundary, which limits.
    Boundary,
    /// A session policy, which limits.
    Session,
    /// A service control policy, which limits.
    ServiceControl,
    /// A resource control policy, which limits.
    ResourceControl,
}

impl PolicyLayer {
    /// The layer as a sentence names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::Resource => "resource policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
        }
    }
}

/// The policies that have a say in a principal's requests.
///
/// ```
/// use notewarden_domain::policy::{CompiledPolicies, Context, Policy, PolicyKind, Principal, Request, Verdict};
///
/// let role = Policy::parse(
///     r#"{"Version": "2012-10-17", "Statement": [{
///         "Sid": "OwnFolder", "Effect": "Allow", "Action": "s3:*",
///         "Resource": "arn:aws:s3:::files/private/${cognito-identity.amazonaws.com:sub}/*"}]}"#,
///     PolicyKind::Identity,
/// )?;
/// let policies = CompiledPolicies::builder().identity(&role.named("AuthRole")).build();
///
/// let caller: Principal = "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials".parse()?;
/// let context = Context::new().with("cognito-identity.amazonaws.com:sub", "us-east-1:aaa");
/// let read = |resource| policies.evaluate(&Request::new(&caller, "s3:GetObject", resource, &context));
/// assert_eq!(read("arn:aws:s3:::files/private/us-east-1:aaa/a.txt"), Verdict::Allowed);
/// assert_eq!(read("arn:aws:s3:::files/private/us-east-1:aaab/a.txt"), Verdict::ImplicitlyDenied);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A trust policy is a resource policy whose consent is always needed:
///
/// ```
/// use notewarden_domain::policy::{CompiledPolicies, Context, Policy, PolicyKind, Principal, Request};
///
/// let trust = Policy::parse(
///     r#"{"Version": "2012-10-17", "Statement": [{
///         "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
///         "Principal": {"Federated": "cognito-identity.amazonaws.com"},
///         "Condition": {
///             "StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool"},
///             "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}]}"#,
///     PolicyKind::Trust,
/// )?;
/// let trust = CompiledPolicies::builder().resource(&trust).build();
///
/// let person = Principal::web_identity("cognito-identity.amazonaws.com");
/// let context = Context::new()
///     .with("cognito-identity.amazonaws.com:aud", "us-east-1:pool")
///     .with_all("cognito-identity.amazonaws.com:amr", ["authenticated", "graph.facebook.com"]);
/// let role = "arn:aws:iam::000000000000:role/AuthRole";
/// let assume = Request::new(&person, "sts:AssumeRoleWithWebIdentity", role, &context);
/// assert!(trust.evaluate(&assume).is_allowed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CompiledPolicies {
    identity: Layer,
    resource: Option<Layer>,
    boundary: Option<Layer>,
    session: Option<Layer>,
    service_control: Vec<Layer>,
    resource_control: Vec<Layer>,
    resource_must_allow: bool,
}

impl CompiledPolicies {
    /// No policies, to which some are added.
    pub fn builder() -> CompiledPoliciesBuilder {
        CompiledPoliciesBuilder::default()
    }

    /// Decides. The path does not allocate for actions of up to 128 bytes, nor for up to four variables a pattern.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let mut lowered = [0; 128];
        let action = lower(request.action, &mut lowered);
        let facts = self.facts(request, &action, |layer, _, subject| layer.consult(subject));
        decide(&facts).0
    }

    /// Decides, and says why: the deciding statement, and what did not match in every other.
    pub fn explain(&self, request: &Request<'_>) -> Explanation {
        let mut lowered = [0; 128];
        let action = lower(request.action, &mut lowered);
        let mut statements = Vec::new();
        let facts = self.facts(request, &action, |layer, part, subject| {
            layer.consult_in_full(part, subject, &mut statements)
        });
        let (verdict, reason) = decide(&facts);
        Explanation::new(request, verdict, reason, statements)
    }

    /// The policies that have a say, in the order in which explanations go through them: the part of each, its name
    /// there, and the policy.
    pub fn policies(&self) -> impl Iterator<Item = (PolicyLayer, Cow<'_, str>, &Policy)> {
        let parts = [
            (PolicyLayer::Identity, vec![&self.identity]),
            (PolicyLayer::Resource, self.resource.iter().collect()),
            (PolicyLayer::Boundary, self.boundary.iter().collect()),
            (PolicyLayer::Session, self.session.iter().collect()),
            (
                PolicyLayer::ServiceControl,
                self.service_control.iter().collect(),
            ),
            (
                PolicyLayer::ResourceControl,
                self.resource_control.iter().collect(),
            ),
        ];
        parts.into_iter().flat_map(|(part, layers): (_, Vec<_>)| {
            let policies = layers.into_iter().flat_map(Layer::policies);
            policies.map(move |(name, policy)| (part, name, policy))
        })
    }

    fn facts(
        &self,
        request: &Request<'_>,
        action: &str,
        mut consult: impl FnMut(&Layer, PolicyLayer, &Subject<'_>) -> Answer,
    ) -> Facts {
        let has_boundary = self.boundary.is_some();
        let subject = Subject {
            request,
            action,
            has_boundary,
        };
        let mut ask = |layer: &Layer, part| consult(layer, part, &subject);
        Facts {
            principal: request.principal.kind(),
            is_within_account: request.is_within_account(),
            resource_must_allow: self.resource_must_allow || is_for_the_resource_to_allow(action),
            identity: ask(&self.identity, PolicyLayer::Identity),
            resource: self
                .resource
                .as_ref()
                .map(|layer| ask(layer, PolicyLayer::Resource)),
            boundary: self
                .boundary
                .as_ref()
                .map(|layer| ask(layer, PolicyLayer::Boundary)),
            session: self
                .session
                .as_ref()
                .map(|layer| ask(layer, PolicyLayer::Session)),
            service_control: Answer::of_every(
                self.service_control
                    .iter()
                    .map(|layer| ask(layer, PolicyLayer::ServiceControl)),
            ),
            resource_control: Answer::of_every(
                self.resource_control
                    .iter()
                    .map(|layer| ask(layer, PolicyLayer::ResourceControl)),
            ),
        }
    }
}

/// Whether nothing but the resource's own policy opens it to an action, in lower case: only its key policy lets a
/// KMS key be used, and only its trust policy lets a role be assumed.
fn is_for_the_resource_to_allow(action: &str) -> bool {
    match action.split_once(':') {
        Some(("kms", _)) => true,
        Some(("sts", name)) => {
            name.starts_with("assumerole") || matches!(name, "tagsession" | "setsourceidentity")
        }
        _ => false,
    }
}

/// `action` in lower case, in `buffer` if it fits.
fn lower<'b>(action: &'b str, buffer: &'b mut [u8; 128]) -> Cow<'b, str> {
    let lowered = buffer.get_mut(..action.len()).map(|lowered| {
        lowered.copy_from_slice(action.as_bytes());
        lowered.make_ascii_lowercase();
        &*lowered
    });
    match lowered.and_then(|lowered| std::str::from_utf8(lowered).ok()) {
        Some(lowered) => Cow::Borrowed(lowered),
        None => Cow::Owned(action.to_ascii_lowercase()),
    }
}
