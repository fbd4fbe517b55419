//! Doubts about variables and conditions.

use super::{
    Doubts,
    known::{KEYS, MULTIVALUED_KEYS},
};
use crate::policy::{
    Effect, LanguageVersion, Quantifier, Test,
    condition::is_readable,
    document::{OperatorBlock, Place, Statement},
    pattern::{Reference, reference},
};

impl Doubts {
    /// The `${…}`s of `text`; in a resource's ARN (`is_arn`) they are variables only after the fifth colon.
    pub(super) fn references(
        &mut self,
        place: &Place<'_>,
        text: &str,
        version: LanguageVersion,
        is_arn: bool,
    ) {
        let mut rest = text;
        let mut colons = 0;
        while let Some(start) = rest.find("${") {
            let (before, from) = rest.split_at(start);
            colons += before.matches(':').count();
            if version == LanguageVersion::V2008 {
                self.add(
                    place,
                    "`${` is plain text: variables need `\"Version\": \"2012-10-17\"`",
                );
                return;
            }
            let Some((reference, after)) = reference(from) else {
                self.add(place, "`${` here begins no variable: it is plain text");
                rest = from.get(2..).unwrap_or_default();
                continue;
            };
            if is_arn && colons < 5 {
                self.add(place, "a variable before the fifth colon is plain text");
                return;
            }
            if let Reference::Variable(variable) = &reference {
                self.key(place, &variable.key);
                if is_multivalued(&variable.key) {
                    self.add(
                        place,
                        format!(
                            "`{}` has several values and cannot be a variable",
                            variable.key
                        ),
                    );
                } else if after.starts_with('*') {
                    let spelling = from.strip_suffix(after).unwrap_or(from);
                    self.add(place, format!(
                        "`{spelling}*` matches what begins like the value, other people's too; `/` between them ends it"
                    ));
                }
            }
            rest = after;
        }
    }

    /// A key that its service does not have, of the services known here.
    fn key(&mut self, place: &Place<'_>, key: &str) {
        let Some((prefix, name)) = key.split_once(':') else {
            return self.add(place, format!("there is no key `{key}`"));
        };
        let Some((prefix, names)) = KEYS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(prefix))
        else {
            return;
        };
        let is_known = |known: &str| match (known.strip_suffix('/'), name.split_once('/')) {
            (Some(known), Some((family, _))) => known.eq_ignore_ascii_case(family),
            _ => known.eq_ignore_ascii_case(name),
        };
        if names.split(' ').any(is_known) {
            return;
        }
        let message = match nearest(name, &mut names.split(' ')) {
            Some(near) => format!("there is no key `{key}`; `{prefix}:{near}` is near"),
            None => format!("there is no key `{key}`"),
        };
        self.add(place, message);
    }

    pub(super) fn condition(
        &mut self,
        place: &Place<'_>,
        statement: &Statement,
        version: LanguageVersion,
    ) {
        let Some(condition) = place.get("Condition") else {
            return;
        };
        for block in statement.condition.iter().flatten() {
            let Some(operator) = condition.get(&block.operator.to_string()) else {
                continue;
            };
            for (key, values) in &block.tests {
                let Some(place) = operator.get(key) else {
                    continue;
                };
                self.key(&place, key);
                self.set(&place, statement, block, key);
                let values = values.as_slice();
                if values.is_empty() {
                    self.add(&place, "there is no value to match");
                }
                for (place, value) in place.items().iter().zip(values) {
                    self.value(place, block.operator.test, value.as_str(), version);
                }
            }
        }
    }

    /// Whether the operator is over a set when it must be, and what it says of an empty one.
    fn set(&mut self, place: &Place<'_>, statement: &Statement, block: &OperatorBlock, key: &str) {
        let demands_key = |block: &OperatorBlock| {
            let is_false = |(k, values): &(String, _)| {
                let values: &crate::policy::OneOrMany<crate::policy::ConditionValue> = values;
                k.eq_ignore_ascii_case(key)
                    && values
                        .as_slice()
                        .iter()
                        .all(|value| value.as_str() == "false")
            };
            block.operator.test == Test::Null && block.tests.iter().any(is_false)
        };
        let has_key = || statement.condition.iter().flatten().any(demands_key);
        match block.operator.quantifier {
            None if is_multivalued(key) && block.operator.test != Test::Null => self.add(
                place,
                format!("`{key}` has several values: it needs `ForAllValues:` or `ForAnyValue:`"),
            ),
            Some(Quantifier::ForAllValues) if statement.effect == Effect::Allow && !has_key() => self.add(
                place,
                format!(
                    "it holds when the request has no `{key}`; `\"Null\": {{\"{key}\": \"false\"}}` beside it demands one"
                ),
            ),
            _ => {}
        }
    }

    fn value(&mut self, place: &Place<'_>, test: Test, value: &str, version: LanguageVersion) {
        match test {
            Test::StringEquals | Test::StringEqualsIgnoreCase => {
                self.references(place, value, version, false);
                if without_references(value).contains(['*', '?']) {
                    self.add(
                        place,
                        "`*` and `?` are plain text here; `StringLike` has wildcards",
                    );
                }
                return;
            }
            Test::StringLike | Test::BinaryEquals => {
                return self.references(place, value, version, false);
            }
            Test::Arn(_) | Test::Bool => self.references(place, value, version, false),
            Test::Numeric(_) | Test::Date(_) | Test::IpAddress | Test::Null => {}
        }
        let wanted = match test {
            Test::Numeric(_) => "is no number",
            Test::Date(_) => "is no date",
            Test::IpAddress => "is no address or range",
            Test::Arn(_) => "has not the six components of an ARN",
            _ => "is neither `true` nor `false`",
        };
        if !is_readable(test, value) {
            self.add(place, format!("`{value}` {wanted}, so nothing equals it"));
        }
    }
}

fn is_multivalued(key: &str) -> bool {
    MULTIVALUED_KEYS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(key))
}

/// `text` without its `${…}`s.
fn without_references(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = match reference(rest) {
            Some((_, after)) => after,
            None => {
                plain.push(c);
                rest.get(c.len_utf8()..).unwrap_or_default()
            }
        };
    }
    plain
}

/// The one of `known` that `name` is most probably meant to be: a few letters away.
pub(super) fn nearest<'k>(name: &str, known: &mut dyn Iterator<Item = &'k str>) -> Option<&'k str> {
    let name = name.to_ascii_lowercase();
    let bound = 1 + name.len() / 8;
    let distances =
        known.map(|candidate| (distance(&name, &candidate.to_ascii_lowercase()), candidate));
    let near = distances.filter(|(distance, _)| *distance <= bound).min()?;
    Some(near.1)
}

/// How many letters must be put in, taken out or replaced (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (b, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = *cell;
            *cell = replaced.min(before + 1).min(diagonal + 1);
            before = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("prefx", "prefix", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(left, right), expected, "{left} and {right}");
        }
    }
}
