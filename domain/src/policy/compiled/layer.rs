//! Policies that play the same part, and what they say together.

use std::borrow::Cow;

use super::PolicyLayer;
use crate::policy::{
    Effect, Policy, StatementExplanation,
    index::Index,
    principal::Grant,
    statement::{CompiledStatement, Subject, Untraced},
};

/// What the policies of one layer say together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answer {
    pub denies: bool,
    pub grant: Grant,
}

impl Answer {
    /// What several levels say, each of which must allow; no level allows all.
    pub fn of_every(levels: impl Iterator<Item = Self>) -> Option<Self> {
        levels.reduce(|all, level| Self {
            denies: all.denies || level.denies,
            grant: all.grant.min(level.grant),
        })
    }
}

/// Policies of which any one may allow or deny.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    policies: Box<[Policy]>,
    statements: Box<[CompiledStatement]>,
    index: Index,
}

impl Default for Layer {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Layer {
    pub fn new(policies: &[Policy]) -> Self {
        let statements = policies.iter().enumerate().flat_map(|(number, policy)| {
            let statements = policy.statements().iter().enumerate();
            statements
                .map(move |(index, s)| CompiledStatement::new(number, index, s, policy.version()))
        });
        let statements: Box<[_]> = statements.collect();
        Self {
            policies: policies.into(),
            index: Index::new(&statements),
            statements,
        }
    }

    /// The policies, each under the name that explanations call it by: its own, or `#1`, `#2`, ….
    pub fn policies(&self) -> impl Iterator<Item = (Cow<'_, str>, &Policy)> {
        self.policies.iter().enumerate().map(|(number, policy)| {
            let name = match policy.name() {
                Some(name) => name.into(),
                None => format!("#{}", number + 1).into(),
            };
            (name, policy)
        })
    }

    /// What the statements that may match say.
    #[inline]
    pub fn consult(&self, subject: &Subject<'_>) -> Answer {
        let mut answer = Answer::default();
        for number in self
            .index
            .candidates(subject.action, subject.request.resource)
        {
            let Some(statement) = self.statements.get(number) else {
                continue;
            };
            if statement.effect == Effect::Allow && answer.grant == Grant::Direct {
                continue;
            }
            match (statement.effect, statement.matches(subject, &mut Untraced)) {
                (_, Grant::None) => {}
                (Effect::Allow, grant) => answer.grant = answer.grant.max(grant),
                (Effect::Deny, _) => {
                    answer.denies = true;
                    return answer;
                }
            }
        }
        answer
    }

    /// What all statements say, each of which is added to `statements`.
    pub fn consult_in_full(
        &self,
        part: PolicyLayer,
        subject: &Subject<'_>,
        statements: &mut Vec<StatementExplanation>,
    ) -> Answer {
        let mut answer = Answer::default();
        let names: Vec<_> = self.policies().map(|(name, _)| name).collect();
        for statement in &self.statements {
            let mut mismatch = None;
            let grant = statement.matches(subject, &mut mismatch);
            match (statement.effect, grant) {
                (_, Grant::None) => {}
                (Effect::Allow, grant) => answer.grant = answer.grant.max(grant),
                (Effect::Deny, _) => answer.denies = true,
            }
            let policy = names.get(statement.policy).map_or("", |name| name);
            let context = subject.request.context;
            statements.push(StatementExplanation::new(
                part, policy, statement, grant, mismatch, context,
            ));
        }
        answer
    }
}
