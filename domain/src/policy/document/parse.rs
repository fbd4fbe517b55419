//! From JSON to a policy, refusing what AWS refuses (IAM User Guide: “Grammar of the IAM JSON policy
//! language” and the pages on each element).

mod place;
mod values;

use std::collections::HashSet;

use super::{
    ConditionValue, Effect, LanguageVersion, OperatorBlock, Policy, PolicyKind, PrincipalCategory,
    PrincipalElement, Principals, Selector, Statement,
};
use crate::policy::{
    PolicyError,
    error::Refusal,
    json::{self, Member, Value},
};

pub(in crate::policy) use place::{Parsed, Place, find};

pub(super) fn policy(source: &str, kind: PolicyKind) -> Result<Policy, PolicyError> {
    json::read(source)
        .and_then(|root| document(&Place::root(&root), kind))
        .map_err(|refusal| refusal.within(source))
}

/// A whole policy, which may be a part of a larger document.
pub(in crate::policy) fn document(place: &Place<'_>, kind: PolicyKind) -> Parsed<Policy> {
    let members = place.members("a policy")?;
    place.refuse_others(members, &["Version", "Id", "Statement"])?;
    let version = find(members, "Version")
        .map(|m| version(&place.member(m)))
        .transpose()?;
    let id = find(members, "Id").map(|m| place.member(m));
    let id = match id {
        Some(id) if kind == PolicyKind::Identity => {
            return id.refuse("an identity-based policy has no `Id`");
        }
        Some(id) => Some(id.text()?.to_owned()),
        None => None,
    };
    let Some(statements) = find(members, "Statement").map(|m| place.member(m)) else {
        return place.refuse("`Statement` is missing");
    };
    let parsed = statements.one_or_many(|place| statement(place, kind))?;
    if parsed.as_slice().is_empty() {
        return statements.refuse("a policy has at least one statement");
    }
    refuse_repeated_sid(&statements, parsed.as_slice())?;
    Ok(Policy {
        kind,
        name: None,
        source: None,
        version,
        id,
        statements: parsed,
    })
}

fn version(place: &Place<'_>) -> Parsed<LanguageVersion> {
    let text = place.text()?;
    let known = [LanguageVersion::V2008, LanguageVersion::V2012];
    match known.into_iter().find(|version| version.as_str() == text) {
        Some(version) => Ok(version),
        None => place.refuse(format!(
            "must be `2012-10-17` or `2008-10-17`, not `{text}`"
        )),
    }
}

fn refuse_repeated_sid(place: &Place<'_>, statements: &[Statement]) -> Parsed<()> {
    let mut seen = HashSet::new();
    for (index, statement) in statements.iter().enumerate() {
        let sid = statement.sid.as_deref().filter(|sid| !sid.is_empty());
        let Some(sid) = sid.filter(|sid| !seen.insert(*sid)) else {
            continue;
        };
        let node = match &place.node.value {
            Value::Array(items) => items.get(index).unwrap_or(place.node),
            _ => place.node,
        };
        let repeated = Place {
            node,
            path: place.path.item(index).member("Sid"),
        };
        return repeated.refuse(format!("the `Sid` `{sid}` is given to two statements"));
    }
    Ok(())
}

fn statement(place: &Place<'_>, kind: PolicyKind) -> Parsed<Statement> {
    let members = place.members("a statement")?;
    place.refuse_others(
        members,
        &[
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ],
    )?;
    let sid = find(members, "Sid")
        .map(|m| sid(&place.member(m), kind))
        .transpose()?;
    let Some(effect_member) = find(members, "Effect") else {
        return place.refuse("`Effect` is missing");
    };
    let effect = effect(&place.member(effect_member))?;
    let principal = principal(place, members, kind, effect)?;
    let Some((negated, action)) = place.either(members, "Action", "NotAction")? else {
        return place.refuse("`Action` or `NotAction` is missing");
    };
    let action = selector(negated, &action, "action", values::action)?;
    let resource = resource(place, members, kind)?;
    let condition = find(members, "Condition")
        .map(|m| condition(&place.member(m)))
        .transpose()?;
    let statement = Statement {
        sid,
        effect,
        principal,
        action,
        resource,
        condition,
    };
    if kind == PolicyKind::ResourceControl {
        refuse_in_resource_control(place, &statement)?;
    }
    Ok(statement)
}

/// The customer's own resource control policies only deny, to everyone; `RCPFullAWSAccess` allows all.
fn refuse_in_resource_control(place: &Place<'_>, statement: &Statement) -> Parsed<()> {
    let is_everything =
        |selector: &Selector| !selector.negated && selector.patterns.as_slice() == ["*"];
    let allows_all = is_everything(&statement.action)
        && statement.resource.as_ref().is_some_and(is_everything)
        && statement.condition.is_none();
    let names_everyone = matches!(
        &statement.principal,
        Some(PrincipalElement {
            negated: false,
            principals: Principals::Everyone
        })
    );
    if !names_everyone {
        return place.refuse("the `Principal` of a resource control policy is `*`");
    }
    if statement.effect == Effect::Allow && !allows_all {
        return place.refuse("a resource control policy allows everything or denies");
    }
    if statement.action.negated {
        return place.refuse("a resource control policy has no `NotAction`");
    }
    Ok(())
}

fn sid(place: &Place<'_>, kind: PolicyKind) -> Parsed<String> {
    let sid = place.text()?;
    // Policies of other services' resources may have spaces and more in it.
    if kind != PolicyKind::Resource && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return place.refuse(format!("a `Sid` is letters and digits, not `{sid}`"));
    }
    Ok(sid.to_owned())
}

fn effect(place: &Place<'_>) -> Parsed<Effect> {
    match place.text()? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => place.refuse(format!("must be `Allow` or `Deny`, not `{other}`")),
    }
}

fn selector(
    negated: bool,
    place: &Place<'_>,
    what: &str,
    check: fn(&str) -> Result<(), String>,
) -> Parsed<Selector> {
    let patterns = place.one_or_many(|place| checked(place, check))?;
    if patterns.as_slice().is_empty() {
        return place.refuse(format!("a statement names at least one {what}"));
    }
    Ok(Selector { negated, patterns })
}

fn checked(place: &Place<'_>, check: fn(&str) -> Result<(), String>) -> Parsed<String> {
    let text = place.text()?;
    match check(text) {
        Ok(()) => Ok(text.to_owned()),
        Err(message) => place.refuse(message),
    }
}

fn resource(place: &Place<'_>, members: &[Member], kind: PolicyKind) -> Parsed<Option<Selector>> {
    match (place.either(members, "Resource", "NotResource")?, kind) {
        (Some((_, resource)), PolicyKind::Trust) => {
            resource.refuse("a trust policy has no resource: it is the role's own")
        }
        (Some((negated, resource)), _) => {
            selector(negated, &resource, "resource", values::resource).map(Some)
        }
        // A resource's own policy is about that resource if it names none.
        (None, PolicyKind::Trust | PolicyKind::Resource) => Ok(None),
        (None, _) => place.refuse("`Resource` or `NotResource` is missing"),
    }
}

fn principal(
    place: &Place<'_>,
    members: &[Member],
    kind: PolicyKind,
    effect: Effect,
) -> Parsed<Option<PrincipalElement>> {
    let Some((negated, element)) = place.either(members, "Principal", "NotPrincipal")? else {
        if kind.names_principals() {
            return place.refuse("`Principal` is missing");
        }
        return Ok(None);
    };
    if !kind.names_principals() {
        return element
            .refuse("this kind of policy names no principal: it is whoever it is attached to");
    }
    if negated && effect == Effect::Allow {
        return element.refuse("`NotPrincipal` with `Allow` is not supported");
    }
    if negated && kind == PolicyKind::Trust {
        return element.refuse("a trust policy has no `NotPrincipal`");
    }
    principals(&element).map(|principals| {
        Some(PrincipalElement {
            negated,
            principals,
        })
    })
}

fn principals(place: &Place<'_>) -> Parsed<Principals> {
    if let Value::String(text) = &place.node.value {
        return match text.as_str() {
            "*" => Ok(Principals::Everyone),
            other => place.refuse(format!(
                "must be `*` or an object such as `{{\"AWS\": …}}`, not `{other}`"
            )),
        };
    }
    let members = place.members("a principal")?;
    if members.is_empty() {
        return place.refuse("names no principal");
    }
    let listed = members.iter().map(|member| {
        let place = place.member(member);
        let category = PrincipalCategory::ALL
            .into_iter()
            .find(|c| c.as_str() == member.key);
        let Some(category) = category else {
            return place.refuse(
                "principals are named under `AWS`, `Federated`, `Service` or `CanonicalUser`",
            );
        };
        let check = match category {
            PrincipalCategory::Aws => values::aws_principal,
            _ => values::other_principal,
        };
        let names = place.one_or_many(|place| checked(place, check))?;
        if names.as_slice().is_empty() {
            return place.refuse("names no principal");
        }
        Ok((category, names))
    });
    listed.collect::<Parsed<_>>().map(Principals::Listed)
}

fn condition(place: &Place<'_>) -> Parsed<Vec<OperatorBlock>> {
    let blocks = place.members("a condition")?.iter().map(|member| {
        let place = place.member(member);
        let Ok(operator) = member.key.parse() else {
            return Err(Refusal {
                offset: member.key_offset,
                path: place.path,
                message: format!("`{}` is no condition operator", member.key),
            });
        };
        let tests = place.members("the tests of an operator")?.iter();
        let tests = tests.map(|member| {
            let place = place.member(member);
            if member.key.is_empty() {
                return place.refuse("a condition key has a name");
            }
            Ok((member.key.clone(), place.one_or_many(condition_value)?))
        });
        Ok(OperatorBlock {
            operator,
            tests: tests.collect::<Parsed<_>>()?,
        })
    });
    blocks.collect()
}

fn condition_value(place: &Place<'_>) -> Parsed<ConditionValue> {
    match &place.node.value {
        Value::String(text) => Ok(ConditionValue::Text(text.clone())),
        Value::Number(digits) => Ok(ConditionValue::Number(digits.clone())),
        Value::Bool(value) => Ok(ConditionValue::Bool(*value)),
        _ => place.refuse(format!(
            "must be a string, a number or a boolean, not {}",
            place.node.kind()
        )),
    }
}
