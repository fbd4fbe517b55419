//! The parameters of AWS's query protocol: a form.

use percent_encoding::percent_decode_str;

/// Most parameters that one request may have.
const PARAMETERS: usize = 256;

/// The parameters of one request, each given once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

/// A body that is not a form, or one that could be read in two ways.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Query {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(body).map_err(|_| Malformed)?;
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in text.trim().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            let is_known = parameters.iter().any(|(known, _)| *known == name);
            if is_known || parameters.len() == PARAMETERS {
                return Err(Malformed);
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// The value of the parameter `name`, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The values of the list `name`, in order: of its members themselves, or of their part `part`.
    pub(super) fn list(&self, name: &str, part: Option<&str>) -> Vec<&str> {
        let value = |number: usize| {
            let member = match part {
                Some(part) => format!("{name}.member.{number}.{part}"),
                None => format!("{name}.member.{number}"),
            };
            let found = self.0.iter().find(|(known, _)| *known == member);
            found.map(|(_, value)| value.as_str())
        };
        (1..=PARAMETERS).map_while(value).collect()
    }

    /// Whether the list or structure `name` is there.
    pub(super) fn has(&self, name: &str) -> bool {
        let is_part = |known: &str| {
            known
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.0.iter().any(|(known, _)| is_part(known))
    }
}

fn decode(text: &str) -> Result<String, Malformed> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(String::from).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let query = Query::parse(b"Action=A&Name=a+b%20%26%C3%A9&Empty=&Flag").unwrap();
        assert_eq!(query.get("Action"), Some("A"));
        assert_eq!(query.get("Name"), Some("a b &é"));
        for absent in ["Empty", "Flag", "Other", "action"] {
            assert_eq!(query.get(absent), None, "{absent}");
        }
    }

    #[test]
    fn lists_are_numbered_from_one_without_gaps() {
        let query = Query::parse(
            b"K.member.1=a&K.member.2=b&K.member.4=d&T.member.1.Key=k&T.member.1.Value=",
        );
        let query = query.unwrap();
        assert_eq!(query.list("K", None), ["a", "b"]);
        assert_eq!(query.list("T", Some("Key")), ["k"]);
        assert_eq!(query.list("T", Some("Value")), [""]);
        assert!(query.has("K") && query.has("T") && !query.has("k") && !query.has("KT"));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for body in [
            &b"Action=A&Action=B"[..],
            b"Action=A&%41ction=B",
            b"\xff=1",
            b"a=%ff",
        ] {
            assert_eq!(Query::parse(body), Err(Malformed));
        }
        let many: Vec<_> = (0..=PARAMETERS).map(|n| format!("p{n}=1")).collect();
        assert_eq!(Query::parse(many.join("&").as_bytes()), Err(Malformed));
    }
}
