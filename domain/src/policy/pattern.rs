//! Patterns of resources and condition values: literal text, `*`, `?` and policy variables, compiled once.
//!
//! A value put in place of a variable is literal: a `*` in it matches only `*`. Matching takes time linear in
//! pattern and text for patterns without `?`, and never more than their product.

mod glob;
mod read;

use super::{Context, ContextValue};
use glob::Segment;
pub(super) use read::{Reference, reference};

/// How a pattern's text is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    /// Whether `*` and `?` are wildcards.
    pub wildcards: bool,
    /// Whether `${…}` is a variable or an escape.
    pub variables: Variables,
}

/// Where in a text `${…}` is a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variables {
    /// Nowhere: it is plain text.
    Literal,
    /// Everywhere.
    Expanded,
    /// After the fifth colon: in the part of an ARN that names the resource.
    ExpandedInResourcePart,
}

/// A variable of a policy: `${key}` or `${key, 'default'}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Variable {
    pub key: Box<str>,
    default: Option<Box<str>>,
}

impl Variable {
    /// The text that stands in its place. A multivalued key has none, whatever the default.
    fn resolve<'v>(&'v self, context: &'v Context<'_>) -> Option<&'v str> {
        match context.get(&self.key) {
            Some(ContextValue::One(value)) => Some(value),
            Some(ContextValue::Many(_)) => None,
            None => self.default.as_deref(),
        }
    }
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    source: Box<str>,
    /// What stands between the `*`s: at least one segment.
    first: Segment,
    others: Box<[Segment]>,
    variables: Box<[Variable]>,
    /// No shorter text matches, in bytes.
    min_len: usize,
    /// Of an ARN with variables in its resource part: the ARNs that are alike before it.
    kind: Option<Box<Pattern>>,
}

/// What a pattern says to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It matches.
    Yes,
    /// It does not.
    No,
    /// It might, but has a variable without a value.
    Unresolved,
}

impl Match {
    fn of(matches: bool) -> Self {
        if matches { Self::Yes } else { Self::No }
    }
}

impl Pattern {
    /// The pattern as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text that everything it matches begins with, or a beginning of it.
    pub fn literal_prefix(&self) -> &str {
        self.first.literal_prefix()
    }

    /// Whether there is a `*`.
    pub fn is_open(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether it has a variable.
    pub fn has_variables(&self) -> bool {
        !self.variables.is_empty()
    }

    /// Whether the whole of `text` matches.
    #[inline]
    pub fn matches(&self, text: &str, context: &Context<'_>) -> Match {
        if self.variables.is_empty() {
            let long_enough = text.len() >= self.min_len;
            return Match::of(
                long_enough && glob::matches(&self.first, &self.others, text, &Values::NONE),
            );
        }
        match Values::resolve(&self.variables, context) {
            Some(values) => Match::of(glob::matches(&self.first, &self.others, text, &values)),
            None => match &self.kind {
                Some(kind) if kind.matches(text, context) == Match::No => Match::No,
                _ => Match::Unresolved,
            },
        }
    }

    /// Whether `text` is the pattern's text but for case; wildcards are none.
    pub fn equals_ignoring_case(&self, text: &str, context: &Context<'_>) -> Match {
        let Some(values) = Values::resolve(&self.variables, context) else {
            return Match::Unresolved;
        };
        let own = self.first.texts(&values).flat_map(str::chars);
        let lowered = text.chars().flat_map(char::to_lowercase);
        Match::of(own.flat_map(char::to_lowercase).eq(lowered))
    }

    /// The pattern as it reads with its variables replaced; wildcards in values are written `${*}`, as a
    /// policy would. `None` if a variable has no value.
    pub fn expanded(&self, context: &Context<'_>) -> Option<String> {
        let values = Values::resolve(&self.variables, context)?;
        let mut text = String::new();
        self.first.print(&values, &mut text);
        for segment in &self.others {
            text.push('*');
            segment.print(&values, &mut text);
        }
        Some(text)
    }
}

/// The values of a pattern's variables; few enough stay off the heap.
struct Values<'v> {
    inline: [&'v str; 4],
    spilled: Vec<&'v str>,
}

impl<'v> Values<'v> {
    const NONE: Self = Self {
        inline: [""; 4],
        spilled: Vec::new(),
    };

    /// The values of `variables`, if each has one.
    #[inline]
    fn resolve(variables: &'v [Variable], context: &'v Context<'_>) -> Option<Self> {
        let mut values = Self::NONE;
        for (index, variable) in variables.iter().enumerate() {
            let value = variable.resolve(context)?;
            match values.inline.get_mut(index) {
                Some(place) => *place = value,
                None => values.spilled.push(value),
            }
        }
        Some(values)
    }

    fn get(&self, index: usize) -> &'v str {
        let spilled = || self.spilled.get(index - self.inline.len());
        // INVARIANT: an index of a segment is one of its pattern's variables, all of which were resolved.
        self.inline
            .get(index)
            .or_else(spilled)
            .copied()
            .unwrap_or_default()
    }
}
