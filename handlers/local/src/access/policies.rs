//! The policies that have a say in a principal's requests, and those of sessions that were opened with less.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use lru::LruCache;
use notewarden_domain::policy::{CompiledPolicies, CompiledPoliciesBuilder, Policy, PolicyKind};

/// How many sets with session policies are kept compiled.
const KEPT: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();

/// The policies that have a say in a principal's requests.
#[derive(Clone)]
pub struct Policies {
    /// In all but those for the bucket.
    own: Arc<CompiledPolicies>,
    /// In those for the bucket, which has a policy of its own.
    on_bucket: Arc<CompiledPolicies>,
    /// What both are made from: without the bucket's policy, and the bucket's policy.
    parts: Arc<(CompiledPoliciesBuilder, Policy)>,
}

impl Policies {
    /// The policies of a principal, and the bucket's.
    pub fn new(own: &[Policy], bucket: &Policy) -> Self {
        let builder = own
            .iter()
            .fold(CompiledPolicies::builder(), |builder, policy| {
                builder.identity(policy)
            });
        Self::of(builder, bucket.clone())
    }

    fn of(builder: CompiledPoliciesBuilder, bucket: Policy) -> Self {
        Self {
            own: Arc::new(builder.clone().build()),
            on_bucket: Arc::new(builder.clone().resource(&bucket).build()),
            parts: Arc::new((builder, bucket)),
        }
    }

    /// Those that have a say in `action`.
    pub fn on(&self, action: &str) -> &Arc<CompiledPolicies> {
        if action.starts_with("s3:") {
            &self.on_bucket
        } else {
            &self.own
        }
    }

    /// Others of the same principal, with the same bucket's.
    pub(super) fn with_own(&self, own: &[Policy]) -> Self {
        Self::new(own, &self.parts.1)
    }

    /// No more than these and one of `session` allow.
    pub(super) fn within(&self, session: &[Policy]) -> Self {
        let (builder, bucket) = &*self.parts;
        let narrowed = session
            .iter()
            .fold(builder.clone(), |builder, policy| builder.session(policy));
        Self::of(narrowed, bucket.clone())
    }

    /// Those that have a say in assuming a role which `trust` gives.
    pub(super) fn on_role(&self, trust: &Policy) -> CompiledPolicies {
        self.parts.0.clone().resource(trust).build()
    }
}

/// The policies of sessions with session policies, compiled once for all requests of a session.
pub(super) struct Narrowed(Mutex<LruCache<(String, Vec<String>), Policies>>);

impl Default for Narrowed {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Narrowed {
    /// Those of the role `role`, whose own are `of_role`, within `documents`. `None` if a document is none, which
    /// allows nothing.
    pub(super) fn of(
        &self,
        role: &str,
        of_role: &Policies,
        documents: &[String],
    ) -> Option<Policies> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (role.to_owned(), documents.to_vec());
        if let Some(known) = kept.get(&key) {
            return Some(known.clone());
        }
        let session = documents
            .iter()
            .map(|document| Policy::parse(document, PolicyKind::Identity))
            .collect::<Result<Vec<_>, _>>()
            .inspect_err(|error| tracing::error!(%error, role, "a session policy is none"))
            .ok()?;
        let narrowed = of_role.within(&session);
        kept.put(key, narrowed.clone());
        Some(narrowed)
    }
}
