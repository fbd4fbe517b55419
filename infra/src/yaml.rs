//! YAML as CloudFormation reads it, into JSON: a short tag becomes its long form, `!Ref Api` → `{"Ref": "Api"}`.
//!
//! Stricter than YAML where readers disagree: no duplicate keys, anchors or aliases, and no plain scalar that
//! YAML 1.1 and 1.2 read differently (`yes`, `007`).

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Value};

use crate::TemplateError;

/// Intrinsic functions by their short tag and their long form.
const FUNCTIONS: [(&str, &str); 11] = [
    ("And", "Fn::And"),
    ("Condition", "Condition"),
    ("Equals", "Fn::Equals"),
    ("GetAtt", "Fn::GetAtt"),
    ("If", "Fn::If"),
    ("Join", "Fn::Join"),
    ("Not", "Fn::Not"),
    ("Or", "Fn::Or"),
    ("Ref", "Ref"),
    ("Split", "Fn::Split"),
    ("Sub", "Fn::Sub"),
];

/// Where a value begins: its line and column, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Where each value begins, by its path as errors write it: `Resources.Bucket.Properties.Rules[0]`.
pub(crate) type Marks = BTreeMap<String, Mark>;

/// The single document in `text`, and where its values stand.
pub(crate) fn parse(text: &str) -> Result<(Value, Marks), TemplateError> {
    let mut composer = Composer {
        parser: Parser::new_from_str(text),
        marks: Marks::new(),
    };
    composer.expect_start()?;
    let (event, span) = composer.next()?;
    let document = composer.value(event, span, "", 0)?;
    composer.expect_end()?;
    Ok((document, composer.marks))
}

/// How deep values may be within each other.
const DEEPEST: usize = 64;

struct Composer<'a> {
    parser: Parser<'a, StrInput<'a>>,
    marks: Marks,
}

impl<'a> Composer<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), TemplateError> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Err(error_at(Span::default(), "the text ends too early")),
        }
    }

    fn expect_start(&mut self) -> Result<(), TemplateError> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::Nothing, _) => {}
                (Event::DocumentStart(_), _) => return Ok(()),
                (_, span) => return Err(error_at(span, "there is no document")),
            }
        }
    }

    fn expect_end(&mut self) -> Result<(), TemplateError> {
        loop {
            match self.next()? {
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (Event::StreamEnd, _) => return Ok(()),
                (_, span) => return Err(error_at(span, "there is more than one document")),
            }
        }
    }

    /// The value that begins with `event`, which stands at `path`.
    fn value(
        &mut self,
        event: Event<'a>,
        span: Span,
        path: &str,
        depth: usize,
    ) -> Result<Value, TemplateError> {
        if depth > DEEPEST {
            return Err(error_at(span, "values are too deep within each other"));
        }
        self.mark(path, span);
        match event {
            Event::Scalar(text, style, 0, tag) => {
                let value = match (style, &tag) {
                    (ScalarStyle::Plain, None) => plain(&text, span)?,
                    _ => Value::String(text.into_owned()),
                };
                tagged(tag.as_deref(), value, span)
            }
            Event::SequenceStart(0, tag) => {
                let path = inside(path, tag.as_deref());
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => {
                            let path = format!("{path}[{}]", items.len());
                            items.push(self.value(event, span, &path, depth + 1)?);
                        }
                    }
                }
                tagged(tag.as_deref(), Value::Array(items), span)
            }
            Event::MappingStart(0, tag) => {
                let path = inside(path, tag.as_deref());
                let members = self.members(&path, depth)?;
                tagged(tag.as_deref(), Value::Object(members), span)
            }
            Event::Alias(_)
            | Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::MappingStart(..) => {
                Err(error_at(span, "templates have no anchors and no aliases"))
            }
            _ => Err(error_at(span, "there is no value")),
        }
    }

    fn members(&mut self, path: &str, depth: usize) -> Result<Map<String, Value>, TemplateError> {
        let mut members = Map::new();
        loop {
            let (key, key_span) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(members),
                (Event::Scalar(key, _, 0, None), span) => {
                    if members.contains_key(key.as_ref()) {
                        return Err(error_at(span, format!("`{key}` is there twice")));
                    }
                    (key.into_owned(), span)
                }
                (_, span) => return Err(error_at(span, "a key must be a plain string")),
            };
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let (event, span) = self.next()?;
            let value = self.value(event, span, &path, depth + 1)?;
            if value.is_null() {
                self.mark(&path, key_span);
            }
            members.insert(key, value);
        }
    }

    fn mark(&mut self, path: &str, span: Span) {
        let mark = Mark {
            line: span.start.line(),
            column: span.start.col() + 1,
        };
        self.marks.insert(path.to_owned(), mark);
    }
}

/// Where the argument of a function stands that is written as a tag.
fn inside(path: &str, tag: Option<&Tag>) -> String {
    match tag.and_then(long_form) {
        Some(long) => format!("{path}.{long}"),
        None => path.to_owned(),
    }
}

/// The long form of a short tag.
fn long_form(tag: &Tag) -> Option<&'static str> {
    let function = FUNCTIONS
        .iter()
        .find(|(short, _)| tag.handle == "!" && tag.suffix == *short);
    function.map(|(_, long)| *long)
}

/// The long form of a value with a short tag.
fn tagged(tag: Option<&Tag>, value: Value, span: Span) -> Result<Value, TemplateError> {
    let Some(tag) = tag else { return Ok(value) };
    match long_form(tag) {
        Some(long) => Ok(Value::Object(Map::from_iter([(long.to_owned(), value)]))),
        None => Err(error_at(span, format!("`{tag}` is not understood here"))),
    }
}

/// A scalar without quotes: null, a boolean, an integer, or text.
fn plain(text: &str, span: Span) -> Result<Value, TemplateError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    Ok(match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ if is_ambiguous(text, digits) => {
            return Err(error_at(
                span,
                format!(
                    "`{text}` reads differently in different versions of YAML: write it in quotes"
                ),
            ));
        }
        _ => number(text, digits).unwrap_or_else(|| Value::String(text.to_owned())),
    })
}

fn number(text: &str, digits: &str) -> Option<Value> {
    // Excludes the words that Rust reads as numbers, `inf` and `nan`.
    digits
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(())?;
    let integer = text.parse::<i64>().map(Value::from);
    integer
        .or_else(|_| text.parse::<f64>().map(Value::from))
        .ok()
}

/// Whether YAML 1.1 and 1.2 disagree on what the plain scalar is.
fn is_ambiguous(text: &str, digits: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_hexdigit() || matches!(c, '_' | ':' | 'x' | 'o'))
        && (digits.len() > 1 && digits.starts_with('0') || digits.parse::<i64>().is_err());
    is_word || is_number
}

fn scan_error(error: &ScanError) -> TemplateError {
    TemplateError::Syntax {
        line: error.marker().line(),
        column: error.marker().col() + 1,
        message: error.info().to_owned(),
    }
}

fn error_at(span: Span, message: impl Into<String>) -> TemplateError {
    TemplateError::Syntax {
        line: span.start.line(),
        column: span.start.col() + 1,
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn short_tags_become_long_forms() {
        let text =
            "a: !Ref Api\nb: !Sub '${Api}/*'\nc: [!GetAtt Bucket.Arn]\nd: !Not [!Condition C]";
        assert_eq!(
            parse(text).unwrap().0,
            json!({
                "a": {"Ref": "Api"},
                "b": {"Fn::Sub": "${Api}/*"},
                "c": [{"Fn::GetAtt": "Bucket.Arn"}],
                "d": {"Fn::Not": [{"Condition": "C"}]},
            })
        );
    }

    #[test]
    fn scalars_have_their_types() {
        let text =
            "a: 8\nb: true\nc: '8'\nd: 2012-10-17\ne:\nf: a plain text\ng: -1\nh: 1.5\ni: 1.2.3";
        assert_eq!(
            parse(text).unwrap().0,
            json!({
                "a": 8, "b": true, "c": "8", "d": "2012-10-17", "e": null, "f": "a plain text", "g": -1,
                "h": 1.5, "i": "1.2.3"
            })
        );
    }

    #[test]
    fn values_have_their_places() {
        let (_, marks) =
            parse("a:\n  - b: 1\n  - !If\n    - C\n    - d: x\ne:\nf: !Ref G").unwrap();
        for (path, line, column) in [
            ("", 1, 1),
            ("a[0].b", 2, 8),
            ("a[1].Fn::If[0]", 4, 7),
            ("a[1].Fn::If[1].d", 5, 10),
            ("e", 6, 1),
            ("f", 7, 4),
        ] {
            assert_eq!(marks.get(path), Some(&Mark { line, column }), "{path}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert!(refusal(&deep).contains("too deep"));
    }

    #[test]
    fn an_unknown_tag_is_named_with_its_place() {
        assert_eq!(
            refusal("a:\n  b: !Select [0, x]"),
            "line 2, column 6: `!Select` is not understood here"
        );
    }

    #[test]
    fn what_readers_disagree_on_is_refused() {
        for scalar in ["yes", "Off", "True", "007", "0x1F", "1_000", "12:30", "1e3"] {
            assert!(
                refusal(&format!("a: {scalar}")).contains("in quotes"),
                "{scalar}"
            );
        }
        assert!(refusal("a: 1\na: 2").contains("`a` is there twice"));
        assert!(refusal("a: &x 1\nb: *x").contains("anchors"));
        assert!(refusal("a: 1\n---\nb: 2").contains("more than one document"));
        assert!(refusal("a: [1").starts_with("line "));
        assert!(parse("").is_err());
    }
}
