//! The condition operators: 25 names, each plain or `…IfExists`, each plain or over a set.

use std::{fmt, str::FromStr};

/// A condition operator as a `Condition` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    /// How several values of the request's key are taken.
    pub quantifier: Option<Quantifier>,
    /// What is compared.
    pub test: Test,
    /// Whether the operator is the negation (`StringNotEquals`, `NotIpAddress`, …) of its test.
    pub negated: bool,
    /// `…IfExists`: true when the request does not have the key.
    pub if_exists: bool,
}

/// The prefix that makes an operator one over a set of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `ForAllValues:` holds for every value of the request, so also when there is none.
    ForAllValues,
    /// `ForAnyValue:` holds for at least one value of the request, so never when there is none.
    ForAnyValue,
}

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Text, exactly.
    StringEquals,
    /// Text, ignoring case.
    StringEqualsIgnoreCase,
    /// Text against a pattern with `*` and `?`.
    StringLike,
    /// Numbers.
    Numeric(Comparison),
    /// Points in time.
    Date(Comparison),
    /// `true` or `false`.
    Bool,
    /// Bytes, written in base64.
    BinaryEquals,
    /// An IP address against a range.
    IpAddress,
    /// An ARN against a pattern, component by component.
    Arn(ArnSpelling),
    /// Whether the key is missing.
    Null,
}

/// How two ordered values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equals,
    /// `<`
    LessThan,
    /// `≤`
    LessThanEquals,
    /// `>`
    GreaterThan,
    /// `≥`
    GreaterThanEquals,
}

/// The two names of the one ARN test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArnSpelling {
    /// `ArnEquals`
    Equals,
    /// `ArnLike`
    Like,
}

use Comparison::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};

/// Every operator without prefix and suffix: name, test, negated.
const NAMES: [(&str, Test, bool); 27] = [
    ("StringEquals", Test::StringEquals, false),
    ("StringNotEquals", Test::StringEquals, true),
    (
        "StringEqualsIgnoreCase",
        Test::StringEqualsIgnoreCase,
        false,
    ),
    (
        "StringNotEqualsIgnoreCase",
        Test::StringEqualsIgnoreCase,
        true,
    ),
    ("StringLike", Test::StringLike, false),
    ("StringNotLike", Test::StringLike, true),
    ("NumericEquals", Test::Numeric(Equals), false),
    ("NumericNotEquals", Test::Numeric(Equals), true),
    ("NumericLessThan", Test::Numeric(LessThan), false),
    (
        "NumericLessThanEquals",
        Test::Numeric(LessThanEquals),
        false,
    ),
    ("NumericGreaterThan", Test::Numeric(GreaterThan), false),
    (
        "NumericGreaterThanEquals",
        Test::Numeric(GreaterThanEquals),
        false,
    ),
    ("DateEquals", Test::Date(Equals), false),
    ("DateNotEquals", Test::Date(Equals), true),
    ("DateLessThan", Test::Date(LessThan), false),
    ("DateLessThanEquals", Test::Date(LessThanEquals), false),
    ("DateGreaterThan", Test::Date(GreaterThan), false),
    (
        "DateGreaterThanEquals",
        Test::Date(GreaterThanEquals),
        false,
    ),
    ("Bool", Test::Bool, false),
    ("BinaryEquals", Test::BinaryEquals, false),
    ("IpAddress", Test::IpAddress, false),
    ("NotIpAddress", Test::IpAddress, true),
    ("ArnEquals", Test::Arn(ArnSpelling::Equals), false),
    ("ArnNotEquals", Test::Arn(ArnSpelling::Equals), true),
    ("ArnLike", Test::Arn(ArnSpelling::Like), false),
    ("ArnNotLike", Test::Arn(ArnSpelling::Like), true),
    ("Null", Test::Null, false),
];

const FOR_ALL_VALUES: &str = "ForAllValues:";
const FOR_ANY_VALUE: &str = "ForAnyValue:";
const IF_EXISTS: &str = "IfExists";

impl Comparison {
    /// Whether `ordering`, of the request's value to the policy's, satisfies the comparison.
    pub(super) fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Equals => ordering.is_eq(),
            LessThan => ordering.is_lt(),
            LessThanEquals => ordering.is_le(),
            GreaterThan => ordering.is_gt(),
            GreaterThanEquals => ordering.is_ge(),
        }
    }
}

/// A name that is no condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such condition operator")]
pub struct UnknownOperator;

impl FromStr for Operator {
    type Err = UnknownOperator;

    fn from_str(name: &str) -> Result<Self, UnknownOperator> {
        let (quantifier, name) = if let Some(rest) = name.strip_prefix(FOR_ALL_VALUES) {
            (Some(Quantifier::ForAllValues), rest)
        } else if let Some(rest) = name.strip_prefix(FOR_ANY_VALUE) {
            (Some(Quantifier::ForAnyValue), rest)
        } else {
            (None, name)
        };
        let (name, if_exists) = match name.strip_suffix(IF_EXISTS) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let found = NAMES.iter().find(|(known, ..)| *known == name);
        let &(_, test, negated) = found.ok_or(UnknownOperator)?;
        if test == Test::Null && (if_exists || quantifier.is_some()) {
            return Err(UnknownOperator);
        }
        Ok(Self {
            quantifier,
            test,
            negated,
            if_exists,
        })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.quantifier {
            Some(Quantifier::ForAllValues) => FOR_ALL_VALUES,
            Some(Quantifier::ForAnyValue) => FOR_ANY_VALUE,
            None => "",
        })?;
        let is_self =
            |(_, test, negated): &&(_, Test, bool)| *test == self.test && *negated == self.negated;
        f.write_str(NAMES.iter().find(is_self).map_or("", |(name, ..)| name))?;
        f.write_str(if self.if_exists { IF_EXISTS } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_prints_as_it_was_read() {
        for (name, ..) in NAMES {
            for quantifier in ["", FOR_ALL_VALUES, FOR_ANY_VALUE] {
                for suffix in ["", IF_EXISTS] {
                    let name = format!("{quantifier}{name}{suffix}");
                    match name.parse::<Operator>() {
                        Ok(operator) => assert_eq!(operator.to_string(), name),
                        Err(UnknownOperator) => assert!(name.contains("Null") && name != "Null"),
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_operator_is_refused() {
        for bad in [
            "",
            "IfExists",
            "stringequals",
            "StringEqualsIfExistsIfExists",
            "ForAllValues:",
            "ForAllValues:ForAnyValue:StringLike",
            "NullIfExists",
            "BoolNot",
            "StringMatches",
        ] {
            assert!(bad.parse::<Operator>().is_err(), "{bad:?} was taken");
        }
    }
}
