//! What is known of a request beside its principal, action and resource: condition keys and their values.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};

/// The value of a condition key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ContextValue<'a> {
    /// The value of a single-valued key.
    One(Cow<'a, str>),
    /// The values of a multivalued key: a list even if it holds one, or none.
    Many(Vec<Cow<'a, str>>),
}

impl ContextValue<'_> {
    /// The values, however many.
    pub fn as_slice(&self) -> &[Cow<'_, str>] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// The condition keys of a request. Keys differ in more than case.
///
/// Only what the server itself established belongs here: nothing that a client sends may name a key.
///
/// ```
/// use notewarden_domain::policy::Context;
///
/// let context = Context::new()
///     .with("aws:SourceIp", "203.0.113.7")
///     .with_all("cognito-identity.amazonaws.com:amr", ["authenticated", "graph.facebook.com"]);
/// assert_eq!(context.one("AWS:sourceip"), Some("203.0.113.7"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context<'a>(Vec<(Cow<'a, str>, ContextValue<'a>)>);

impl<'a> Context<'a> {
    /// No key at all.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The same with the single-valued `key`, in place of what it was.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        self.set(key, ContextValue::One(value.into()));
        self
    }

    /// The same with the multivalued `key`, in place of what it was.
    #[must_use]
    pub fn with_all<V: Into<Cow<'a, str>>>(
        mut self,
        key: impl Into<Cow<'a, str>>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.set(key, ContextValue::Many(values));
        self
    }

    /// Sets `key`, in place of what it was.
    pub fn set(&mut self, key: impl Into<Cow<'a, str>>, value: ContextValue<'a>) {
        let key = key.into();
        match self
            .0
            .iter_mut()
            .find(|(k, _)| k.eq_ignore_ascii_case(&key))
        {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }

    /// The value of `key`.
    #[inline]
    pub fn get(&self, key: &str) -> Option<&ContextValue<'a>> {
        let is_key = |(own, _): &&(Cow<'_, str>, _)| is_same_key(own, key);
        self.0.iter().find(is_key).map(|(_, value)| value)
    }

    /// The value of `key` if it is single-valued, which is what a policy variable can take.
    pub fn one(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            ContextValue::One(value) => Some(value),
            ContextValue::Many(_) => None,
        }
    }

    /// The keys with their values, in the order they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue<'a>)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value))
    }
}

/// Whether two names are of one key. Keys of a service begin alike, so they are told apart from the end.
#[inline]
fn is_same_key(left: &str, right: &str) -> bool {
    let alike = |(a, b): (u8, u8)| a.eq_ignore_ascii_case(&b);
    left.len() == right.len()
        && (left == right || left.bytes().rev().zip(right.bytes().rev()).all(alike))
}

impl Serialize for Context<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Context<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Context<'static>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(
                    "an object of condition keys and their values, strings or lists of strings",
                )
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut context = Context::new();
                while let Some((key, value)) = map.next_entry::<String, ContextValue<'static>>()? {
                    context.set(key, value);
                }
                Ok(context)
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_whatever_its_case() {
        let context = Context::new().with("s3:prefix", "a").with("S3:Prefix", "b");
        assert_eq!(context.iter().count(), 1);
        assert_eq!(context.one("s3:PREFIX"), Some("b"));
    }

    #[test]
    fn a_list_of_one_is_still_a_list() {
        let context: Context<'_> = serde_json::from_str(r#"{"a": "x", "b": ["x"]}"#).unwrap();
        assert_eq!(context.one("a"), Some("x"));
        assert_eq!(context.one("b"), None);
        assert_eq!(
            serde_json::to_string(&context).unwrap(),
            r#"{"a":"x","b":["x"]}"#
        );
    }
}
