//! Which statements can match a request at all: by what its action begins with, then its resource.

use std::collections::BTreeMap;

use super::statement::CompiledStatement;

/// A statement with more pairs of actions and resources than this is found by what its resources share.
const MAX_PAIRS: usize = 256;

/// The statements of a layer by the beginnings of their patterns.
#[derive(Clone, Debug)]
pub(super) struct Index(Prefixes<Prefixes<Box<[u32]>>>);

impl Index {
    pub fn new(statements: &[CompiledStatement]) -> Self {
        let mut by_action: BTreeMap<&str, BTreeMap<&str, Vec<u32>>> = BTreeMap::new();
        for (statement, number) in statements.iter().zip(0..) {
            let actions = statement.action_prefixes();
            let mut resources = statement.resource_prefixes();
            if actions.len() * resources.len() > MAX_PAIRS {
                resources = vec![common_prefix(&resources)];
            }
            for action in actions {
                let by_resource = by_action.entry(action).or_default();
                for resource in &resources {
                    let numbers = by_resource.entry(*resource).or_default();
                    if numbers.last() != Some(&number) {
                        numbers.push(number);
                    }
                }
            }
        }
        Self(Prefixes::new(by_action.into_iter().map(
            |(action, by_resource)| {
                let by_resource = by_resource
                    .into_iter()
                    .map(|(resource, numbers)| (resource, numbers.into()));
                (action, Prefixes::new(by_resource))
            },
        )))
    }

    /// The numbers of the statements that may match; one may come more than once.
    #[inline]
    pub fn candidates(&self, action: &str, resource: &str) -> impl Iterator<Item = usize> {
        let by_action = self.0.beginnings_of(action);
        let numbers = by_action.flat_map(move |by_resource| by_resource.beginnings_of(resource));
        numbers.flat_map(|numbers| numbers.iter().map(|number| *number as usize))
    }
}

/// A map from text to values, asked for every key that a text begins with.
#[derive(Clone, Debug)]
struct Prefixes<T>(Box<[Entry<T>]>);

#[derive(Clone, Debug)]
struct Entry<T> {
    key: Box<str>,
    /// The entry of the longest other key that this one begins with.
    parent: Option<u32>,
    value: T,
}

impl<T> Prefixes<T> {
    /// From entries in ascending order of their keys.
    fn new<'k>(entries: impl Iterator<Item = (&'k str, T)>) -> Self {
        let mut list: Vec<Entry<T>> = Vec::new();
        let mut open: Vec<(u32, &str)> = Vec::new();
        for ((key, value), number) in entries.zip(0..) {
            while open.last().is_some_and(|(_, last)| !key.starts_with(last)) {
                open.pop();
            }
            let parent = open.last().map(|(parent, _)| *parent);
            open.push((number, key));
            list.push(Entry {
                key: key.into(),
                parent,
                value,
            });
        }
        Self(list.into())
    }

    /// The values of all keys that `text` begins with.
    ///
    /// In ascending order, whatever lies between a key and a text that begins with it begins with it too: so
    /// the last key not after `text`, or one of its ancestors, is the longest, and its ancestors are the rest.
    #[inline]
    fn beginnings_of<'s>(&'s self, text: &str) -> impl Iterator<Item = &'s T> {
        let not_after = self.0.partition_point(|entry| *entry.key <= *text);
        let parent = |entry: &Entry<T>| self.0.get(entry.parent? as usize);
        let last = not_after.checked_sub(1).and_then(|last| self.0.get(last));
        let mut next = last;
        while let Some(entry) = next
            && !text.starts_with(&*entry.key)
        {
            next = parent(entry);
        }
        std::iter::successors(next, move |entry| parent(entry)).map(|entry| &entry.value)
    }
}

fn common_prefix<'k>(keys: &[&'k str]) -> &'k str {
    let (Some(least), Some(greatest)) = (keys.iter().min(), keys.iter().max()) else {
        return "";
    };
    let differs = least
        .char_indices()
        .zip(greatest.chars())
        .find(|((_, a), b)| a != b);
    let end = differs.map_or(least.len().min(greatest.len()), |((at, _), _)| at);
    least.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_beginning_is_found(
            keys in proptest::collection::btree_set("[ab]{0,5}", 0..20),
            text in "[abc]{0,6}",
        ) {
            let index = Prefixes::new(keys.iter().map(|key| (key.as_str(), key.as_str())));
            let mut found: Vec<_> = index.beginnings_of(&text).copied().collect();
            found.reverse();
            let expected: Vec<_> = keys.iter().map(String::as_str).filter(|key| text.starts_with(key)).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn a_common_prefix_begins_every_key(keys in proptest::collection::vec("[ab]{0,5}", 1..6)) {
            let keys: Vec<_> = keys.iter().map(String::as_str).collect();
            let prefix = common_prefix(&keys);
            prop_assert!(keys.iter().all(|key| key.starts_with(prefix)));
        }
    }
}
