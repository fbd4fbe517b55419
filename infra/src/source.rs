//! Where policies stand in the text of a template, for people who are shown a decision.

use serde_json::Value;

use crate::yaml::{Mark, Marks};

/// A template's text, and where its values stand in it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) text: String,
    pub(crate) marks: Marks,
}

/// Where a policy stands in the text of its template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PolicySource {
    /// The document as the template has it, less the indentation; nothing where it is not on lines of its own.
    pub text: Option<String>,
    /// The line on which it begins, counted from 1; 0 if that is not known.
    pub line: usize,
    /// Line and column of each statement; none where conditions decide which statements there are.
    pub statements: Vec<(usize, usize)>,
}

impl Source {
    /// The policy whose document is `document`, at `path`.
    pub(crate) fn policy(&self, document: &Value, path: &str) -> PolicySource {
        let Some(&mark) = self.marks.get(path) else {
            return PolicySource::default();
        };
        let statement = format!("{path}.Statement");
        let place = |path: &str| self.marks.get(path).map(|mark| (mark.line, mark.column));
        let statements = match document.get("Statement") {
            Some(Value::Array(items)) if items.iter().all(is_plain) => (0..items.len())
                .filter_map(|index| place(&format!("{statement}[{index}]")))
                .collect(),
            Some(one @ Value::Object(_)) if is_plain(one) => {
                place(&statement).into_iter().collect()
            }
            _ => Vec::new(),
        };
        PolicySource {
            text: self.block(mark),
            line: mark.line,
            statements,
        }
    }

    /// The inline policy `name` of the role whose `Policies` are `policies`, at `path`, conditions or not.
    pub(crate) fn inline_policy(&self, name: &str, policies: &Value, path: &str) -> PolicySource {
        find(name, policies, path).map_or_else(PolicySource::default, |(document, path)| {
            self.policy(document, &path)
        })
    }

    /// The lines of the mapping that begins at `mark`, less its indentation.
    fn block(&self, mark: Mark) -> Option<String> {
        let indentation = mark.column.checked_sub(1)?;
        let lines = self.text.lines().skip(mark.line.checked_sub(1)?);
        let mut block = Vec::new();
        for line in lines {
            let is_within = match line.get(..indentation) {
                Some(before) => before.trim().is_empty(),
                None => line.trim().is_empty(),
            };
            if !is_within {
                break;
            }
            block.push(line.get(indentation..).unwrap_or_default());
        }
        let text = block.join("\n");
        let text = text.trim_end();
        (!text.is_empty()).then(|| format!("{text}\n"))
    }
}

/// Whether a statement is one, and no function that gives one or none.
fn is_plain(statement: &Value) -> bool {
    let members = statement.as_object();
    members.is_some_and(|members| members.contains_key("Effect"))
}

/// The document of the policy `name` within `value`, and its path.
fn find<'a>(name: &str, value: &'a Value, path: &str) -> Option<(&'a Value, String)> {
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find(name, item, &format!("{path}[{index}]"))),
        Value::Object(members)
            if members.get("PolicyName").and_then(Value::as_str) == Some(name) =>
        {
            let document = members.get("PolicyDocument")?;
            Some((document, format!("{path}.PolicyDocument")))
        }
        Value::Object(members) => members
            .iter()
            .find_map(|(key, value)| find(name, value, &format!("{path}.{key}"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Deployment, PolicySource, Template};

    fn stack() -> crate::Stack {
        let template = Template::bundled().unwrap();
        let place = template.resource_types().fold(
            Deployment::new("us-east-1", "000000000000"),
            |place, (id, _)| place.with(id, id.to_lowercase()),
        );
        template.deploy(&place).unwrap()
    }

    /// The line of the template that `place` names.
    fn line((line, column): (usize, usize)) -> String {
        let text = include_str!("../template.yaml");
        text.lines().nth(line - 1).unwrap()[column - 1..].to_owned()
    }

    #[test]
    fn policies_are_found_in_the_template() {
        let stack = stack();
        let role = stack.role(&stack.identity_pool.authenticated_role).unwrap();
        let sids = |source: &PolicySource| -> Vec<_> {
            source.statements.iter().copied().map(line).collect()
        };
        let own = role
            .permissions
            .iter()
            .find(|it| it.name == "OwnFolder")
            .unwrap();
        assert_eq!(
            sids(&own.source),
            ["Sid: FilesInOwnFolder", "Sid: ListOwnFolder"]
        );
        let text = own.source.text.as_deref().unwrap();
        assert!(
            text.starts_with("Version: \"2012-10-17\"\nStatement:\n  - Sid: FilesInOwnFolder\n")
        );
        assert!(
            text.ends_with("s3:prefix: private/${cognito-identity.amazonaws.com:sub}/*\n"),
            "{text}"
        );
        assert_eq!(
            sids(&role.trust_source),
            ["Sid: SignedInThroughThisIdentityPool"]
        );
        assert_eq!(stack.bucket.policy_source.statements.len(), 1);
    }
}
