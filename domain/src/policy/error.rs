//! Why a policy document is refused: where, in which element, and in one sentence.

use std::fmt;

use serde::Serialize;

/// A place in a document, counted from 1; a column is a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

impl Position {
    /// The place of byte `offset` in `source`.
    pub(super) fn of(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A document that is not a policy of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{position}, {path}: {message}")]
pub struct PolicyError {
    /// Where the refused element begins.
    #[serde(flatten)]
    pub position: Position,
    /// The refused element, as `Statement[0].Condition.StringLike.s3:prefix`; `policy` for the whole document.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// A refusal before its byte offset is turned into a line and a column.
#[derive(Debug)]
pub(super) struct Refusal {
    pub offset: usize,
    pub path: Path,
    pub message: String,
}

impl Refusal {
    /// The refusal as it is told to the author of `source`.
    pub fn within(self, source: &str) -> PolicyError {
        PolicyError {
            position: Position::of(source, self.offset),
            path: self.path.to_string(),
            message: self.message,
        }
    }
}

/// The way from the root of a document to one of its elements.
#[derive(Clone, Debug, Default)]
pub(super) struct Path(Vec<Step>);

#[derive(Clone, Debug)]
enum Step {
    Member(String),
    Item(usize),
}

impl Path {
    /// The member `name` of the object at this path.
    pub fn member(&self, name: &str) -> Self {
        let mut path = self.clone();
        path.0.push(Step::Member(name.to_owned()));
        path
    }

    /// The item `index` of the list at this path.
    pub fn item(&self, index: usize) -> Self {
        let mut path = self.clone();
        path.0.push(Step::Item(index));
        path
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("policy");
        }
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if depth == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
