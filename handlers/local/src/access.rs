//! Who signed a request, and whether the policies let them: the one place where both are decided, and where
//! both are written into the decision log.

mod assumption;
pub mod conditions;
mod keys;
mod policies;

use std::{
    collections::BTreeMap,
    fmt,
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
use notewarden_sigv4::{Body, Refusal, Service, Verified, Verifier};
use notewarden_userpool::{Credential, Credentials, Principal, PrincipalKind};
use serde_json::{Value, json};

pub(crate) use self::keys::keys_of;
pub use self::{assumption::Assumption, policies::Policies};
use self::{conditions::Facts, keys::Keys, policies::Narrowed};
use crate::{
    decisions::{Decision, Decisions, Explain, Explanation, Outcome},
    wire::WireRequest,
};

/// Authenticates and authorizes requests.
pub struct Access {
    verifier: Verifier,
    region: Arc<str>,
    credentials: Credentials,
    keys: Keys,
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

/// The policies do not allow it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Denied {
    /// The ARN of who asked.
    pub principal: String,
    /// What was asked.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Whether a statement denies it, in place of none allowing it.
    pub explicit: bool,
}

impl Denied {
    fn of(ask: &Ask<'_>, explicit: bool) -> Self {
        let principal = ask.principal.map(|principal| principal.arn.clone());
        Self {
            principal: principal.unwrap_or_else(|| "anonymous".to_owned()),
            action: ask.action.to_owned(),
            resource: ask.resource.to_owned(),
            explicit,
        }
    }
}

impl fmt::Display for Denied {
    /// As AWS words it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            principal,
            action,
            resource,
            explicit,
        } = self;
        write!(
            f,
            "User: {principal} is not authorized to perform: {action} on resource: {resource} "
        )?;
        if *explicit {
            f.write_str("with an explicit deny in an identity-based policy")
        } else {
            write!(
                f,
                "because no identity-based policy allows the {action} action"
            )
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
            keys: Keys::of(credentials.clone()),
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
                .verify(&parts.into(), body, service, &self.keys, system_time(now));
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
            self.refuse(request_id, now, action, parts.uri.path(), refusal);
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
            explain: Box::new(move |_| Explanation {
                reason: reason.clone(),
                ..Explanation::default()
            }),
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
            explain: Box::new(move |_| Explanation {
                reason: over.to_string(),
                ..Explanation::default()
            }),
        });
    }

    fn refuse(&self, request_id: &str, at: Timestamp, action: &str, path: &str, refusal: &Refusal) {
        let refusal = refusal.clone();
        self.decisions.record(Decision {
            request_id: request_id.to_owned(),
            at,
            principal: None,
            action: action.to_owned(),
            resource: path.to_owned(),
            outcome: Outcome::Refused,
            explain: Box::new(move |_| Explanation {
                reason: refusal.to_string(),
                statement: None,
                detail: match &refusal {
                    Refusal::SignatureMismatch(mismatch) => json!({
                        "canonicalRequest": mismatch.canonical_request,
                        "stringToSign": mismatch.string_to_sign,
                    }),
                    _ => Value::Null,
                },
            }),
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
        self.decide(ask, verdict, at, explain)
    }

    /// Writes the verdict into the decision log, and a refusal into the log.
    fn decide(
        &self,
        ask: &Ask<'_>,
        verdict: Verdict,
        at: Timestamp,
        explain: Explain,
    ) -> Result<(), Denied> {
        self.decisions.record(Decision {
            request_id: ask.request_id.to_owned(),
            at,
            principal: ask.principal.cloned(),
            action: ask.action.to_owned(),
            resource: ask.resource.to_owned(),
            outcome: verdict.into(),
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
            return Box::new(move |_| Explanation {
                reason: reason.to_owned(),
                ..Explanation::default()
            });
        };
        let source = ask.peer.ip();
        let region = Arc::clone(&self.region);
        let of_service: Vec<(String, String)> = ask
            .context
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        Box::new(move |decision| {
            let facts = Facts {
                principal: decision.principal.as_deref(),
                source,
                region: &region,
                at: decision.at,
            };
            let of_service = of_service.iter().map(|(key, value)| (&**key, &**value));
            explain(&policies, decision, &conditions::context(facts, of_service))
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

fn explain(policies: &CompiledPolicies, decision: &Decision, context: &Context<'_>) -> Explanation {
    let caller = caller(decision.principal.as_ref());
    let request = Request::new(&caller, &decision.action, &decision.resource, context);
    let explained = policies.explain(&request);
    Explanation {
        statement: explained.decided_by.as_ref().map(ToString::to_string),
        detail: json!({ "statements": explained.statements, "context": context }),
        reason: explained.reason,
    }
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
