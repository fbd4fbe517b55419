//! The JSON reader: one pass, no recursion deeper than a policy can be, errors with their place.

use super::{Member, Node, Value};
use crate::policy::error::{Path, Refusal};

/// No policy that AWS takes comes near (the largest quota is 20 KiB), and reading stays quick.
const MAX_BYTES: usize = 1 << 20;
/// A policy is six levels deep.
const MAX_DEPTH: usize = 16;

/// Reads the one JSON value that `source` is.
pub(in crate::policy) fn read(source: &str) -> Result<Node, Refusal> {
    let mut reader = Reader {
        source,
        offset: 0,
        path: Path::default(),
    };
    if source.len() > MAX_BYTES {
        return Err(reader.refuse(format!("the document is larger than {MAX_BYTES} bytes")));
    }
    reader.skip_space();
    let node = reader.value(0)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.refuse("there is text after the end of the document")),
    }
}

struct Reader<'s> {
    source: &'s str,
    offset: usize,
    path: Path,
}

impl<'s> Reader<'s> {
    fn refuse(&self, message: impl Into<String>) -> Refusal {
        self.refuse_at(self.offset, message)
    }

    fn refuse_at(&self, offset: usize, message: impl Into<String>) -> Refusal {
        Refusal {
            offset,
            path: self.path.clone(),
            message: message.into(),
        }
    }

    /// A refusal of whatever stands here, where `wanted` should.
    fn expected(&self, wanted: &str) -> Refusal {
        self.refuse(match self.rest().chars().next() {
            Some(found) => format!("expected {wanted}, found `{}`", found.escape_debug()),
            None => format!("expected {wanted}, found the end of the document"),
        })
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.offset..).unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.offset).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.offset += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    /// Runs `read` one step further down the document.
    fn within<T>(
        &mut self,
        path: Path,
        read: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let outer = std::mem::replace(&mut self.path, path);
        let result = read(self)?;
        self.path = outer;
        Ok(result)
    }

    fn value(&mut self, depth: usize) -> Result<Node, Refusal> {
        if depth > MAX_DEPTH {
            return Err(self.refuse(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let offset = self.offset;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { offset, value })
    }

    fn word(&mut self) -> Result<Value, Refusal> {
        let words = [
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("null", Value::Null),
        ];
        for (word, value) in words {
            if self.rest().starts_with(word) {
                self.offset += word.len();
                return Ok(value);
            }
        }
        Err(self.expected("a value"))
    }

    fn array(&mut self, depth: usize) -> Result<Value, Refusal> {
        self.offset += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space();
            let path = self.path.item(items.len());
            items.push(self.within(path, |reader| reader.value(depth + 1))?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `]`"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Refusal> {
        self.offset += 1;
        let mut members = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            members.push(self.member(depth)?);
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `}`"));
            }
        }
        self.refuse_repeated_key(&members)?;
        Ok(Value::Object(members))
    }

    fn member(&mut self, depth: usize) -> Result<Member, Refusal> {
        let key_offset = self.offset;
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in double quotes"));
        }
        let key = self.string()?;
        self.skip_space();
        if !self.take(b':') {
            return Err(self.expected("`:`"));
        }
        self.skip_space();
        let path = self.path.member(&key);
        let value = self.within(path, |reader| reader.value(depth + 1))?;
        Ok(Member {
            key,
            key_offset,
            value,
        })
    }

    fn refuse_repeated_key(&self, members: &[Member]) -> Result<(), Refusal> {
        let mut keys: Vec<_> = members
            .iter()
            .map(|m| (m.key.as_str(), m.key_offset))
            .collect();
        keys.sort_unstable();
        let repeated = keys.windows(2).filter_map(|pair| match pair {
            [(first, _), (second, offset)] if first == second => Some((*second, *offset)),
            _ => None,
        });
        match repeated.min_by_key(|(_, offset)| *offset) {
            Some((key, offset)) => Err(self.refuse_at(offset, format!("`{key}` is given twice"))),
            None => Ok(()),
        }
    }

    fn number(&mut self) -> Result<Value, Refusal> {
        let start = self.offset;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let spelling = self.source.get(start..self.offset).unwrap_or_default();
        Ok(Value::Number(spelling.to_owned()))
    }

    fn digits(&mut self) -> Result<(), Refusal> {
        let start = self.offset;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.offset += 1;
        }
        if self.offset == start {
            return Err(self.expected("a digit"));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Refusal> {
        self.offset += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest
                .find(|c: char| matches!(c, '"' | '\\') || c < ' ')
                .ok_or_else(|| self.refuse_at(self.source.len(), "the string has no end"))?;
            text.push_str(rest.get(..plain).unwrap_or_default());
            self.offset += plain;
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.refuse("a control character in a string must be escaped")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refusal> {
        let start = self.offset;
        self.offset += 1;
        let escaped = self.peek();
        self.offset += 1;
        Ok(match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => self
                .unicode_escape()
                .ok_or_else(|| self.refuse_at(start, "`\\u` must spell a character"))?,
            _ => return Err(self.refuse_at(start, "no such escape")),
        })
    }

    /// The character of `\uXXXX`, or of a pair of surrogates, after its `u`.
    fn unicode_escape(&mut self) -> Option<char> {
        let high = self.hex4()?;
        if !(0xD800..0xDC00).contains(&high) {
            return char::from_u32(high);
        }
        if !(self.take(b'\\') && self.take(b'u')) {
            return None;
        }
        let low = self.hex4()?;
        if !(0xDC00..0xE000).contains(&low) {
            return None;
        }
        char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.source.get(self.offset..self.offset + 4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.offset += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(source: &str) -> String {
        read(source).unwrap_err().within(source).to_string()
    }

    #[test]
    fn a_refusal_says_where() {
        assert_eq!(
            refusal("{\n  \"é\": [1, tru]\n}"),
            "line 2, column 12, é[1]: expected a value, found `t`"
        );
        assert_eq!(
            refusal("{\"a\": 1,\n\"b\": 2, \"a\": 3}"),
            "line 2, column 9, policy: `a` is given twice"
        );
        assert_eq!(
            refusal("{\"a\": {\"b\": 1"),
            "line 1, column 14, a: expected `,` or `}`, found the end of the document"
        );
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for bad in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.",
            "-",
            "1e",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\u12\"",
            "\"abc",
            "nul",
            "[1] 2",
            "'a'",
            "// c\n1",
            "+1",
            "NaN",
        ] {
            assert!(read(bad).is_err(), "{bad:?} was read");
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = "[".repeat(100_000);
        assert!(refusal(&deep).ends_with("nested deeper than 16 levels"));
        let large = " ".repeat(MAX_BYTES + 1);
        assert!(refusal(&large).contains("larger than"));
    }

    #[test]
    fn escapes_are_read() {
        let node = read(r#""\u00e9\ud83d\ude00\n\/""#).unwrap();
        assert!(matches!(node.value, Value::String(text) if text == "é😀\n/"));
    }
}
