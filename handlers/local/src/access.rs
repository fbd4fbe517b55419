//! Who signed a request, and whether the policies let them: the one place where both are decided, and where
//! both are written into the decision log.

mod assumption;
pub mod conditions;
mod denied;
mod evaluation;
mod keys;
mod policies;
mod replay;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http::request::Parts;
use notewarden_domain::{
    Timestamp,
    policy::{self, CompiledPolicies, Context, Request, Verdict},
    ports::Clock,
    quota::OverQuota,
};
use notewarden_sigv4::{Body, Evidence, Refusal, Service, Verified, Verifier};
use notewarden_userpool::{Credential, Credentials, Principal, PrincipalKind};

pub(crate) use self::keys::keys_of;
pub use self::{assumption::Assumption, denied::Denied, policies::Policies, replay::Replayed};
use self::{conditions::Facts, keys::Keys, policies::Narrowed};
use crate::{
    decisions::{Asked, Decision, Decisions, Explain, Outcome},
    wire::WireRequest,
};

/// Authenticates and authorizes requests.
pub struct Access {
    verifier: Verifier,
    region: Arc<str>,
    credentials: Credentials,
    keys: Arc<Keys>,
    admin: Policies,
    roles: BTreeMap<String, Policies>,
    narrowed: Narrowed,
    clock: Arc<dyn Clock>,
    decisions: Decisions,
}

/// Who signed a request.
#[derive(Clone, Debug)]
pub struct Signer {
    /// What it was signed with.
    pub credential: Arc<Credential>,
    /// What of it the signature covers.
    pub verified: Arc<Verified>,
}

/// What is asked of the policies.
pub struct Ask<'a> {
    /// The request that asks.
    pub request_id: &'a str,
    /// Who asks; nobody if the request is not signed.
    pub principal: Option<&'a Arc<Principal>>,
    /// `service:Action`.
    pub action: &'a str,
    /// The ARN of what the action is on.
    pub resource: &'a str,
    /// The service's own condition keys; the global ones are added.
    pub context: Vec<(&'a str, String)>,
    /// The peer of the connection.
    pub peer: SocketAddr,
}

impl<'a> Ask<'a> {
    /// Whether `signer`, who sent `request`, may do `action` on `resource`, where the service has no condition
    /// keys of its own.
    pub fn of(
        request: &'a WireRequest,
        signer: &'a Signer,
        action: &'a str,
        resource: &'a str,
    ) -> Self {
        Self {
            request_id: &request.id,
            principal: Some(&signer.credential.principal),
            action,
            resource,
            context: Vec::new(),
            peer: request.peer,
        }
    }
}

/// What an access is made of.
pub struct AccessParts {
    pub region: Arc<str>,
    pub credentials: Credentials,
    /// What the owner of the data directory may do.
    pub admin: Policies,
    /// What the sessions of each role may do, by the role's name.
    pub roles: BTreeMap<String, Policies>,
    pub clock: Arc<dyn Clock>,
}

impl Access {
    /// The access of one server.
    pub fn new(parts: AccessParts) -> Self {
        let AccessParts {
            region,
            credentials,
            admin,
            roles,
            clock,
        } = parts;
        Self {
            verifier: Verifier::new(Arc::clone(&region)),
            region,
            keys: Arc::new(Keys::of(credentials.clone())),
            credentials,
            admin,
            roles,
            narrowed: Narrowed::default(),
            clock,
            decisions: Decisions::default(),
        }
    }

    /// The decision log.
    pub const fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// Says who signed a request whose body has been read, for `service`. A refusal goes into the decision
    /// log as one of `action`.
    ///
    /// # Errors
    /// The true reason, which is not for the client.
    pub fn authenticate(
        &self,
        request: &WireRequest,
        service: Service,
        action: &str,
    ) -> Result<Signer, Refusal> {
        self.authenticate_body(
            &request.id,
            &request.parts,
            Body::Collected(&request.body),
            service,
            action,
        )
    }

    /// The same for a request whose body is read as far as the caller says.
    ///
    /// # Errors
    /// The true reason, which is not for the client.
    pub fn authenticate_body(
        &self,
        request_id: &str,
        parts: &Parts,
        body: Body<'_>,
        service: Service,
        action: &str,
    ) -> Result<Signer, Refusal> {
        let now = self.clock.now();
        let verified =
            self.verifier
                .verify(&parts.into(), body, service, &*self.keys, system_time(now));
        let outcome = verified.and_then(|verified| {
            let id = verified.credentials().access_key_id();
            match self.credentials.find(id) {
                Ok(Some(credential)) => Ok(Signer {
                    credential,
                    verified: Arc::new(verified),
                }),
                _ => Err(Refusal::UnknownAccessKey(id.into())),
            }
        });
        outcome.inspect_err(|refusal| {
            tracing::info!(request_id, action, reason = %refusal, "a request was refused");
            let evidence = match refusal {
                Refusal::SignatureMismatch(_) => Evidence::of(&parts.into(), body, service).ok(),
                _ => None,
            };
            self.refuse(request_id, now, action, parts.uri.path(), refusal, evidence);
        })
    }

    /// Writes what another authorizer than IAM has found into the decision log: that it lets a request through, or
    /// `refusal`, why not.
    pub fn note_authorizer(
        &self,
        request_id: &str,
        action: &str,
        resource: String,
        refusal: Option<String>,
    ) {
        let outcome = match &refusal {
            None => Outcome::Allowed,
            Some(reason) => {
                tracing::info!(request_id, action, reason, "a request was refused");
                Outcome::Refused
            }
        };
        let reason = refusal.unwrap_or_else(|| "the authorizer knows who calls".to_owned());
        self.decisions.record(Decision {
            request_id: request_id.to_owned(),
            at: self.clock.now(),
            principal: None,
            action: action.to_owned(),
            resource,
            outcome,
            asked: None,
            explain: evaluation::because(reason),
        });
    }

    /// Writes into the decision log that there is no room for what a request would store.
    pub fn note_over_quota(
        &self,
        request_id: &str,
        principal: Option<Arc<Principal>>,
        action: &str,
        resource: String,
        over: OverQuota,
    ) {
        tracing::info!(request_id, action, reason = %over, "a request was over the quota");
        self.decisions.record(Decision {
            request_id: request_id.to_owned(),
            at: self.clock.now(),
            principal,
            action: action.to_owned(),
            resource,
            outcome: Outcome::OverQuota,
            asked: None,
            explain: evaluation::because(over.to_string()),
        });
    }

    fn refuse(
        &self,
        request_id: &str,
        at: Timestamp,
        action: &str,
        path: &str,
        refusal: &Refusal,
        evidence: Option<Evidence>,
    ) {
        let (region, keys) = (Arc::clone(&self.region), Arc::clone(&self.keys));
        let diagnose = move || evidence.as_ref()?.diagnose(&region, &*keys);
        self.decisions.record(Decision {
            request_id: request_id.to_owned(),
            at,
            principal: None,
            action: action.to_owned(),
            resource: path.to_owned(),
            outcome: Outcome::Refused,
            asked: None,
            explain: evaluation::of_refusal(refusal.clone(), diagnose),
        });
    }

    /// Asks the policies. The verdict goes into the decision log.
    ///
    /// # Errors
    /// Nothing allows it, or something denies it.
    pub fn authorize(&self, ask: &Ask<'_>) -> Result<(), Denied> {
        let at = self.clock.now();
        let policies = self.policies_of(ask);
        let verdict = policies
            .as_ref()
            .map_or(Verdict::ImplicitlyDenied, |policies| {
                self.evaluate(policies, ask, at)
            });
        let explain = self.explanation(policies, ask);
        let asked = Asked {
            source: ask.peer.ip(),
            of_service: ask
                .context
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect(),
        };
        self.decide(ask, verdict, at, Some(asked), explain)
    }

    /// Writes the verdict into the decision log, and a refusal into the log.
    fn decide(
        &self,
        ask: &Ask<'_>,
        verdict: Verdict,
        at: Timestamp,
        asked: Option<Asked>,
        explain: Explain,
    ) -> Result<(), Denied> {
        self.decisions.record(Decision {
            request_id: ask.request_id.to_owned(),
            at,
            principal: ask.principal.cloned(),
            action: ask.action.to_owned(),
            resource: ask.resource.to_owned(),
            outcome: verdict.into(),
            asked,
            explain,
        });
        if verdict == Verdict::Allowed {
            return Ok(());
        }
        let denied = Denied::of(ask, verdict == Verdict::ExplicitlyDenied);
        tracing::info!(request_id = ask.request_id, reason = %denied, "a request was denied");
        Err(denied)
    }

    /// Whether the policies would allow it; not a decision on a request, so not in the log.
    pub fn would_allow(&self, ask: &Ask<'_>) -> bool {
        let at = self.clock.now();
        self.policies_of(ask)
            .is_some_and(|policies| self.evaluate(&policies, ask, at).is_allowed())
    }

    fn context<'a>(&'a self, ask: &'a Ask<'_>, at: Timestamp) -> Context<'a> {
        let facts = Facts {
            principal: ask.principal.map(Arc::as_ref),
            source: ask.peer.ip(),
            region: &self.region,
            at,
        };
        let of_service = ask
            .context
            .iter()
            .map(|(key, value)| (*key, value.as_str()));
        conditions::context(facts, of_service)
    }

    fn evaluate(&self, policies: &CompiledPolicies, ask: &Ask<'_>, at: Timestamp) -> Verdict {
        let context = self.context(ask, at);
        let caller = caller(ask.principal);
        policies.evaluate(&Request::new(&caller, ask.action, ask.resource, &context))
    }

    /// What explains the answer of `policies` to `ask`, keeping only what the decision itself does not.
    fn explanation(&self, policies: Option<Arc<CompiledPolicies>>, ask: &Ask<'_>) -> Explain {
        let Some(policies) = policies else {
            let reason = match ask.principal {
                Some(_) => "the role of this session has no policies here",
                None => "nobody signed the request",
            };
            return evaluation::because(reason.to_owned());
        };
        let region = Arc::clone(&self.region);
        Box::new(move |decision, depth| {
            let context = conditions::of_decision(decision, &region);
            let caller = caller(decision.principal.as_ref());
            let (action, resource) = (&decision.action, &decision.resource);
            let told = policies.explain(&Request::new(&caller, action, resource, &context));
            evaluation::of_policies(&policies, &told, &context, depth)
        })
    }

    fn policies_of(&self, ask: &Ask<'_>) -> Option<Arc<CompiledPolicies>> {
        let policies = self.policies_of_principal(ask.principal?)?;
        Some(Arc::clone(policies.on(ask.action)))
    }

    /// The policies as they are now: a session has those of its role at the time it asks, and no more than its own
    /// session policies let through.
    fn policies_of_principal(&self, principal: &Principal) -> Option<Policies> {
        match &principal.kind {
            PrincipalKind::Admin => Some(self.admin.clone()),
            PrincipalKind::Session { role, scope, .. } => {
                let of_role = self.roles.get(role)?;
                if scope.policies.is_empty() {
                    return Some(of_role.clone());
                }
                self.narrowed.of(role, of_role, &scope.policies)
            }
        }
    }
}

/// The principal as the policy language knows it.
fn caller(principal: Option<&Arc<Principal>>) -> policy::Principal {
    principal
        .and_then(|principal| principal.arn.parse().ok())
        .unwrap_or_else(policy::Principal::anonymous)
}

pub(crate) fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(at.as_millis())
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allowed => Self::Allowed,
            Verdict::ExplicitlyDenied => Self::ExplicitlyDenied,
            Verdict::ImplicitlyDenied => Self::ImplicitlyDenied,
        }
    }
}
