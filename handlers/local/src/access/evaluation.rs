//! How decisions are told: a whole evaluation of policies, or a signature that does not match.

use std::sync::OnceLock;

use notewarden_domain::policy::{
    CompiledPolicies, Context, Explanation as Told, Layout, Policy, PolicyLayer, Position,
};
use notewarden_sigv4::{Diagnosis, Refusal};
use serde::Serialize;
use serde_json::{Value, json};

use crate::decisions::{Depth, Explain, Explanation};

/// A policy that had a say, as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PolicyView<'a> {
    layer: PolicyLayer,
    policy: &'a str,
    /// The document, on lines.
    text: String,
    /// The file that it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    statements: Vec<StatementView>,
}

/// Where a statement stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatementView {
    /// Its first line in the text, counted from 1.
    first: usize,
    /// Its last.
    last: usize,
    /// Where it begins in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Position>,
}

/// Explains with one sentence.
pub(super) fn because(reason: String) -> Explain {
    Box::new(move |_, _| Explanation {
        reason: reason.clone(),
        ..Explanation::default()
    })
}

/// What `policies` told of a request with `context`.
pub(super) fn of_policies(
    policies: &CompiledPolicies,
    told: &Told,
    context: &Context<'_>,
    depth: Depth,
) -> Explanation {
    with_detail(told, depth, || detail(policies, told, &json!(context)))
}

/// The same where `policies` are not known any more, or the context is as it was told.
pub(super) fn of_told(
    policies: Option<&CompiledPolicies>,
    told: &Told,
    context: &Value,
    depth: Depth,
) -> Explanation {
    let none = CompiledPolicies::default();
    let policies = policies.unwrap_or(&none);
    with_detail(told, depth, || detail(policies, told, context))
}

fn with_detail(told: &Told, depth: Depth, detail: impl FnOnce() -> Value) -> Explanation {
    Explanation {
        reason: told.reason.clone(),
        statement: told.decided_by.as_ref().map(ToString::to_string),
        detail: match depth {
            Depth::Brief => Value::Null,
            Depth::Full => detail(),
        },
    }
}

fn detail(policies: &CompiledPolicies, told: &Told, context: &Value) -> Value {
    let named: Vec<_> = policies.policies().collect();
    let views = named
        .iter()
        .map(|(layer, name, policy)| PolicyView::of(*layer, name, policy));
    json!({
        "statements": told.statements,
        "context": context,
        "policies": views.collect::<Vec<_>>(),
        "decidedBy": told.decided_by,
        "closest": told.closest,
    })
}

impl<'a> PolicyView<'a> {
    fn of(layer: PolicyLayer, name: &'a str, policy: &'a Policy) -> Self {
        let Layout { text, statements } = policy.layout();
        let source = policy.source();
        let places = statements.into_iter().enumerate();
        Self {
            layer,
            policy: name,
            text,
            file: source.map(|source| source.file.as_str()),
            statements: places
                .map(|(number, (first, last))| StatementView {
                    first,
                    last,
                    source: source.and_then(|it| it.statements.get(number).copied()),
                })
                .collect(),
        }
    }
}

/// Explains a refusal, and a signature that does not match by what `diagnose` finds, which is asked once.
pub(super) fn of_refusal(
    refusal: Refusal,
    diagnose: impl Fn() -> Option<Diagnosis> + Send + Sync + 'static,
) -> Explain {
    let diagnosis = OnceLock::new();
    Box::new(move |_, depth| {
        let detail = match (&refusal, depth) {
            (Refusal::SignatureMismatch(mismatch), Depth::Full) => json!({
                "canonicalRequest": mismatch.canonical_request,
                "stringToSign": mismatch.string_to_sign,
                "diagnosis": diagnosis.get_or_init(&diagnose).as_ref().map(told),
            }),
            _ => Value::Null,
        };
        Explanation {
            reason: refusal.to_string(),
            statement: None,
            detail,
        }
    })
}

fn told(diagnosis: &Diagnosis) -> Value {
    let signed = diagnosis.signed.as_ref();
    let mistakes = diagnosis.mistakes.iter().map(|mistake| mistake.name());
    json!({
        "told": diagnosis.to_string(),
        "mistakes": mistakes.collect::<Vec<_>>(),
        "canonicalRequest": signed.map(|signed| &signed.canonical_request),
        "stringToSign": signed.map(|signed| &signed.string_to_sign),
    })
}
