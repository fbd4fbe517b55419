//! A policy on its own, as it would stand in a template.

use thiserror::Error;

use crate::{
    TemplateError,
    resolve::Resolver,
    yaml::{self, Marks},
};

/// A policy that was read out of a text of its own, its functions resolved.
#[derive(Debug, Clone)]
pub struct PolicyText {
    json: String,
    marks: Marks,
}

/// Why a policy cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
pub struct PolicyTextError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl PolicyText {
    pub(crate) fn read(text: &str, resolver: &Resolver<'_>) -> Result<Self, PolicyTextError> {
        let (value, marks) = yaml::parse(text)?;
        let resolved = resolver.resolve(&value, "").map_err(|error| {
            let (path, message) = match error {
                TemplateError::Unsupported { path, function } => {
                    (path, format!("`{function}` is not understood here"))
                }
                TemplateError::Unresolved { path, name } => {
                    (path, format!("nothing is known as `{name}`"))
                }
                TemplateError::Property { path, message } => (path, message),
                other => (String::new(), other.to_string()),
            };
            let (line, column) = place(&marks, &path);
            PolicyTextError {
                line,
                column,
                message,
            }
        })?;
        Ok(Self {
            json: resolved.to_string(),
            marks,
        })
    }

    /// The policy as JSON.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Line and column of the element at `path`, `Statement[0].Effect`, or of the nearest one around it.
    pub fn place(&self, path: &str) -> (usize, usize) {
        place(&self.marks, path)
    }
}

fn place(marks: &Marks, path: &str) -> (usize, usize) {
    let mut path = path.trim_start_matches('.');
    loop {
        if let Some(mark) = marks.get(path) {
            return (mark.line, mark.column);
        }
        match path.rfind(['.', '[']) {
            Some(end) => path = path.get(..end).unwrap_or_default(),
            None if path.is_empty() => return (1, 1),
            None => path = "",
        }
    }
}

impl From<TemplateError> for PolicyTextError {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Syntax {
                line,
                column,
                message,
            } => Self {
                line,
                column,
                message,
            },
            other => Self {
                line: 1,
                column: 1,
                message: other.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Deployment, Template};

    fn read(text: &str) -> Result<PolicyText, String> {
        let template = Template::bundled().unwrap();
        let place = Deployment::new("us-east-1", "000000000000").with("Bucket", "b");
        let read = template.policy(text, &place);
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn functions_are_resolved_and_elements_keep_their_places() {
        let text = "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: s3:*\n    \
                    Resource: !Sub \"${Bucket.Arn}/${!aws:username}/*\"\n";
        let policy = read(text).unwrap();
        assert!(policy.json().contains("arn:aws:s3:::b/${aws:username}/*"));
        assert_eq!(policy.place("Statement[0].Action"), (4, 13));
        assert_eq!(policy.place("Statement[0].Resource"), (5, 15));
        assert_eq!(policy.place("Statement[0].Condition.Bool.x"), (3, 5));
        assert_eq!(policy.place("policy"), (1, 1));
        // JSON is YAML.
        assert_eq!(
            read("{\"Statement\": []}").unwrap().json(),
            "{\"Statement\":[]}"
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, told) in [
            (
                "a:\n  - !Ref Nowhere",
                "line 2, column 5: nothing is known as `Nowhere`",
            ),
            (
                "a: !Sub '${Bucket.Arm}'",
                "line 1, column 4: nothing is known as `Bucket.Arm`",
            ),
            (
                "a: !Select [0]",
                "line 1, column 4: `!Select` is not understood here",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), told, "{text}");
        }
        assert!(read("a: [").unwrap_err().starts_with("line "));
    }
}
