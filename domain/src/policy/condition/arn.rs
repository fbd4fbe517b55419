//! ARNs and their patterns: six components, of which only the last may hold colons.

use crate::policy::{
    Context,
    pattern::{Match, Pattern, Syntax, Variables},
};

/// A pattern of ARNs, matched component by component: a `*` does not reach over a colon.
#[derive(Clone, Debug)]
pub(super) struct ArnPattern {
    whole: Pattern,
    components: Option<Box<[Pattern]>>,
}

impl ArnPattern {
    pub fn new(source: &str, variables: Variables) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let split = components(source);
        let components = split.map(|parts| parts.map(|part| Pattern::new(part, syntax)).into());
        Self {
            whole: Pattern::new(source, syntax),
            components,
        }
    }

    pub fn source(&self) -> &str {
        self.whole.source()
    }

    /// Whether anything can match.
    pub fn is_arn(&self) -> bool {
        self.components.is_some() || self.whole.has_variables()
    }

    pub fn expanded(&self, context: &Context<'_>) -> Option<String> {
        self.whole.expanded(context)
    }

    pub fn matches(&self, text: &str, context: &Context<'_>) -> Match {
        let Some(parts) = components(text) else {
            return Match::No;
        };
        let Some(patterns) = &self.components else {
            // One variable may stand for a whole ARN.
            return if self.whole.is_open() {
                Match::No
            } else {
                self.whole.matches(text, context)
            };
        };
        for (pattern, part) in patterns.iter().zip(parts) {
            match pattern.matches(part, context) {
                Match::Yes => {}
                other => return other,
            }
        }
        Match::Yes
    }
}

/// The six components of an ARN or of a pattern of ARNs; a colon inside `${…}` is none.
pub(in crate::policy) fn components(text: &str) -> Option<[&str; 6]> {
    let mut parts = [""; 6];
    let mut rest = text;
    let (last, leading) = parts.split_last_mut()?;
    for part in leading {
        let end = end_of_component(rest)?;
        *part = rest.get(..end)?;
        rest = rest.get(end + 1..)?;
    }
    *last = rest;
    (parts.first() == Some(&"arn")).then_some(parts)
}

fn end_of_component(text: &str) -> Option<usize> {
    let mut end = 0;
    loop {
        let rest = text.get(end..)?;
        let colon = rest.find(':')?;
        match rest.find("${") {
            Some(start) if start < colon => {
                end += start + rest.get(start..)?.find('}').unwrap_or(colon - start);
            }
            _ => return Some(end + colon),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_split_outside_of_variables() {
        assert_eq!(
            components("arn:aws:s3:::b/${aws:username}:x"),
            Some(["arn", "aws", "s3", "", "", "b/${aws:username}:x"])
        );
        assert_eq!(
            components("arn:aws:sns:${aws:r}:1:t"),
            Some(["arn", "aws", "sns", "${aws:r}", "1", "t"])
        );
        for bad in [
            "",
            "*",
            "arn",
            "arn:aws:s3::",
            "urn:aws:s3:::b",
            "arn:${a:b:c:d:e}",
        ] {
            assert_eq!(components(bad), None, "{bad:?} was split");
        }
    }

    #[test]
    fn a_wildcard_stays_in_its_component() {
        let context = Context::new().with("aws:SourceArn", "arn:aws:sns:us-east-1:1:t");
        for (pattern, text, expected) in [
            ("arn:aws:sns:*:1:*", "arn:aws:sns:us-east-1:1:t", true),
            ("arn:aws:sns:*:t", "arn:aws:sns:us-east-1:1:t", false),
            ("arn:aws:sns:*:1:*", "arn:aws:sns:us-east-1:2:x:1:t", false),
            ("arn:aws:sns:*:1:a:*", "arn:aws:sns:us-east-1:1:a:b:c", true),
            ("*", "arn:aws:sns:us-east-1:1:t", false),
            ("${aws:SourceArn}", "arn:aws:sns:us-east-1:1:t", true),
            ("${aws:SourceArn}", "arn:aws:sns:us-east-1:1:u", false),
        ] {
            let pattern = ArnPattern::new(pattern, Variables::Expanded);
            let is_match = pattern.matches(text, &context) == Match::Yes;
            assert_eq!(is_match, expected, "{} on {text}", pattern.source());
        }
    }
}
