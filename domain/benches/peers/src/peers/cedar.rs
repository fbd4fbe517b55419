//! Cedar: the equivalent policies, with the folder's owner as an attribute of the object, as Cedar has no variables
//! within patterns.

use std::{collections::HashSet, str::FromStr};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request,
    RestrictedExpression,
};

use super::Prepared;
use crate::scenario::{ACTION, Grant, IDENTITY, Scenario};

pub fn cedar(scenario: &Scenario) -> Prepared<impl Fn() -> bool> {
    let text: String = scenario.grants.iter().map(permit).collect();
    let policies = PolicySet::from_str(&text)?;
    let id = |kind: &str, name: &str| {
        EntityUid::from_str(&format!("{kind}::{name:?}")).map_err(Box::new)
    };
    let object = id("Object", "a")?;
    let attributes = [
        ("arn", scenario.resource.as_str()),
        ("folder", "arn:aws:s3:::files/private"),
        ("owner", IDENTITY),
    ]
    .map(|(name, value)| {
        (
            name.to_owned(),
            RestrictedExpression::new_string(value.to_owned()),
        )
    });
    let entity = Entity::new(object.clone(), attributes.into(), HashSet::new())?;
    let entities = Entities::from_entities([entity], None)?;
    let sub = RestrictedExpression::new_string(IDENTITY.to_owned());
    let context = Context::from_pairs([("sub".to_owned(), sub)])?;
    let request = Request::new(
        id("Session", "s")?,
        id("Action", ACTION)?,
        object,
        context,
        None,
    )?;
    let authorizer = Authorizer::new();
    Ok(move || {
        authorizer
            .is_authorized(&request, &policies, &entities)
            .decision()
            == Decision::Allow
    })
}

fn permit(grant: &Grant) -> String {
    match grant {
        Grant::On { actions, prefix, team } => {
            let action = match actions.strip_suffix('*') {
                None => format!("action == Action::{actions:?}"),
                Some(start) => format!("action in [Action::\"{start}Object\", Action::\"{start}ObjectTagging\"]"),
            };
            let team = team.map_or_else(String::new, |team| format!(" && context has team && context.team == {team:?}"));
            format!("permit(principal, {action}, resource) when {{ resource.arn like \"{prefix}*\"{team} }};\n")
        }
        Grant::OwnFolder => "permit(principal, action in [Action::\"s3:GetObject\", Action::\"s3:PutObject\"], resource) \
             when { resource.folder == \"arn:aws:s3:::files/private\" && resource.owner == context.sub };\n"
            .to_owned(),
    }
}
