//! One statement, compiled, and the one place where a request is held against it: evaluation and explanation
//! both pass here, so they cannot differ.

use super::{
    Context, Request,
    condition::Condition,
    document::{Effect, LanguageVersion, Selector, Statement},
    explain::{Mismatch, Tried},
    pattern::{Match, Pattern, Syntax, Variables},
    principal::{CompiledPrincipals, Grant},
};

/// A request as statements see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub request: &'a Request<'a>,
    /// The action in lower case, in which action patterns are kept.
    pub action: &'a str,
    /// Whether a permissions boundary limits the principal.
    pub has_boundary: bool,
}

/// Who is told of the element that did not match.
pub(super) trait Trace {
    fn mismatch(&mut self, describe: impl FnOnce() -> Mismatch);
}

/// Nobody is: the hot path.
pub(super) struct Untraced;

impl Trace for Untraced {
    #[inline]
    fn mismatch(&mut self, _: impl FnOnce() -> Mismatch) {}
}

impl Trace for Option<Mismatch> {
    fn mismatch(&mut self, describe: impl FnOnce() -> Mismatch) {
        *self = Some(describe());
    }
}

/// A compiled statement.
#[derive(Clone, Debug)]
pub(super) struct CompiledStatement {
    /// The index of its policy in the layer.
    pub policy: usize,
    /// Its index in the policy.
    pub index: usize,
    pub sid: Option<Box<str>>,
    pub effect: Effect,
    action: Patterns,
    resource: Option<Patterns>,
    principals: Option<CompiledPrincipals>,
    conditions: Box<[Condition]>,
}

impl CompiledStatement {
    pub fn new(
        policy: usize,
        index: usize,
        statement: &Statement,
        version: LanguageVersion,
    ) -> Self {
        let conditions = statement.condition.iter().flatten().flat_map(|block| {
            let tests = block.tests.iter();
            tests.map(|(key, values)| Condition::new(block.operator, key, values, version))
        });
        Self {
            policy,
            index,
            sid: statement.sid.as_deref().map(Into::into),
            effect: statement.effect,
            action: Patterns::actions(&statement.action),
            resource: statement
                .resource
                .as_ref()
                .map(|selector| Patterns::resources(selector, version)),
            principals: statement.principal.as_ref().map(CompiledPrincipals::new),
            conditions: conditions.collect(),
        }
    }

    /// Beginnings of which an action has one if the statement can match it.
    pub fn action_prefixes(&self) -> Vec<&str> {
        self.action.prefixes()
    }

    /// Beginnings of which a resource has one if the statement can match it.
    pub fn resource_prefixes(&self) -> Vec<&str> {
        self.resource
            .as_ref()
            .map_or_else(|| vec![""], Patterns::prefixes)
    }

    /// The patterns that have variables, with what these are in `context`.
    pub fn variables(&self, context: &Context<'_>) -> Vec<Tried> {
        let of_resource = self.resource.iter().flat_map(|it| it.tried(context));
        let of_conditions = self
            .conditions
            .iter()
            .flat_map(|condition| condition.operands(context).map(Tried::from));
        of_resource
            .chain(of_conditions)
            .filter(|tried| tried.expanded.as_deref() != Some(&tried.pattern))
            .collect()
    }

    /// How far the statement goes for the request: [`Grant::None`] if an element does not match, of which
    /// `trace` is told the first.
    #[inline]
    pub fn matches(&self, subject: &Subject<'_>, trace: &mut impl Trace) -> Grant {
        let Subject {
            request,
            action,
            has_boundary,
        } = *subject;
        let context = request.context;
        if !self.action.select(action, context) {
            trace.mismatch(|| {
                self.action
                    .mismatch(("Action", "NotAction"), request.action, context)
            });
            return Grant::None;
        }
        if let Some(resource) = &self.resource
            && !resource.select(request.resource, context)
        {
            trace.mismatch(|| {
                resource.mismatch(("Resource", "NotResource"), request.resource, context)
            });
            return Grant::None;
        }
        let grant = match &self.principals {
            None => Grant::Direct,
            Some(principals) => principals.grants(request.principal, has_boundary),
        };
        if grant == Grant::None {
            let negated = self
                .principals
                .as_ref()
                .is_some_and(CompiledPrincipals::is_negated);
            trace.mismatch(|| Mismatch::principal(negated, request.principal));
            return grant;
        }
        for condition in &self.conditions {
            if !condition.holds(context) {
                trace.mismatch(|| Mismatch::condition(condition, context));
                return Grant::None;
            }
        }
        grant
    }
}

/// `Action` or `Resource`, or its negation.
#[derive(Clone, Debug)]
struct Patterns {
    negated: bool,
    patterns: Box<[Pattern]>,
    /// As they were written.
    sources: Box<[Box<str>]>,
}

impl Patterns {
    fn new(selector: &Selector, compile: impl Fn(&str) -> Pattern) -> Self {
        let texts = selector.patterns.as_slice();
        Self {
            negated: selector.negated,
            patterns: texts.iter().map(|text| compile(text)).collect(),
            sources: texts.iter().map(|text| text.as_str().into()).collect(),
        }
    }

    fn actions(selector: &Selector) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables: Variables::Literal,
        };
        Self::new(selector, |text| match text {
            "*:*" => Pattern::new("*", syntax),
            text => Pattern::new(&text.to_ascii_lowercase(), syntax),
        })
    }

    fn resources(selector: &Selector, version: LanguageVersion) -> Self {
        let variables = match version {
            LanguageVersion::V2008 => Variables::Literal,
            LanguageVersion::V2012 => Variables::ExpandedInResourcePart,
        };
        Self::new(selector, |text| {
            Pattern::new(
                text,
                Syntax {
                    wildcards: true,
                    variables,
                },
            )
        })
    }

    fn prefixes(&self) -> Vec<&str> {
        if self.negated {
            return vec![""];
        }
        self.patterns.iter().map(Pattern::literal_prefix).collect()
    }

    /// Whether the statement is about `text`. A negated element with a variable that has no value is about
    /// nothing of the kind that the variable's pattern is about: what it excepts there is not known.
    #[inline]
    fn select(&self, text: &str, context: &Context<'_>) -> bool {
        for pattern in &self.patterns {
            match pattern.matches(text, context) {
                Match::Yes => return !self.negated,
                Match::Unresolved if self.negated => return false,
                Match::No | Match::Unresolved => {}
            }
        }
        self.negated
    }

    fn mismatch(
        &self,
        (plain, negation): (&str, &str),
        value: &str,
        context: &Context<'_>,
    ) -> Mismatch {
        Mismatch {
            element: if self.negated { negation } else { plain }.to_owned(),
            patterns: self.tried(context).collect(),
            values: Some(vec![value.to_owned()]),
        }
    }

    /// The patterns with their variables replaced.
    fn tried(&self, context: &Context<'_>) -> impl Iterator<Item = Tried> {
        let patterns = self.patterns.iter().zip(&self.sources);
        patterns.map(|(pattern, source)| {
            let expanded = pattern.expanded(context);
            let unchanged = expanded.as_deref() == Some(pattern.source());
            Tried {
                pattern: source.to_string(),
                expanded: if unchanged {
                    Some(source.to_string())
                } else {
                    expanded
                },
            }
        })
    }
}
