//! The decision log: the last authorization decisions, each with its true reason, for the person who runs
//! the server. Clients are never told more than AWS tells them.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use notewarden_domain::Timestamp;
use notewarden_userpool::Principal;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

/// How many decisions are kept.
const KEPT: usize = 2_000;

/// One decision.
///
/// What is only read by a person is worked out when one asks: an allowed request pays little, and thousands of
/// decisions stay small in memory.
pub struct Decision {
    /// The request that was decided on; one request may need several decisions.
    pub request_id: String,
    /// When.
    pub at: Timestamp,
    /// Who signed, if the signature was right.
    pub principal: Option<Arc<Principal>>,
    /// `service:Action`.
    pub action: String,
    /// The ARN of what the action is on.
    pub resource: String,
    /// What was decided.
    pub outcome: Outcome,
    /// With what the policies were asked, if it were policies of the principal that decided.
    pub asked: Option<Asked>,
    /// How it came about.
    pub explain: Explain,
}

/// With what policies were asked, beside the decision's own facts: enough to ask others the same.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The peer of the connection.
    pub source: IpAddr,
    /// The condition keys of the service.
    pub of_service: Vec<(String, String)>,
}

/// Explains a decision.
pub type Explain = Box<dyn Fn(&Decision, Depth) -> Explanation + Send + Sync>;

/// How much of an explanation is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The reason, for a list.
    Brief,
    /// The detail too.
    Full,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// No statement allows it.
    ImplicitlyDenied,
    /// Who signed could not be established.
    Refused,
    /// The policies allow it, and there is no room for what it would store.
    OverQuota,
}

/// How a decision came about.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// One sentence.
    pub reason: String,
    /// The statement that decided.
    pub statement: Option<String>,
    /// Everything else that helps: policy by policy and statement by statement, or the canonical request. Nothing
    /// where it is not wanted.
    pub detail: Value,
}

/// A decision as `/_local/decisions` shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionView {
    request_id: String,
    at: u64,
    principal: String,
    action: String,
    resource: String,
    decision: Outcome,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<String>,
    #[serde(skip_serializing_if = "Value::is_null")]
    explanation: Value,
}

/// The log. Clones share it.
#[derive(Clone)]
pub struct Decisions {
    kept: Arc<Mutex<VecDeque<Arc<Decision>>>>,
    progress: watch::Sender<Progress>,
}

/// How far the log has come.
#[derive(Clone, Copy, Default)]
struct Progress {
    /// How many decisions were ever recorded.
    recorded: u64,
    /// Whether followers are to leave.
    is_closed: bool,
}

/// Hears of the decisions that are recorded from its making on.
pub struct Follower {
    log: Decisions,
    progress: watch::Receiver<Progress>,
    heard: u64,
}

impl Default for Decisions {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            progress: watch::Sender::new(Progress::default()),
        }
    }
}

impl Follower {
    /// The decisions since the last call, at least one, oldest first and without their details, as far as they are
    /// still kept; `None` once the log is closed.
    pub async fn next(&mut self) -> Option<Vec<DecisionView>> {
        let heard = self.heard;
        let changed = self
            .progress
            .wait_for(|progress| progress.is_closed || progress.recorded > heard);
        if changed.await.ok()?.is_closed {
            return None;
        }
        let (views, recorded) = self.log.since(heard);
        self.heard = recorded;
        Some(views)
    }
}

impl Decisions {
    /// Adds a decision; the oldest falls out.
    pub fn record(&self, decision: Decision) {
        let decision = Arc::new(decision);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = if kept.len() >= KEPT {
            kept.pop_front()
        } else {
            None
        };
        kept.push_back(decision);
        // Under the lock, so that the count never is ahead of what is kept.
        self.progress.send_modify(|progress| progress.recorded += 1);
        drop(kept);
        drop(oldest);
    }

    /// Follows the log from here on.
    pub fn follow(&self) -> Follower {
        let progress = self.progress.subscribe();
        let heard = progress.borrow().recorded;
        Follower {
            log: self.clone(),
            progress,
            heard,
        }
    }

    /// What was recorded after the first `heard` decisions, oldest first, and how many there are by now.
    fn since(&self, heard: u64) -> (Vec<DecisionView>, u64) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = self.progress.borrow().recorded;
        let missed = usize::try_from(recorded - heard).unwrap_or(usize::MAX);
        let known = kept.len().saturating_sub(missed);
        let new: Vec<_> = kept.iter().skip(known).cloned().collect();
        drop(kept);
        let views = new.iter().map(|decision| decision.view(Depth::Brief));
        (views.collect(), recorded)
    }

    /// Sends all followers away.
    pub fn close(&self) {
        self.progress
            .send_modify(|progress| progress.is_closed = true);
    }

    /// The latest `limit` decisions, newest first, without their details.
    pub fn latest(&self, limit: usize) -> Vec<DecisionView> {
        let latest = self.kept(limit);
        let views = latest.iter().map(|decision| decision.view(Depth::Brief));
        views.collect()
    }

    /// The latest `limit` decisions themselves, newest first.
    pub fn kept(&self, limit: usize) -> Vec<Arc<Decision>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().take(limit).cloned().collect()
    }

    /// The decision on a request, in full. Of several, the one that was not allowed.
    pub fn on_request(&self, request_id: &str) -> Option<DecisionView> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of_request = || {
            kept.iter()
                .rev()
                .filter(|decision| decision.request_id == request_id)
        };
        let found = of_request()
            .find(|decision| decision.outcome != Outcome::Allowed)
            .or_else(|| of_request().next())
            .cloned();
        drop(kept);
        found.map(|decision| decision.view(Depth::Full))
    }
}

impl Decision {
    /// The ARN of who signed.
    pub fn who(&self) -> &str {
        let principal = self.principal.as_ref();
        principal.map_or("anonymous", |principal| &principal.arn)
    }

    fn view(&self, depth: Depth) -> DecisionView {
        let Explanation {
            reason,
            statement,
            detail,
        } = (self.explain)(self, depth);
        DecisionView {
            request_id: self.request_id.clone(),
            at: self.at.as_millis(),
            principal: self.who().to_owned(),
            action: self.action.clone(),
            resource: self.resource.clone(),
            decision: self.outcome,
            reason,
            statement,
            explanation: detail,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An allowed decision on the request of that number.
    pub(crate) fn decision(request_id: usize) -> Decision {
        with(request_id, Outcome::Allowed)
    }

    fn with(request_id: usize, outcome: Outcome) -> Decision {
        Decision {
            request_id: request_id.to_string(),
            at: Timestamp::from_millis(1),
            principal: None,
            action: "s3:GetObject".to_owned(),
            resource: "arn:aws:s3:::b/k".to_owned(),
            outcome,
            asked: None,
            explain: Box::new(|_, _| Explanation {
                reason: "because".to_owned(),
                ..Explanation::default()
            }),
        }
    }

    #[test]
    fn the_oldest_falls_out() {
        let log = Decisions::default();
        for number in 0..=KEPT {
            log.record(decision(number));
        }
        assert_eq!(log.latest(usize::MAX).len(), KEPT);
        assert!(log.on_request("0").is_none());
        assert_eq!(log.latest(1)[0].request_id, KEPT.to_string());
    }

    #[test]
    fn of_several_decisions_on_a_request_the_denial_is_told() {
        let log = Decisions::default();
        log.record(with(1, Outcome::ImplicitlyDenied));
        log.record(decision(1));
        assert_eq!(
            log.on_request("1").unwrap().decision,
            Outcome::ImplicitlyDenied
        );
    }
}
