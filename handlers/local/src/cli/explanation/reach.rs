//! How far a pattern goes along with a value: where to point.

use notewarden_domain::policy::{Mismatch, Operator, Test};

/// Beyond this many steps a person does not look for the difference in the text.
const MOST_STEPS: usize = 1 << 20;

/// The column of `pattern` from which it does not go along with the request's value, if it is text that is
/// compared from its beginning, and should have matched.
pub fn differs_at(mismatch: &Mismatch, pattern: &str) -> Option<usize> {
    let has_wildcards = match mismatch.element.as_str() {
        "Action" | "Resource" => true,
        element => {
            let (operator, _) = element.strip_prefix("Condition.")?.split_once('.')?;
            let operator: Operator = operator.parse().ok()?;
            match operator.test {
                _ if operator.negated => return None,
                Test::StringLike | Test::Arn(_) => true,
                Test::StringEquals => false,
                _ => return None,
            }
        }
    };
    let values = mismatch.values.iter().flatten();
    values
        .filter(|value| value.len().saturating_mul(pattern.len()) <= MOST_STEPS)
        .map(|value| reach(pattern, value, has_wildcards))
        .max()
}

/// How many characters of `pattern` match some beginning of `value`.
fn reach(pattern: &str, value: &str, has_wildcards: bool) -> usize {
    let value: Vec<char> = value.chars().collect();
    // Which lengths of the value the pattern so far can have matched.
    let mut matched = vec![false; value.len() + 1];
    if let Some(start) = matched.first_mut() {
        *start = true;
    }
    for (index, wanted) in pattern.chars().enumerate() {
        let next: Vec<bool> = match wanted {
            '*' if has_wildcards => matched
                .iter()
                .scan(false, |seen, &reached| {
                    *seen |= reached;
                    Some(*seen)
                })
                .collect(),
            _ => {
                let takes = |c: &char| (wanted == '?' && has_wildcards) || *c == wanted;
                let steps = matched.iter().zip(&value);
                let steps = steps.map(|(&reached, c)| reached && takes(c));
                std::iter::once(false).chain(steps).collect()
            }
        };
        if !next.contains(&true) {
            return index;
        }
        matched = next;
    }
    pattern.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_that_cannot_match_is_found() {
        for (pattern, value, expected) in [
            ("a/b/*", "a/c/x", 2),
            ("a/*/z", "a/b/y", 4),
            ("a?c", "abd", 2),
            ("abc", "abcd", 3),
            ("abcd", "abc", 3),
            ("*x", "yyy", 1),
            ("é*", "e", 0),
            ("", "a", 0),
        ] {
            assert_eq!(
                reach(pattern, value, true),
                expected,
                "{pattern} on {value}"
            );
        }
        assert_eq!(reach("a*", "ab", false), 1);
    }
}
