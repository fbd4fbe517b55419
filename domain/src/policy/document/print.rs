//! Printing a policy: JSON on one line with `{}`, indented with `{:#}`.

use std::fmt;

use super::{
    ConditionValue, Layout, OneOrMany, Place, Policy, PrincipalElement, Principals, Selector,
    Statement,
};
use crate::policy::{
    Position,
    json::{self, Node, Value},
};

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut members = Vec::new();
        if let Some(version) = self.version {
            members.push(("Version", Node::text(version.as_str())));
        }
        if let Some(id) = &self.id {
            members.push(("Id", Node::text(id)));
        }
        members.push(("Statement", one_or_many(&self.statements, statement)));
        Node::object(members).print(f, f.alternate().then_some(0))
    }
}

/// A node on lines of its own.
struct Indented<'n>(&'n Node);

impl fmt::Display for Indented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(f, Some(0))
    }
}

impl Policy {
    /// The document as people read it, and where in it each statement stands.
    ///
    /// ```
    /// use notewarden_domain::policy::{Policy, PolicyKind};
    ///
    /// let json = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    /// let layout = Policy::parse(json, PolicyKind::Identity)?.layout();
    /// assert_eq!(layout.statements, [(2, 6)]);
    /// assert_eq!(layout.text.lines().nth(2), Some(r#"    "Effect": "Allow","#));
    /// # Ok::<(), notewarden_domain::policy::PolicyError>(())
    /// ```
    pub fn layout(&self) -> Layout {
        let text = format!("{self:#}");
        let mut statements = Vec::new();
        // What was printed can be read.
        if let Ok(root) = json::read(&text) {
            let read = Place::root(&root).get("Statement");
            for Place { node, .. } in read.iter().flat_map(Place::items) {
                let first = Position::of(&text, node.offset).line;
                let lines = Indented(node).to_string().lines().count();
                statements.push((first, first + lines.saturating_sub(1)));
            }
        }
        Layout { text, statements }
    }
}

fn one_or_many<T>(values: &OneOrMany<T>, node: impl Fn(&T) -> Node) -> Node {
    match values {
        OneOrMany::One(value) => node(value),
        OneOrMany::Many(values) => Node::made(Value::Array(values.iter().map(node).collect())),
    }
}

fn texts(values: &OneOrMany<String>) -> Node {
    one_or_many(values, |text| Node::text(text))
}

fn statement(statement: &Statement) -> Node {
    let Statement {
        sid,
        effect,
        principal,
        action,
        resource,
        condition,
    } = statement;
    let mut members = Vec::new();
    if let Some(sid) = sid {
        members.push(("Sid", Node::text(sid)));
    }
    members.push(("Effect", Node::text(effect.as_str())));
    if let Some(PrincipalElement {
        negated,
        principals,
    }) = principal
    {
        let key = if *negated {
            "NotPrincipal"
        } else {
            "Principal"
        };
        members.push((key, principals_node(principals)));
    }
    members.push(selector("Action", "NotAction", action));
    if let Some(resource) = resource {
        members.push(selector("Resource", "NotResource", resource));
    }
    if let Some(blocks) = condition {
        let operators: Vec<_> = blocks
            .iter()
            .map(|block| {
                let tests = block.tests.iter();
                let tests = tests.map(|(key, values)| (key.as_str(), one_or_many(values, value)));
                (block.operator.to_string(), Node::object(tests))
            })
            .collect();
        let operators = operators
            .iter()
            .map(|(name, tests)| (name.as_str(), tests.clone()));
        members.push(("Condition", Node::object(operators)));
    }
    Node::object(members)
}

fn selector(
    plain: &'static str,
    negation: &'static str,
    selector: &Selector,
) -> (&'static str, Node) {
    let key = if selector.negated { negation } else { plain };
    (key, texts(&selector.patterns))
}

fn principals_node(principals: &Principals) -> Node {
    match principals {
        Principals::Everyone => Node::text("*"),
        Principals::Listed(listed) => Node::object(
            listed
                .iter()
                .map(|(category, names)| (category.as_str(), texts(names))),
        ),
    }
}

fn value(value: &ConditionValue) -> Node {
    Node::made(match value {
        ConditionValue::Text(text) => Value::String(text.clone()),
        ConditionValue::Number(digits) => Value::Number(digits.clone()),
        ConditionValue::Bool(value) => Value::Bool(*value),
    })
}
