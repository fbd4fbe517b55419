//! JSON that remembers where each value stands and refuses an object that says a key twice
//! (RFC 8259, with bounds on size and depth), and the printer of the same tree.

mod read;

use std::fmt::{self, Write as _};

pub(super) use read::read;

/// A value, and the byte of the document at which it begins.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub offset: usize,
    pub value: Value,
}

/// A JSON value; numbers keep their spelling.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// One `"key": value`.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub key: String,
    pub key_offset: usize,
    pub value: Node,
}

impl Node {
    /// A value that was made, not read.
    pub fn made(value: Value) -> Self {
        Self { offset: 0, value }
    }

    /// A string that was made, not read.
    pub fn text(text: &str) -> Self {
        Self::made(Value::String(text.to_owned()))
    }

    /// An object that was made, not read.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let members = members.into_iter().map(|(key, value)| Member {
            key: key.to_owned(),
            key_offset: 0,
            value,
        });
        Self::made(Value::Object(members.collect()))
    }

    /// What kind of value this is, for a sentence.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        }
    }

    /// Prints on one line, or with `indent` levels of two spaces.
    pub fn print(&self, f: &mut fmt::Formatter<'_>, indent: Option<usize>) -> fmt::Result {
        match &self.value {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(digits) => f.write_str(digits),
            Value::String(text) => print_string(f, text),
            Value::Array(items) => {
                let print_item =
                    |f: &mut fmt::Formatter<'_>, item: &Self, inner| item.print(f, inner);
                print_block(f, ('[', ']'), items, indent, print_item)
            }
            Value::Object(members) => {
                let print_member =
                    |f: &mut fmt::Formatter<'_>, member: &Member, inner: Option<usize>| {
                        print_string(f, &member.key)?;
                        f.write_str(if inner.is_some() { ": " } else { ":" })?;
                        member.value.print(f, inner)
                    };
                print_block(f, ('{', '}'), members, indent, print_member)
            }
        }
    }
}

fn print_block<T>(
    f: &mut fmt::Formatter<'_>,
    (open, close): (char, char),
    items: &[T],
    indent: Option<usize>,
    print_item: impl Fn(&mut fmt::Formatter<'_>, &T, Option<usize>) -> fmt::Result,
) -> fmt::Result {
    let new_line = |f: &mut fmt::Formatter<'_>, indent: Option<usize>| match indent {
        Some(level) => write!(f, "\n{:1$}", "", level * 2),
        None => Ok(()),
    };
    let inner = indent.map(|level| level + 1);
    f.write_char(open)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_char(',')?;
        }
        new_line(f, inner)?;
        print_item(f, item, inner)?;
    }
    if !items.is_empty() {
        new_line(f, indent)?;
    }
    f.write_char(close)
}

fn print_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
