//! `/_local/playground`: the policies of signed-in people's role as the template has them, and the last decisions made
//! again with others in their place. Nothing is changed by it: what is found good is written into the template by hand.

use std::sync::Arc;

use http::StatusCode;
use notewarden_domain::policy::{Policy, PolicyKind, Position, Warning};
use notewarden_infra::{NamedPolicy, PolicyText, Template};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::bad;
use crate::{
    access::Replayed,
    app::App,
    decisions::Outcome,
    wire::{self, Response},
};

/// The largest body: several times what AWS takes for all inline policies of a role, 10,240 characters.
pub(super) const BODY_LIMIT: usize = 128 << 10;
/// The most policies.
const MOST_POLICIES: usize = 20;
/// The most decisions that are made again.
const MOST_DECISIONS: usize = 500;

/// What the playground plays with.
pub struct Playground {
    /// The template that is served.
    pub(crate) template: Template,
    /// Where it is deployed.
    pub(crate) place: notewarden_infra::Deployment,
    /// The name of the role.
    pub(crate) role: String,
    /// Its policies.
    pub(crate) permissions: Vec<NamedPolicy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    policies: Vec<Edited>,
}

/// A policy, as JSON or as it would stand in the template.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edited {
    name: String,
    text: String,
}

/// What is wrong with a policy, or doubtful.
#[derive(Serialize)]
struct Finding {
    policy: String,
    #[serde(flatten)]
    position: Position,
    path: String,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplayedView {
    request_id: String,
    at: u64,
    principal: String,
    action: String,
    resource: String,
    before: Outcome,
    after: Outcome,
    reason: String,
}

/// The policies as they are.
pub(super) fn show(app: &App) -> Response {
    let Playground {
        role, permissions, ..
    } = &app.playground;
    let policies = permissions.iter().map(|permission| {
        let parsed = Policy::parse(&permission.document, PolicyKind::Identity);
        let printed = parsed.map_or_else(|_| permission.document.clone(), |it| format!("{it:#}\n"));
        let source = &permission.source;
        json!({
            "name": permission.name,
            "text": source.text.as_ref().unwrap_or(&printed),
            "json": printed,
            "line": source.line,
        })
    });
    let policies: Vec<_> = policies.collect();
    wire::json(
        StatusCode::OK,
        &json!({ "role": role, "policies": policies }),
    )
}

/// Makes the last decisions again with the policies in `body`.
pub(super) async fn replay(app: &Arc<App>, body: &[u8]) -> Response {
    let asked: Asked = match serde_json::from_slice(body) {
        Ok(asked) => asked,
        Err(error) => return bad(&format!("the body is not what is replayed with: {error}")),
    };
    if asked.policies.len() > MOST_POLICIES {
        return bad(&format!("there may be {MOST_POLICIES} policies at most"));
    }
    // Thousands of decisions by policies of somebody's own making: not where requests are answered.
    let app = Arc::clone(app);
    let answered = tokio::task::spawn_blocking(move || answer(&app, &asked.policies)).await;
    answered.unwrap_or_else(|error| {
        tracing::error!(%error, "decisions could not be made again");
        let message = json!({ "message": "Internal Server Error" });
        wire::json(StatusCode::INTERNAL_SERVER_ERROR, &message)
    })
}

fn answer(app: &App, edited: &[Edited]) -> Response {
    let (mut policies, mut problems, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for Edited { name, text } in edited {
        match read(&app.playground, name, text) {
            Ok((policy, doubts)) => {
                policies.push(policy.named(name));
                warnings.extend(doubts);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        let answer = json!({ "message": "a policy cannot be read", "problems": problems });
        return wire::json(StatusCode::UNPROCESSABLE_ENTITY, &answer);
    }
    let replayed = app
        .access
        .replay(&app.playground.role, &policies, MOST_DECISIONS);
    let views: Vec<_> = replayed.into_iter().map(ReplayedView::from).collect();
    let flipped = views.iter().filter(|view| view.before != view.after);
    let answer = json!({
        "flipped": flipped.count(),
        "decisions": views,
        "warnings": warnings,
    });
    wire::json(StatusCode::OK, &answer)
}

/// Reads a policy, and says what about it is doubtful. Problems are told where they stand in `text`.
fn read(
    playground: &Playground,
    name: &str,
    text: &str,
) -> Result<(Policy, Vec<Finding>), Finding> {
    let finding = |position, path: &str, message| Finding {
        policy: name.to_owned(),
        position,
        path: path.to_owned(),
        message,
    };
    let is_json = text.trim_start().starts_with('{')
        && !["\"Ref\"", "\"Fn::"].iter().any(|it| text.contains(it));
    let written: Option<PolicyText> = if is_json {
        None
    } else {
        let read = playground.template.policy(text, &playground.place);
        let read = read.map_err(|error| {
            let position = Position {
                line: error.line,
                column: error.column,
            };
            finding(position, "policy", error.message)
        })?;
        Some(read)
    };
    let placed = |path: &str, position| match &written {
        None => position,
        Some(written) => {
            let (line, column) = written.place(path);
            Position { line, column }
        }
    };
    let document = written.as_ref().map_or(text, PolicyText::json);
    match Policy::check(document, PolicyKind::Identity) {
        Ok((policy, warnings)) => {
            let warnings = warnings.into_iter();
            let doubts = warnings.map(
                |Warning {
                     position,
                     path,
                     message,
                 }| finding(placed(&path, position), &path, message),
            );
            Ok((policy, doubts.collect()))
        }
        Err(error) => {
            let position = placed(&error.path, error.position);
            Err(finding(position, &error.path, error.message))
        }
    }
}

impl From<Replayed> for ReplayedView {
    fn from(replayed: Replayed) -> Self {
        let decision = replayed.decision;
        Self {
            request_id: decision.request_id.clone(),
            at: decision.at.as_millis(),
            principal: decision.who().to_owned(),
            action: decision.action.clone(),
            resource: decision.resource.clone(),
            before: decision.outcome,
            after: replayed.verdict.into(),
            reason: replayed.reason,
        }
    }
}
