//! Walking through JSON with the path in hand.

use crate::policy::{
    document::OneOrMany,
    error::{Path, Refusal},
    json::{Member, Node, Value},
};

/// What was read, or why it is refused.
pub(in crate::policy) type Parsed<T> = Result<T, Refusal>;

/// A value of the document and the way to it.
pub(in crate::policy) struct Place<'n> {
    pub node: &'n Node,
    pub path: Path,
}

impl<'n> Place<'n> {
    pub fn root(node: &'n Node) -> Self {
        Self {
            node,
            path: Path::default(),
        }
    }

    pub fn refuse<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(Refusal {
            offset: self.node.offset,
            path: self.path.clone(),
            message: message.into(),
        })
    }

    pub fn member(&self, member: &'n Member) -> Self {
        Self {
            node: &member.value,
            path: self.path.member(&member.key),
        }
    }

    pub fn members(&self, what: &str) -> Parsed<&'n [Member]> {
        match &self.node.value {
            Value::Object(members) => Ok(members),
            _ => self.refuse(format!(
                "{what} must be an object, not {}",
                self.node.kind()
            )),
        }
    }

    pub fn text(&self) -> Parsed<&'n str> {
        match &self.node.value {
            Value::String(text) => Ok(text),
            _ => self.refuse(format!("must be a string, not {}", self.node.kind())),
        }
    }

    /// The value itself, or each of its items if it is a list.
    pub fn one_or_many<T>(&self, read: impl Fn(&Self) -> Parsed<T>) -> Parsed<OneOrMany<T>> {
        let Value::Array(items) = &self.node.value else {
            return read(self).map(OneOrMany::One);
        };
        let place = |(index, node)| Self {
            node,
            path: self.path.item(index),
        };
        let items = items.iter().enumerate().map(|item| read(&place(item)));
        items.collect::<Parsed<_>>().map(OneOrMany::Many)
    }

    /// The value of the member `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<Self> {
        match &self.node.value {
            Value::Object(members) => find(members, key).map(|member| self.member(member)),
            _ => None,
        }
    }

    /// The items of a list; of anything else, itself.
    pub fn items(&self) -> Vec<Self> {
        match &self.node.value {
            Value::Array(items) => {
                let item = |(index, node)| Self {
                    node,
                    path: self.path.item(index),
                };
                items.iter().enumerate().map(item).collect()
            }
            _ => vec![Self {
                node: self.node,
                path: self.path.clone(),
            }],
        }
    }

    /// Refuses the members that are not `known`.
    pub fn refuse_others(&self, members: &'n [Member], known: &[&str]) -> Parsed<()> {
        match members.iter().find(|m| !known.contains(&m.key.as_str())) {
            Some(Member {
                key, key_offset, ..
            }) => Err(Refusal {
                offset: *key_offset,
                path: self.path.member(key),
                message: format!("`{key}` is no element of the policy language here"),
            }),
            None => Ok(()),
        }
    }

    /// The one of `plain` and its negation that is there.
    pub fn either(
        &self,
        members: &'n [Member],
        plain: &str,
        negation: &str,
    ) -> Parsed<Option<(bool, Self)>> {
        let find = |key| members.iter().find(|m| m.key == key);
        match (find(plain), find(negation)) {
            (Some(_), Some(second)) => self.member(second).refuse(format!(
                "a statement has `{plain}` or `{negation}`, not both"
            )),
            (Some(member), None) => Ok(Some((false, self.member(member)))),
            (None, Some(member)) => Ok(Some((true, self.member(member)))),
            (None, None) => Ok(None),
        }
    }
}

/// The member `key`.
pub(in crate::policy) fn find<'n>(members: &'n [Member], key: &str) -> Option<&'n Member> {
    members.iter().find(|member| member.key == key)
}
