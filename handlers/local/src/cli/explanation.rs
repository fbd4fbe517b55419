//! A decision as it is printed: the reason first, then how the statements that come nearest differ from the
//! request, one above the other, so that the eye finds what to change.

mod reach;

use std::fmt::Write;

use notewarden_domain::policy::{
    Effect, Explanation, Mismatch, StatementExplanation, Tried, Verdict,
};
use serde_json::{Value, json};

/// How many statements, and patterns of each, are shown.
const SHOWN: usize = 5;

/// The decision for machines.
pub fn json(decision: &Explanation) -> Result<String, serde_json::Error> {
    let mut members = serde_json::to_value(decision)?;
    let mut printed = json!({"decision": decision.verdict});
    if let (Value::Object(printed), Value::Object(members)) = (&mut printed, &mut members) {
        members.shift_remove("verdict");
        printed.append(members);
    }
    serde_json::to_string_pretty(&printed)
}

/// The decision for a person: verdict, reason, and what to look at.
pub fn text(decision: &Explanation) -> String {
    let advice = advice(decision);
    let (verdict, reason) = (decision.verdict.as_str(), &decision.reason);
    match advice.as_str() {
        "" => format!("{verdict}: {reason}"),
        advice => format!("{verdict}: {reason}\n\n{advice}"),
    }
}

/// What to change if the request should have been allowed; nothing if it was.
pub fn advice(decision: &Explanation) -> String {
    match decision.verdict {
        Verdict::Allowed => String::new(),
        Verdict::ExplicitlyDenied => {
            "No allow can undo a deny: narrow the statement that denies, or ask otherwise."
                .to_owned()
        }
        Verdict::ImplicitlyDenied => {
            let near: Vec<_> = near(decision).collect();
            if near.is_empty() {
                return other_actions(&decision.statements);
            }
            let mut text = "To allow it, change one of these:\n".to_owned();
            text.extend(near.iter().take(SHOWN).map(|s| difference(s)));
            if near.len() > SHOWN {
                _ = writeln!(text, "  and {} more", near.len() - SHOWN);
            }
            text.trim_end().to_owned()
        }
    }
}

/// The statements that come near, nearest first; of the layer that must allow, if it is known.
fn near(decision: &Explanation) -> impl Iterator<Item = &StatementExplanation> {
    let layer = decision.closest.as_ref().map(|closest| closest.layer);
    decision
        .near_misses()
        .into_iter()
        .filter(move |s| layer.is_none_or(|layer| s.at.layer == layer))
}

/// What the statements allow instead, when none is about the action.
fn other_actions(statements: &[StatementExplanation]) -> String {
    let mut actions: Vec<String> = Vec::new();
    let allowing = statements.iter().filter(|s| s.effect == Effect::Allow);
    for Mismatch { patterns, .. } in allowing.filter_map(|s| s.mismatch.as_ref()) {
        for Tried { pattern, .. } in patterns {
            let quoted = format!("`{pattern}`");
            if !actions.contains(&quoted) {
                actions.push(quoted);
            }
        }
    }
    if actions.is_empty() {
        return String::new();
    }
    format!(
        "No statement is about the action. What there is allows {}.",
        actions.join(", ")
    )
}

fn difference(statement: &StatementExplanation) -> String {
    let Some(mismatch) = &statement.mismatch else {
        return String::new();
    };
    let mut text = format!("\n  {}: {}\n", statement.at, mismatch.element);
    let mut row = |title: &str, value: &str| _ = writeln!(text, "    {title:<9}  {value}");
    match mismatch.values.as_deref() {
        None => row("request", "does not have the key"),
        Some([]) => row("request", "has no value"),
        Some(values) => values
            .iter()
            .take(SHOWN)
            .for_each(|value| row("request", value)),
    }
    for Tried { pattern, expanded } in mismatch.patterns.iter().take(SHOWN) {
        let Some(expanded) = expanded else {
            row("statement", pattern);
            row("", "a variable in it has no value here");
            continue;
        };
        row("statement", expanded);
        if let Some(at) = reach::differs_at(mismatch, expanded) {
            row(
                "",
                &format!("{:>1$}", "^ no further", at + "^ no further".len()),
            );
        }
        if expanded != pattern {
            row("written", pattern);
        }
    }
    if mismatch.patterns.len() > SHOWN {
        row("", &format!("and {} more", mismatch.patterns.len() - SHOWN));
    }
    text
}
