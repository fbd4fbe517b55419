//! Reading a pattern from its text.

use super::{
    Pattern, Syntax, Variable, Variables,
    glob::{Atom, Segment},
};

impl Pattern {
    /// Compiles `source`. What looks like a variable and is none stays plain text.
    pub fn new(source: &str, syntax: Syntax) -> Self {
        let mut reader = Reader::default();
        let mut rest = source;
        let mut colons = 0;
        let mut before_resource_part = 0;
        while let Some(c) = rest.chars().next() {
            let expands = match syntax.variables {
                Variables::Literal => false,
                Variables::Expanded => true,
                Variables::ExpandedInResourcePart => colons >= 5,
            };
            if let Some((reference, after)) = reference(rest) {
                let spelling = rest.strip_suffix(after).unwrap_or(rest);
                match reference {
                    Reference::Escape(literal) if expands => reader.text.push(literal),
                    Reference::Variable(variable) if expands => reader.variable(variable),
                    // As one piece: the colons and wildcards inside are not the pattern's.
                    Reference::Variable(_) | Reference::Escape(_)
                        if syntax.variables == Variables::ExpandedInResourcePart =>
                    {
                        reader.text.push_str(spelling);
                    }
                    _ => {
                        reader.text.push('$');
                        rest = rest.get(1..).unwrap_or_default();
                        continue;
                    }
                }
                rest = after;
                continue;
            }
            match c {
                '*' if syntax.wildcards => reader.end_segment(),
                '?' if syntax.wildcards => reader.any_char(),
                c => reader.text.push(c),
            }
            if c == ':' && colons < 5 {
                colons += 1;
                before_resource_part = source.len() - rest.len() + 1;
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        let mut pattern = reader.finish(source);
        if syntax.variables == Variables::ExpandedInResourcePart && !pattern.variables.is_empty() {
            let head = source.get(..before_resource_part).unwrap_or_default();
            let variables = Variables::Literal;
            let kind = Self::new(
                &format!("{head}*"),
                Syntax {
                    variables,
                    ..syntax
                },
            );
            pattern.kind = Some(Box::new(kind));
        }
        pattern
    }
}

/// What stands in `${…}`.
pub(in crate::policy) enum Reference {
    /// One of the three characters that have a meaning of their own.
    Escape(char),
    /// A condition key, and the text in its place when there is no value.
    Variable(Variable),
}

/// The reference that `text` begins with, and what follows it.
pub(in crate::policy) fn reference(text: &str) -> Option<(Reference, &str)> {
    let inner = text.strip_prefix("${")?;
    for literal in ['*', '?', '$'] {
        if let Some(after) = inner
            .strip_prefix(literal)
            .and_then(|rest| rest.strip_prefix('}'))
        {
            return Some((Reference::Escape(literal), after));
        }
    }
    let key_end = inner.find([',', '}', '\'', '{', '$'])?;
    let (key, rest) = inner.split_at(key_end);
    let key = key.trim();
    if key.is_empty() {
        return None;
    }
    let (default, after) = match rest.strip_prefix('}') {
        Some(after) => (None, after),
        None => {
            let quoted = rest.strip_prefix(',')?.trim_start().strip_prefix('\'')?;
            let (default, rest) = quoted.split_once('\'')?;
            (Some(default.into()), rest.trim_start().strip_prefix('}')?)
        }
    };
    let variable = Variable {
        key: key.into(),
        default,
    };
    Some((Reference::Variable(variable), after))
}

#[derive(Default)]
struct Reader {
    segments: Vec<Segment>,
    atoms: Vec<Atom>,
    text: String,
    variables: Vec<Variable>,
}

impl Reader {
    fn end_text(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.atoms.push(Atom::Text(text.into()));
        }
    }

    fn any_char(&mut self) {
        self.end_text();
        self.atoms.push(Atom::AnyChar);
    }

    fn variable(&mut self, variable: Variable) {
        self.end_text();
        let known = self.variables.iter().position(|v| *v == variable);
        let index = known.unwrap_or_else(|| {
            self.variables.push(variable);
            self.variables.len() - 1
        });
        self.atoms.push(Atom::Variable(index));
    }

    fn end_segment(&mut self) {
        self.end_text();
        // `**` is `*`.
        if !self.atoms.is_empty() || self.segments.is_empty() {
            self.segments
                .push(Segment::new(std::mem::take(&mut self.atoms)));
        }
    }

    fn finish(mut self, source: &str) -> Pattern {
        self.end_text();
        self.segments.push(Segment::new(self.atoms));
        let min_len = self.segments.iter().map(Segment::min_len).sum();
        let mut segments = self.segments.into_iter();
        Pattern {
            source: source.into(),
            first: segments.next().unwrap_or_default(),
            others: segments.collect(),
            variables: self.variables.into(),
            min_len,
            kind: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Context, pattern::Match};

    const LIKE: Syntax = Syntax {
        wildcards: true,
        variables: Variables::Expanded,
    };

    fn matches(pattern: &str, text: &str, context: &Context<'_>) -> bool {
        Pattern::new(pattern, LIKE).matches(text, context) == Match::Yes
    }

    #[test]
    fn wildcards() {
        let none = Context::new();
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "abc", true),
            ("?", "", false),
            ("?", "é", true),
            ("a?c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "abcb", false),
            ("*b*", "abc", true),
            ("a*a", "a", false),
            ("*ab*ab*", "abab", true),
            ("*ab*ab*", "abaab", true),
            ("*ab*ab", "ab", false),
            ("a*?", "a", false),
            ("*?b*c", "abxc", true),
            ("*a?a*", "aabab", true),
        ] {
            assert_eq!(
                matches(pattern, text, &none),
                expected,
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn references() {
        let context = Context::new().with("a:b", "x*y").with_all("a:list", ["x"]);
        for (pattern, text, expected) in [
            ("${a:b}", "x*y", true),
            ("${A:B}", "x*y", true),
            ("${ a:b }", "x*y", true),
            ("${a:b}", "xzy", false),
            ("<${a:b}>*<${a:b}>", "<x*y>--<x*y>", true),
            ("${a:none}", "", false),
            ("${a:none, 'd*'}", "d*", true),
            ("${a:none,'d'}", "d", true),
            ("${a:none, 'd'}", "e", false),
            ("${a:b, 'd'}", "d", false),
            ("${a:list}", "x", false),
            ("${a:list, 'd'}", "d", false),
            ("${*}${?}${$}", "*?$", true),
            ("${*}", "x", false),
            ("${", "${", true),
            ("${}", "${}", true),
            ("${a:b", "${a:b", true),
            ("$${a:b}", "$x*y", true),
            ("${a:b, d}", "${a:b, d}", true),
        ] {
            assert_eq!(
                matches(pattern, text, &context),
                expected,
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn more_variables_than_stay_inline() {
        let context = ["a", "b", "c", "d", "e", "f"]
            .into_iter()
            .fold(Context::new(), |context, key| context.with(key, key));
        assert!(matches("${a}${b}${c}${d}${e}${f}${a}", "abcdefa", &context));
    }

    #[test]
    fn an_arn_expands_only_its_resource_part() {
        let syntax = Syntax {
            wildcards: true,
            variables: Variables::ExpandedInResourcePart,
        };
        let context = Context::new().with("aws:username", "bob");
        let pattern = Pattern::new("arn:aws:s3:${aws:username}::b/${aws:username}/*", syntax);
        assert_eq!(
            pattern.matches("arn:aws:s3:bob::b/bob/x", &context),
            Match::No
        );
        assert_eq!(
            pattern.matches("arn:aws:s3:${aws:username}::b/bob/x", &context),
            Match::Yes
        );
    }

    #[test]
    fn without_a_value_an_arn_of_another_kind_is_still_told_apart() {
        let syntax = Syntax {
            wildcards: true,
            variables: Variables::ExpandedInResourcePart,
        };
        let pattern = Pattern::new("arn:aws:s3:*::b/${aws:username}/*", syntax);
        let none = Context::new();
        assert_eq!(
            pattern.matches("arn:aws:s3:::b/bob/x", &none),
            Match::Unresolved
        );
        assert_eq!(
            pattern.matches("arn:aws:sqs:us-east-1:1:q", &none),
            Match::No
        );
    }

    #[test]
    fn an_expansion_reads_as_a_policy_would() {
        let context = Context::new().with("aws:username", "b*b");
        let pattern = Pattern::new("home/${aws:username}/*", LIKE);
        assert_eq!(pattern.expanded(&context).as_deref(), Some("home/b${*}b/*"));
        assert_eq!(pattern.expanded(&Context::new()), None);
    }

    #[test]
    fn a_hostile_pattern_is_matched_in_time() {
        let none = Context::new();
        let text = "a".repeat(100_000);
        assert!(matches(&"*a".repeat(100_000), &text, &none));
        assert!(!matches(&format!("{}b", "*a".repeat(50_000)), &text, &none));
        assert!(!matches(
            &format!("*{}b*", "a".repeat(50_000)),
            &text,
            &none
        ));
        assert!(matches(&"*?".repeat(100_000), &text, &none));
    }
}
