//! Doubts about actions, resources and how much they allow together.

use super::{
    Doubts,
    known::{ACTIONS, ACTIONS_WITHOUT_RESOURCE, BUCKET_ACTIONS, OBJECT_ACTIONS},
    values::nearest,
};
use crate::policy::{
    Context, Effect, LanguageVersion,
    document::{Place, PrincipalCategory, Principals, Statement},
    pattern::{Match, Pattern, Syntax, Variables},
};

/// A pattern without variables, over lower case.
fn plain(pattern: &str) -> Pattern {
    let syntax = Syntax {
        wildcards: true,
        variables: Variables::Literal,
    };
    Pattern::new(&pattern.to_ascii_lowercase(), syntax)
}

fn matches(pattern: &Pattern, text: &str) -> bool {
    pattern.matches(&text.to_ascii_lowercase(), &Context::new()) == Match::Yes
}

fn is_one_of(names: &str, name: &str) -> bool {
    names
        .split(' ')
        .any(|known| known.eq_ignore_ascii_case(name))
}

impl Doubts {
    pub(super) fn actions(&mut self, place: &Place<'_>, statement: &Statement) {
        let element = if statement.action.negated {
            "NotAction"
        } else {
            "Action"
        };
        let places = place
            .get(element)
            .map(|place| place.items())
            .unwrap_or_default();
        for (place, action) in places.iter().zip(statement.action.patterns.as_slice()) {
            let Some((service, name)) = action.split_once(':') else {
                continue;
            };
            let Some((_, actions)) = ACTIONS
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(service))
            else {
                continue;
            };
            let mut names = actions.iter().flat_map(|names| names.split(' '));
            let pattern = plain(name);
            if names.clone().any(|known| matches(&pattern, known)) {
                continue;
            }
            let message = if name.contains(['*', '?']) {
                format!("`{service}` has no action like `{name}`")
            } else {
                match nearest(name, &mut names) {
                    Some(near) => format!("`{service}` has no action `{name}`; `{near}` is near"),
                    None => format!("`{service}` has no action `{name}`"),
                }
            };
            self.add(place, message);
        }
    }

    pub(super) fn resources(
        &mut self,
        place: &Place<'_>,
        statement: &Statement,
        version: LanguageVersion,
    ) {
        let Some(resource) = &statement.resource else {
            return;
        };
        let element = if resource.negated {
            "NotResource"
        } else {
            "Resource"
        };
        let Some(element) = place.get(element) else {
            return;
        };
        for (place, pattern) in element.items().iter().zip(resource.patterns.as_slice()) {
            self.references(place, pattern, version, true);
        }
        if resource.negated || statement.action.negated {
            return;
        }
        let resources = resource.patterns.as_slice();
        let s3_part = |pattern: &'_ str| {
            pattern
                .strip_prefix("arn:")
                .and_then(|rest| rest.split_once(":s3:::"))
                .map(|(_, part)| part.to_owned())
        };
        let may_be = |is: fn(&str) -> bool| {
            resources
                .iter()
                .any(|r| s3_part(r).is_none_or(|part| is(&part)))
        };
        let may_be_object = may_be(|part| part.contains('/') || part.ends_with('*'));
        let may_be_bucket = may_be(|part| !part.contains('/'));
        for action in statement.action.patterns.as_slice() {
            let Some(("s3", name)) = action.split_once(':') else {
                continue;
            };
            if is_one_of(OBJECT_ACTIONS, name) && !may_be_object {
                self.add(
                    &element,
                    format!("`{action}` is on objects, and no resource here is one"),
                );
            } else if is_one_of(BUCKET_ACTIONS, name) && !may_be_bucket {
                self.add(
                    &element,
                    format!("`{action}` is on buckets, and no resource here is one"),
                );
            }
        }
    }

    /// What an allow without conditions leaves open.
    pub(super) fn breadth(&mut self, place: &Place<'_>, statement: &Statement) {
        let is_conditional = statement
            .condition
            .as_ref()
            .is_some_and(|blocks| blocks.iter().any(|b| !b.tests.is_empty()));
        if statement.effect == Effect::Deny || is_conditional {
            return;
        }
        let is_everything = |text: &String| text == "*" || text == "*:*";
        let actions = statement.action.patterns.as_slice();
        let mut doubt = |element: &str, message: &str| {
            if let Some(place) = place.get(element) {
                self.add(&place, message);
            }
        };
        let everyone =
            statement
                .principal
                .as_ref()
                .is_some_and(|element| match &element.principals {
                    Principals::Everyone => true,
                    Principals::Listed(listed) => listed.iter().any(|(category, names)| {
                        *category == PrincipalCategory::Aws
                            && names.as_slice().iter().any(|name| name == "*")
                    }),
                });
        if everyone {
            doubt(
                "Principal",
                "allows it to everyone, without credentials too",
            );
        }
        if statement.action.negated {
            doubt(
                "NotAction",
                "allows everything but a few actions, those of the future too",
            );
        } else if actions.iter().any(is_everything) {
            return doubt(
                "Action",
                "allows everything that it does not deny elsewhere",
            );
        }
        let Some(resource) = &statement.resource else {
            return;
        };
        let has_resource = |action: &String| {
            !ACTIONS_WITHOUT_RESOURCE
                .iter()
                .any(|a| a.eq_ignore_ascii_case(action))
        };
        if resource.negated {
            doubt("NotResource", "allows it on everything but a few resources");
        } else if resource.patterns.as_slice().iter().any(is_everything)
            && (statement.action.negated || actions.iter().any(has_resource))
        {
            doubt("Resource", "allows it on everything there is");
        }
    }
}
