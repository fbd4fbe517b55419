//! Why a request was decided as it was, for people (`Display`) and for machines (`Serialize`).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Context, Effect, PolicyLayer, Principal, Request, Verdict, compiled::Reason,
    condition::Condition, principal::Grant, statement::CompiledStatement,
};

/// A decision with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What was decided; always what [`CompiledPolicies::evaluate`](super::CompiledPolicies::evaluate) decides.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: String,
    /// The statement that decided, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<StatementRef>,
    /// If nothing allows it that must, the allowing statement there that comes nearest to matching.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closest: Option<StatementRef>,
    /// Every statement that has a say, in the order of layers, policies and documents.
    pub statements: Vec<StatementExplanation>,
}

/// A statement, by where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementRef {
    /// The part its policy plays.
    pub layer: PolicyLayer,
    /// The policy's name, or `#1`, `#2`, … in its layer.
    pub policy: String,
    /// Its index in the policy, from 0.
    pub statement: usize,
    /// Its `Sid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

/// What one statement had to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mismatch: Option<Mismatch>,
    /// Its patterns with variables, each with what it is for this request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Tried>,
}

/// An element of a statement that does not match the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    /// As it was written.
    pub pattern: String,
    /// With its variables replaced; `None` if one has no value.
    pub expanded: Option<String>,
}

impl From<(&str, Option<String>)> for Tried {
    fn from((pattern, expanded): (&str, Option<String>)) -> Self {
        Self {
            pattern: pattern.to_owned(),
            expanded,
        }
    }
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
            patterns: operands.map(Tried::from).collect(),
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
        context: &Context<'_>,
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
            variables: statement.variables(context),
        }
    }

    /// How near it comes to matching: how many elements do and, in the first that does not, how much of the text.
    /// The nearer, the likelier it is what its author meant for the request. `None` if it matches, or if not even
    /// its action does.
    fn nearness(&self) -> Option<(usize, usize)> {
        let mismatch = self.mismatch.as_ref()?;
        let matching_elements = match mismatch.element.as_str() {
            "Action" | "NotAction" => return None,
            "Resource" | "NotResource" => 1,
            "Principal" | "NotPrincipal" => 2,
            _ => 3,
        };
        Some((matching_elements, mismatch.common_length()))
    }
}

impl Mismatch {
    /// How long a beginning some pattern and some value have in common.
    fn common_length(&self) -> usize {
        let common = |left: &str, right: &str| {
            left.bytes()
                .zip(right.bytes())
                .take_while(|(a, b)| a == b)
                .count()
        };
        let values = || self.values.iter().flatten();
        let patterns = self
            .patterns
            .iter()
            .map(|tried| tried.expanded.as_ref().unwrap_or(&tried.pattern));
        let lengths =
            patterns.flat_map(|pattern| values().map(move |value| common(pattern, value)));
        lengths.max().unwrap_or_default()
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
        let closest = match reason {
            Reason::NotAllowed(layer) => near_misses(&statements)
                .into_iter()
                .find(|s| s.at.layer == layer),
            _ => None,
        };
        let said = match (reason, &decided_by) {
            (Reason::Root, _) => {
                "allowed: the root user may do in its account whatever is not denied".to_owned()
            }
            (Reason::Allowed(_), Some(at)) => format!("allowed by {at}"),
            (Reason::Denied(_), Some(at)) => format!("denied by {at}"),
            (Reason::Allowed(layer), None) => format!("allowed by the {}", layer.as_str()),
            (Reason::Denied(layer), None) => format!("denied by the {}", layer.as_str()),
            (Reason::NotAllowed(layer), _) => not_allowed(request, layer, closest, &statements),
        };
        Self {
            verdict,
            reason: said,
            decided_by,
            closest: closest.map(|s| s.at.clone()),
            statements,
        }
    }

    /// The allowing statements that match the request's action and not all of it: what to look at when it
    /// should have been allowed. The nearest come first.
    pub fn near_misses(&self) -> Vec<&StatementExplanation> {
        near_misses(&self.statements)
    }
}

fn near_misses(statements: &[StatementExplanation]) -> Vec<&StatementExplanation> {
    let allowing = statements.iter().filter(|s| s.effect == Effect::Allow);
    let mut near: Vec<_> = allowing.filter_map(|s| Some((s.nearness()?, s))).collect();
    near.sort_by_key(|(nearness, _)| std::cmp::Reverse(*nearness));
    near.into_iter().map(|(_, s)| s).collect()
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
    closest: Option<&StatementExplanation>,
    statements: &[StatementExplanation],
) -> String {
    let what = layer.as_str();
    match closest {
        Some(StatementExplanation {
            at,
            mismatch: Some(mismatch),
            ..
        }) => format!("no {what} allows it; closest is {at}, where {mismatch}"),
        _ if statements.iter().any(|s| s.at.layer == layer) => {
            format!("no {what} allows `{}`", request.action)
        }
        _ => format!("no {what} allows it: there is none"),
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
    /// The verdict and its reason; under an implicit denial, a line for each further statement that came near.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict.as_str(), self.reason)?;
        if self.verdict != Verdict::ImplicitlyDenied {
            return Ok(());
        }
        let further = self.near_misses().into_iter();
        for StatementExplanation { at, mismatch, .. } in
            further.filter(|s| Some(&s.at) != self.closest.as_ref())
        {
            if let Some(mismatch) = mismatch {
                write!(f, "\n  {at}: {mismatch}")?;
            }
        }
        Ok(())
    }
}
