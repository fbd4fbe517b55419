//! What is wrong with a request's members, told as AWS does: all of it in one sentence.

use std::{fmt::Display, ops::RangeInclusive};

use super::Exception;

/// What a sentence shows of the value that it is about.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// The value.
    Value(&'a str),
    /// That there is none.
    Null,
    /// Nothing: it is a secret, or no text.
    Nothing,
}

/// The constraints that a request breaks.
#[derive(Default)]
pub struct Violations(Vec<String>);

impl Violations {
    /// The value of `member` breaks `rule`.
    pub fn add(&mut self, member: &str, shown: Shown<'_>, rule: impl Display) {
        let value = match shown {
            Shown::Value(value) => format!(" '{value}'"),
            Shown::Null => " null".to_owned(),
            Shown::Nothing => String::new(),
        };
        let sentence = format!("Value{value} at '{member}' failed to satisfy constraint: {rule}");
        self.0.push(sentence);
    }

    /// `member` is missing.
    pub fn add_missing(&mut self, member: &str, shown: Shown<'_>) {
        self.add(member, shown, "Member must not be null");
    }

    /// The value of `member` is not of the form `pattern`.
    pub fn add_pattern(&mut self, member: &str, shown: Shown<'_>, pattern: &str) {
        let rule = format!("Member must satisfy regular expression pattern: {pattern}");
        self.add(member, shown, rule);
    }

    /// The value of `member` must have so many characters.
    pub fn check_length(
        &mut self,
        member: &str,
        shown: Shown<'_>,
        value: &str,
        bounds: RangeInclusive<usize>,
    ) {
        let length = value.chars().count();
        let (least, most) = bounds.into_inner();
        let (rule, limit) = if length < least {
            ("greater", least)
        } else if length > most {
            ("less", most)
        } else {
            return;
        };
        let rule = format!("Member must have length {rule} than or equal to {limit}");
        self.add(member, shown, rule);
    }

    /// Refuses the request with the exception `kind` if anything is broken.
    pub fn check(self, kind: &'static str) -> Result<(), Exception> {
        let broken = self.sentence();
        broken.map_or(Ok(()), |message| Err(Exception::new(kind, message)))
    }

    /// All that is broken, if anything is.
    pub fn sentence(self) -> Option<String> {
        let count = self.0.len();
        let errors = match count {
            0 => return None,
            1 => "error",
            _ => "errors",
        };
        let sentences = self.0.join("; ");
        Some(format!("{count} validation {errors} detected: {sentences}"))
    }
}
