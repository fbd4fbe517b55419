//! Conditions, compiled: each test of a key, its operands read once.

mod address;
mod arn;
mod date;
mod number;

use super::{
    Context, ContextValue,
    document::{ConditionValue, LanguageVersion, OneOrMany},
    operator::{Operator, Quantifier, Test},
    pattern::{Match, Pattern, Syntax, Variables},
};
use address::Network;
use arn::ArnPattern;
pub(super) use arn::components;
use date::Moment;

/// One operator on one key.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    operator: Operator,
    key: Box<str>,
    operands: Box<[Operand]>,
}

/// A value of the policy, read as its operator takes it.
#[derive(Clone, Debug)]
enum Operand {
    Text(Pattern),
    TextIgnoringCase(Pattern),
    Arn(ArnPattern),
    Number(Box<str>),
    Date(Moment, Box<str>),
    Bool(Pattern),
    Binary(Box<str>),
    Network(Network, Box<str>),
    Null(bool),
    /// What the operator cannot read: nothing equals it.
    Unreadable(Box<str>),
}

impl Operand {
    fn new(test: Test, text: &str, variables: Variables) -> Self {
        let pattern = |wildcards| {
            Pattern::new(
                text,
                Syntax {
                    wildcards,
                    variables,
                },
            )
        };
        let unreadable = || Self::Unreadable(text.into());
        match test {
            Test::StringEquals => Self::Text(pattern(false)),
            Test::StringLike => Self::Text(pattern(true)),
            Test::StringEqualsIgnoreCase => Self::TextIgnoringCase(pattern(false)),
            Test::Arn(_) => Self::Arn(ArnPattern::new(text, variables)),
            Test::Numeric(_) if number::is_number(text) => Self::Number(text.into()),
            Test::Date(_) => Moment::parse(text)
                .map_or_else(unreadable, |moment| Self::Date(moment, text.into())),
            Test::Bool => Self::Bool(pattern(false)),
            Test::BinaryEquals => Self::Binary(text.into()),
            Test::IpAddress => Network::parse(text)
                .map_or_else(unreadable, |network| Self::Network(network, text.into())),
            Test::Null if text.eq_ignore_ascii_case("true") => Self::Null(true),
            Test::Null if text.eq_ignore_ascii_case("false") => Self::Null(false),
            Test::Numeric(_) | Test::Null => unreadable(),
        }
    }

    /// Whether `value`, a value of the request, passes the operator without its negation.
    #[inline]
    fn accepts(&self, test: Test, value: &str, context: &Context<'_>) -> bool {
        match (self, test) {
            (Self::Text(pattern), _) => pattern.matches(value, context) == Match::Yes,
            (Self::TextIgnoringCase(pattern), _) => {
                pattern.equals_ignoring_case(value, context) == Match::Yes
            }
            (Self::Bool(pattern), _) => {
                let is_bool = ["true", "false"]
                    .iter()
                    .any(|word| value.eq_ignore_ascii_case(word));
                is_bool && pattern.equals_ignoring_case(value, context) == Match::Yes
            }
            (Self::Arn(pattern), _) => pattern.matches(value, context) == Match::Yes,
            (Self::Number(operand), Test::Numeric(comparison)) => {
                number::compare(value, operand).is_some_and(|ordering| comparison.accepts(ordering))
            }
            (Self::Date(moment, _), Test::Date(comparison)) => {
                Moment::parse(value).is_some_and(|own| comparison.accepts(own.cmp(moment)))
            }
            // Both are base64 of the same bytes if they differ in no more than padding.
            (Self::Binary(operand), _) => {
                value.trim_end_matches('=') == operand.trim_end_matches('=')
            }
            (Self::Network(network, _), _) => network.contains(value),
            (Self::Null(_) | Self::Unreadable(_) | Self::Number(_) | Self::Date(..), _) => false,
        }
    }

    fn source(&self) -> &str {
        match self {
            Self::Text(pattern) | Self::TextIgnoringCase(pattern) | Self::Bool(pattern) => {
                pattern.source()
            }
            Self::Arn(pattern) => pattern.source(),
            Self::Number(text)
            | Self::Date(_, text)
            | Self::Binary(text)
            | Self::Network(_, text)
            | Self::Unreadable(text) => text,
            Self::Null(true) => "true",
            Self::Null(false) => "false",
        }
    }

    fn expanded(&self, context: &Context<'_>) -> Option<String> {
        match self {
            Self::Text(pattern) | Self::TextIgnoringCase(pattern) | Self::Bool(pattern) => {
                pattern.expanded(context)
            }
            Self::Arn(pattern) => pattern.expanded(context),
            other => Some(other.source().to_owned()),
        }
    }
}

/// Whether an operator of this test can read `text` as its operand.
pub(super) fn is_readable(test: Test, text: &str) -> bool {
    match Operand::new(test, text, Variables::Expanded) {
        Operand::Unreadable(_) => false,
        Operand::Arn(pattern) => pattern.is_arn(),
        Operand::Bool(pattern) => {
            let is_word = |word: &&str| pattern.source().eq_ignore_ascii_case(word);
            pattern.has_variables() || ["true", "false"].iter().any(is_word)
        }
        _ => true,
    }
}

impl Condition {
    pub fn new(
        operator: Operator,
        key: &str,
        values: &OneOrMany<ConditionValue>,
        version: LanguageVersion,
    ) -> Self {
        let variables = match version {
            LanguageVersion::V2008 => Variables::Literal,
            LanguageVersion::V2012 => Variables::Expanded,
        };
        let values = values.as_slice().iter();
        let operands = values.map(|value| Operand::new(operator.test, value.as_str(), variables));
        Self {
            operator,
            key: key.into(),
            operands: operands.collect(),
        }
    }

    pub fn operator(&self) -> Operator {
        self.operator
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    /// The operands as they were written, and as they read with their variables replaced.
    pub fn operands<'s>(
        &'s self,
        context: &'s Context<'_>,
    ) -> impl Iterator<Item = (&'s str, Option<String>)> {
        self.operands
            .iter()
            .map(|operand| (operand.source(), operand.expanded(context)))
    }

    /// Whether the condition holds for a request of `context`.
    #[inline]
    pub fn holds(&self, context: &Context<'_>) -> bool {
        let Operator {
            quantifier,
            test,
            negated,
            if_exists,
        } = self.operator;
        let value = context.get(&self.key);
        let value = value.filter(|value| !value.as_slice().is_empty());
        if test == Test::Null {
            let is_null = value.is_none();
            let wants =
                |operand: &Operand| matches!(operand, Operand::Null(wanted) if *wanted == is_null);
            return self.operands.iter().any(wants);
        }
        let passes = |value: &str| self.passes(test, negated, value, context);
        match (value, quantifier) {
            (None, None) => if_exists || negated,
            (None, Some(Quantifier::ForAllValues)) => true,
            // `IfExists` is about each value of the set: where there is none, none passes.
            (None, Some(Quantifier::ForAnyValue)) => false,
            (Some(ContextValue::One(value)), None) => passes(value),
            // A multivalued key needs a set operator.
            (Some(ContextValue::Many(_)), None) => false,
            (Some(value), Some(quantifier)) => {
                let values = value.as_slice();
                // An empty string is what an absent value resolves to: a set of nothing else is empty.
                let is_empty_set = values.iter().all(|value| value.is_empty());
                match quantifier {
                    Quantifier::ForAllValues => {
                        is_empty_set || values.iter().all(|value| passes(value))
                    }
                    Quantifier::ForAnyValue => {
                        !is_empty_set && values.iter().any(|value| passes(value))
                    }
                }
            }
        }
    }

    /// Whether one value of the request passes: some operand accepts it or, negated, none does. Nothing is equal
    /// to or like a variable without a value, so under negation such an operand stands in nothing's way
    /// (IAM User Guide: “Policy variables with no value”).
    #[inline]
    fn passes(&self, test: Test, negated: bool, value: &str, context: &Context<'_>) -> bool {
        let accepts = |operand: &Operand| operand.accepts(test, value, context);
        self.operands.iter().any(accepts) != negated
    }
}
