//! Paths of routes: literal segments, variables `{name}`, and a last greedy variable `{name+}`.

/// A path's segments; the order is the one in which API Gateway prefers patterns, best first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PathPattern(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Variable(String),
    Greedy(String),
}

impl PathPattern {
    pub(crate) fn parse(path: &str) -> Result<Self, String> {
        let bare = path
            .strip_prefix('/')
            .ok_or_else(|| format!("the path `{path}` does not begin with `/`"))?;
        let segments = bare
            .split('/')
            .map(|segment| {
                Segment::parse(segment).ok_or_else(|| {
                    format!("`{segment}` in the path `{path}` is neither text nor a variable")
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let greedy = segments
            .iter()
            .position(|segment| matches!(segment, Segment::Greedy(_)));
        if greedy.is_some_and(|index| index + 1 < segments.len()) {
            return Err(format!(
                "a greedy variable is not the last in the path `{path}`"
            ));
        }
        Ok(Self(segments))
    }

    /// The values of the variables, if `path` fits.
    pub(crate) fn matches<'a>(&'a self, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let mut rest = Some(path.strip_prefix('/')?);
        let mut parameters = Vec::new();
        for segment in &self.0 {
            let remaining = rest?;
            let (first, after) = match remaining.split_once('/') {
                Some((first, after)) => (first, Some(after)),
                None => (remaining, None),
            };
            rest = after;
            match segment {
                Segment::Literal(text) if text == first => {}
                Segment::Variable(name) if !first.is_empty() => parameters.push((&**name, first)),
                Segment::Greedy(name) if !remaining.is_empty() => {
                    parameters.push((&**name, remaining));
                    rest = None;
                }
                _ => return None,
            }
        }
        rest.is_none().then_some(parameters)
    }
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        let Some(inner) = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
        else {
            return (!text.contains(['{', '}'])).then(|| Self::Literal(text.to_owned()));
        };
        let (name, variant): (&str, fn(String) -> Self) = match inner.strip_suffix('+') {
            Some(name) => (name, Self::Greedy),
            None => (inner, Self::Variable),
        };
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then(|| variant(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters<'a>(pattern: &'a PathPattern, path: &'a str) -> Option<Vec<&'a str>> {
        let parameters = pattern.matches(path)?;
        Some(parameters.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn variables_take_one_segment() {
        let pattern = PathPattern::parse("/notes/{noteId}").unwrap();
        assert_eq!(parameters(&pattern, "/notes/42"), Some(vec!["42"]));
        assert_eq!(parameters(&pattern, "/notes/a%2Fb"), Some(vec!["a%2Fb"]));
        for path in [
            "/notes",
            "/notes/",
            "/notes/42/",
            "/notes/42/x",
            "/Notes/42",
            "//notes/42",
            "notes/42",
        ] {
            assert_eq!(parameters(&pattern, path), None, "{path}");
        }
    }

    #[test]
    fn a_greedy_variable_takes_the_rest() {
        let pattern = PathPattern::parse("/files/{name+}").unwrap();
        assert_eq!(
            parameters(&pattern, "/files/a/b.txt"),
            Some(vec!["a/b.txt"])
        );
        assert_eq!(parameters(&pattern, "/files/"), None);
        assert_eq!(parameters(&pattern, "/files"), None);
    }

    #[test]
    fn the_more_specific_pattern_comes_first() {
        let mut patterns = ["/{rest+}", "/notes/{id}", "/{x}/{y}", "/notes/recent"]
            .map(|path| (PathPattern::parse(path).unwrap(), path));
        patterns.sort();
        assert_eq!(
            patterns.map(|(_, path)| path),
            ["/notes/recent", "/notes/{id}", "/{x}/{y}", "/{rest+}"]
        );
    }

    #[test]
    fn malformed_paths_are_refused() {
        for path in ["notes", "/{a", "/{}", "/{a b}", "/x{a}", "/{a+}/b"] {
            assert!(PathPattern::parse(path).is_err(), "{path}");
        }
    }
}
