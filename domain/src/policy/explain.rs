//! Why a request was decided as it was, for people (`Display`) and for machines (`Serialize`).

use std::fmt;

use serde::Serialize;

use super::{
    Context, Effect, PolicyLayer, Principal, Request, Verdict, compiled::Reason,
    condition::Condition, principal::Grant, statement::CompiledStatement,
};

/// A decision with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What was decided; always what [`CompiledPolicies::evaluate`](super::CompiledPolicies::evaluate) decides.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: String,
    /// The statement that decided, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<StatementRef>,
    /// Every statement that has a say, in the order of layers, policies and documents.
    pub statements: Vec<StatementExplanation>,
}

/// A statement, by where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementRef {
    /// The part its policy plays.
    pub layer: PolicyLayer,
    /// The policy's name, or `#1`, `#2`, … in its layer.
    pub policy: String,
    /// Its index in the policy, from 0.
    pub statement: usize,
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

/// What one statement had to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementExplanation {
    /// Which statement.
    #[serde(flatten)]
    pub at: StatementRef,
    /// What it does if it matches.
    pub effect: Effect,
    /// Whether it matches.
    pub matches: bool,
    /// The first of its elements that does not match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mismatch: Option<Mismatch>,
}

/// An element of a statement that does not match the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mismatch {
    /// The element, as `Action`, `NotResource` or `Condition.StringLike.s3:prefix`.
    pub element: String,
    /// What the element says; nothing for principals.
    pub patterns: Vec<Tried>,
    /// What the request has; `None` if it does not have the condition key.
    pub values: Option<Vec<String>>,
}

/// A pattern that was held against the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    /// As it was written.
    pub pattern: String,
    /// With its variables replaced; `None` if one has no value.
    pub expanded: Option<String>,
}

impl Mismatch {
    pub(super) fn principal(negated: bool, principal: &Principal) -> Self {
        Self {
            element: if negated { "NotPrincipal" } else { "Principal" }.to_owned(),
            patterns: Vec::new(),
            values: Some(vec![principal.to_string()]),
        }
    }

    pub(super) fn condition(condition: &Condition, context: &Context<'_>) -> Self {
        let operands = condition.operands(context);
        let values = context.get(condition.key());
        Self {
            element: format!("Condition.{}.{}", condition.operator(), condition.key()),
            patterns: operands
                .map(|(pattern, expanded)| Tried {
                    pattern: pattern.to_owned(),
                    expanded,
                })
                .collect(),
            values: values
                .map(|values| values.as_slice().iter().map(ToString::to_string).collect()),
        }
    }
}

impl StatementExplanation {
    pub(super) fn new(
        layer: PolicyLayer,
        policy: &str,
        statement: &CompiledStatement,
        grant: Grant,
        mismatch: Option<Mismatch>,
    ) -> Self {
        Self {
            at: StatementRef {
                layer,
                policy: policy.to_owned(),
                statement: statement.index,
                sid: statement.sid.as_deref().map(ToOwned::to_owned),
            },
            effect: statement.effect,
            matches: grant > Grant::None,
            mismatch,
        }
    }

    /// How much of it matches: the further, the likelier it is what its author meant for the request.
    fn progress(&self) -> usize {
        let element = self
            .mismatch
            .as_ref()
            .map(|mismatch| mismatch.element.as_str());
        match element {
            Some("Action" | "NotAction") => 0,
            Some("Resource" | "NotResource") => 1,
            Some("Principal" | "NotPrincipal") => 2,
            Some(_) => 3,
            None => 4,
        }
    }
}

impl Explanation {
    pub(super) fn new(
        request: &Request<'_>,
        verdict: Verdict,
        reason: Reason,
        statements: Vec<StatementExplanation>,
    ) -> Self {
        let decided_by = match reason {
            Reason::Denied(layer) => deciding(&statements, layer, Effect::Deny),
            Reason::Allowed(layer) => deciding(&statements, layer, Effect::Allow),
            Reason::Root | Reason::NotAllowed(_) => None,
        };
        let said = match &decided_by {
            Some(at) if verdict == Verdict::Allowed => format!("allowed by {at}"),
            Some(at) => format!("denied by {at}"),
            None => match reason {
                Reason::Root => {
                    "allowed: the root user may do in its account whatever is not denied".to_owned()
                }
                Reason::Allowed(layer) => format!("allowed by the {}", layer.as_str()),
                Reason::Denied(layer) => format!("denied by the {}", layer.as_str()),
                Reason::NotAllowed(layer) => not_allowed(request, layer, &statements),
            },
        };
        Self {
            verdict,
            reason: said,
            decided_by,
            statements,
        }
    }

    /// The allowing statements that do not match the request but match its action: what to look at first when
    /// it should have been allowed. The closest come first.
    pub fn near_misses(&self) -> Vec<&StatementExplanation> {
        let is_near =
            |s: &&StatementExplanation| s.effect == Effect::Allow && (1..4).contains(&s.progress());
        let mut near: Vec<_> = self.statements.iter().filter(is_near).collect();
        near.sort_by_key(|s| std::cmp::Reverse(s.progress()));
        near
    }
}

fn deciding(
    statements: &[StatementExplanation],
    layer: PolicyLayer,
    effect: Effect,
) -> Option<StatementRef> {
    let decides =
        |s: &&StatementExplanation| s.matches && s.at.layer == layer && s.effect == effect;
    statements.iter().find(decides).map(|s| s.at.clone())
}

fn not_allowed(
    request: &Request<'_>,
    layer: PolicyLayer,
    statements: &[StatementExplanation],
) -> String {
    let what = layer.as_str();
    let own = statements.iter().filter(|s| s.at.layer == layer);
    if own.clone().next().is_none() {
        return format!("no {what} allows it: there is none");
    }
    let closest = own
        .filter(|s| s.effect == Effect::Allow && (1..4).contains(&s.progress()))
        .max_by_key(|s| s.progress());
    match closest {
        Some(StatementExplanation {
            at,
            mismatch: Some(mismatch),
            ..
        }) => {
            format!("no {what} allows it; closest is {at}, where {mismatch}")
        }
        _ => format!("no {what} allows `{}`", request.action),
    }
}

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            layer,
            policy,
            statement,
            sid,
        } = self;
        write!(f, "{} `{policy}`, statement {statement}", layer.as_str())?;
        match sid.as_deref() {
            Some(sid) if !sid.is_empty() => write!(f, " (`{sid}`)"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            element,
            patterns,
            values,
        } = self;
        write!(f, "`{element}` does not match: ")?;
        match values.as_deref() {
            None => f.write_str("the request does not have the key")?,
            Some([]) => f.write_str("the request has no value")?,
            Some(values) => {
                f.write_str("the request has ")?;
                list(f, values, |f, value| write!(f, "`{value}`"))?;
            }
        }
        if !patterns.is_empty() {
            f.write_str(", the statement ")?;
            list(f, patterns, |f, tried| write!(f, "{tried}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expanded {
            Some(expanded) if *expanded == self.pattern => write!(f, "`{}`", self.pattern),
            Some(expanded) => write!(f, "`{}` (here `{expanded}`)", self.pattern),
            None => write!(f, "`{}` (a variable has no value here)", self.pattern),
        }
    }
}

/// The first few items, and how many more there are.
fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    print: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    const SHOWN: usize = 5;
    for (index, item) in items.iter().take(SHOWN).enumerate() {
        f.write_str(if index > 0 { ", " } else { "" })?;
        print(f, item)?;
    }
    match items.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

impl fmt::Display for Explanation {
    /// The verdict and its reason; then, unless it was decided by a statement, a line for each that came near.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict.as_str(), self.reason)?;
        if self.verdict != Verdict::ImplicitlyDenied {
            return Ok(());
        }
        for StatementExplanation { at, mismatch, .. } in self.near_misses() {
            if let Some(mismatch) = mismatch {
                write!(f, "\n  {at}: {mismatch}")?;
            }
        }
        Ok(())
    }
}
