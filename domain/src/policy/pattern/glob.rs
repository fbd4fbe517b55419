//! Matching text against segments: the first at the start, the last at the end, the others each at the first
//! place after the one before.

use super::Values;

/// What stands between two `*`s.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment(Box<[Atom]>);

/// A piece of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    /// Text that matches itself.
    Text(Box<str>),
    /// `?`: any one character.
    AnyChar,
    /// The pattern's variable of this index.
    Variable(usize),
}

impl Segment {
    pub fn new(atoms: Vec<Atom>) -> Self {
        Self(atoms.into())
    }

    pub fn literal_prefix(&self) -> &str {
        match self.0.first() {
            Some(Atom::Text(text)) => text,
            _ => "",
        }
    }

    /// No shorter text matches, in bytes.
    pub fn min_len(&self) -> usize {
        let len = |atom: &Atom| match atom {
            Atom::Text(text) => text.len(),
            Atom::AnyChar => 1,
            Atom::Variable(_) => 0,
        };
        self.0.iter().map(len).sum()
    }

    /// The texts of a segment without `?`.
    pub fn texts<'s>(&'s self, values: &'s Values<'_>) -> impl Iterator<Item = &'s str> {
        self.0.iter().map(|atom| match atom {
            Atom::Text(text) => text,
            Atom::AnyChar => "?",
            Atom::Variable(index) => values.get(*index),
        })
    }

    pub fn print(&self, values: &Values<'_>, out: &mut String) {
        for atom in &self.0 {
            let text = match atom {
                Atom::AnyChar => {
                    out.push('?');
                    continue;
                }
                Atom::Text(text) => text,
                Atom::Variable(index) => values.get(*index),
            };
            for c in text.chars() {
                match c {
                    '*' => out.push_str("${*}"),
                    '?' => out.push_str("${?}"),
                    c => out.push(c),
                }
            }
        }
    }

    /// What is left of `text` after the segment at its start.
    #[inline]
    fn strip_front<'t>(&self, text: &'t str, values: &Values<'_>) -> Option<&'t str> {
        self.0.iter().try_fold(text, |rest, atom| match atom {
            Atom::Text(text) => rest.strip_prefix(&**text),
            Atom::Variable(index) => rest.strip_prefix(values.get(*index)),
            Atom::AnyChar => {
                let mut chars = rest.chars();
                chars.next().map(|_| chars.as_str())
            }
        })
    }

    /// What is left of `text` before the segment at its end.
    #[inline]
    fn strip_back<'t>(&self, text: &'t str, values: &Values<'_>) -> Option<&'t str> {
        self.0.iter().rev().try_fold(text, |rest, atom| match atom {
            Atom::Text(text) => rest.strip_suffix(&**text),
            Atom::Variable(index) => rest.strip_suffix(values.get(*index)),
            Atom::AnyChar => {
                let mut chars = rest.chars();
                chars.next_back().map(|_| chars.as_str())
            }
        })
    }

    /// What is left of `text` after the first place where the segment stands.
    fn strip_through<'t>(&self, text: &'t str, values: &Values<'_>) -> Option<&'t str> {
        let start = match self.0.first() {
            None => return Some(text),
            Some(Atom::Text(text)) => text,
            Some(Atom::Variable(index)) => values.get(*index),
            Some(Atom::AnyChar) => "",
        };
        let mut rest = text;
        loop {
            rest = rest.get(rest.find(start)?..)?;
            if let Some(after) = self.strip_front(rest, values) {
                return Some(after);
            }
            let mut chars = rest.chars();
            chars.next()?;
            rest = chars.as_str();
        }
    }
}

/// Whether the whole of `text` is `first`, then each of the `others` after whatever a `*` takes.
#[inline]
pub(super) fn matches(
    first: &Segment,
    others: &[Segment],
    text: &str,
    values: &Values<'_>,
) -> bool {
    let Some(rest) = first.strip_front(text, values) else {
        return false;
    };
    let Some((last, between)) = others.split_last() else {
        return rest.is_empty();
    };
    last.strip_back(rest, values)
        .and_then(|rest| {
            between
                .iter()
                .try_fold(rest, |rest, segment| segment.strip_through(rest, values))
        })
        .is_some()
}
