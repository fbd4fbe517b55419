//! `notewarden why REQUEST_ID`.

use clap::Args;
use notewarden_domain::policy::{Context, Explanation, StatementExplanation, Verdict};
use serde::Deserialize;
use serde_json::Value;

use super::{CliError, RunningServer, ask, explanation, say};

/// What to explain.
#[derive(Debug, Args)]
pub struct WhyOptions {
    /// The request id: `x-amzn-requestid` of the answer
    request_id: String,
    #[command(flatten)]
    server: RunningServer,
    /// Print the decision as JSON
    #[arg(long)]
    json: bool,
}

/// A decision as the server tells it.
#[derive(Deserialize)]
struct Decision {
    decision: String,
    principal: String,
    action: String,
    resource: String,
    reason: String,
    #[serde(default)]
    explanation: Detail,
}

/// Of a decision of policies the statements; of a refused signature what should have been signed.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    statements: Vec<StatementExplanation>,
    context: Context<'static>,
    canonical_request: Option<String>,
    string_to_sign: Option<String>,
    diagnosis: Option<Diagnosis>,
}

/// What the client has probably done, and what it then signed.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Diagnosis {
    told: String,
    canonical_request: Option<String>,
}

pub async fn run(options: WhyOptions) -> Result<(), CliError> {
    let id = &options.request_id;
    let is_id = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let decision = if is_id {
        ask::get(&options.server, &format!("/_local/decisions/{id}")).await?
    } else {
        None
    };
    let decision =
        decision.ok_or_else(|| format!("no decision on request `{id}` is remembered"))?;
    say(if options.json {
        serde_json::to_string_pretty(&decision)?
    } else {
        text(decision)?
    });
    Ok(())
}

fn text(decision: Value) -> Result<String, serde_json::Error> {
    let Decision {
        decision,
        principal,
        action,
        resource,
        reason,
        explanation,
    } = serde_json::from_value(decision)?;
    let mut parts = vec![format!(
        "{decision}: {reason}\n\n  principal  {principal}\n  action     {action}\n  resource   {resource}"
    )];
    let Detail {
        statements,
        context,
        canonical_request,
        string_to_sign,
        diagnosis,
    } = explanation;
    let diagnosis = diagnosis.unwrap_or_default();
    if let Some(first) = diagnosis.told.chars().next() {
        let rest = diagnosis.told.get(first.len_utf8()..).unwrap_or_default();
        parts.push(format!("{}{rest}.", first.to_uppercase()));
    }
    let verdicts = [Verdict::ExplicitlyDenied, Verdict::ImplicitlyDenied];
    if let Some(verdict) = verdicts.into_iter().find(|v| v.as_str() == decision) {
        let explanation = Explanation {
            verdict,
            reason,
            decided_by: None,
            closest: None,
            statements,
        };
        parts.push(explanation::advice(&explanation));
        let keys = context
            .iter()
            .map(|(key, value)| format!("\n  {key} = {}", value.as_slice().join(", ")));
        parts.push(format!("The request had:{}", keys.collect::<String>()));
    }
    for (title, block) in [
        ("The canonical request to sign", canonical_request),
        ("The string to sign", string_to_sign),
        ("What the client signed", diagnosis.canonical_request),
    ] {
        if let Some(block) = block {
            parts.push(format!("{title}:\n\n{block}"));
        }
    }
    parts.retain(|part| !part.is_empty());
    Ok(parts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_denial_shows_where_the_statement_ends_to_match() {
        let decision = json!({
            "requestId": "1", "at": 1, "decision": "ImplicitlyDenied", "principal": "arn:aws:sts::0:assumed-role/R/s",
            "action": "s3:GetObject", "resource": "arn:aws:s3:::b/private/bob/x", "reason": "no identity policy allows it",
            "explanation": {"context": {"k": ["a", "b"]}, "statements": [{
                "layer": "Identity", "policy": "Own", "statement": 0, "effect": "Allow", "matches": false,
                "mismatch": {
                    "element": "Resource", "values": ["arn:aws:s3:::b/private/bob/x"],
                    "patterns": [{
                        "pattern": "arn:aws:s3:::b/private/${aws:username}/*",
                        "expanded": "arn:aws:s3:::b/private/amy/*",
                    }],
                },
            }]},
        });
        assert_eq!(
            text(decision).unwrap(),
            "\
ImplicitlyDenied: no identity policy allows it

  principal  arn:aws:sts::0:assumed-role/R/s
  action     s3:GetObject
  resource   arn:aws:s3:::b/private/bob/x

To allow it, change one of these:

  identity policy `Own`, statement 0: Resource
    request    arn:aws:s3:::b/private/bob/x
    statement  arn:aws:s3:::b/private/amy/*
                                      ^ no further
    written    arn:aws:s3:::b/private/${aws:username}/*

The request had:
  k = a, b"
        );
    }

    #[test]
    fn a_refused_signature_shows_what_was_to_be_signed() {
        let decision = json!({
            "decision": "Refused", "principal": "anonymous", "action": "s3:GetObject", "resource": "/b/k",
            "reason": "the signature does not match",
            "explanation": {
                "canonicalRequest": "GET\n/b/k\n", "stringToSign": "AWS4-HMAC-SHA256\n",
                "diagnosis": {"told": "the client signed no query", "canonicalRequest": "GET\n/b/k/\n"},
            },
        });
        let text = text(decision).unwrap();
        assert!(
            text.starts_with("Refused: the signature does not match\n"),
            "{text}"
        );
        assert!(
            text.contains("The canonical request to sign:\n\nGET\n/b/k\n"),
            "{text}"
        );
        assert!(
            text.contains("\n\nThe client signed no query.\n\n"),
            "{text}"
        );
        assert!(
            text.contains("What the client signed:\n\nGET\n/b/k/\n"),
            "{text}"
        );
        assert!(!text.contains("The request had"), "{text}");
    }
}
