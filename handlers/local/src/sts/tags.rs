//! The tags of a session: those that are asked for, and those that go on from the session that asks.

use std::collections::{BTreeMap, BTreeSet};

use notewarden_userpool::{
    SessionScope,
    identity_pool::{is_tag_name, is_tag_value},
};

use super::{fault::Fault, query::Query};

/// Most tags of a session.
const MOST: usize = 50;

/// The tags of a session, and which of them go on into further ones.
#[derive(Debug, Default)]
pub(super) struct Tags {
    pub(super) all: BTreeMap<String, String>,
    pub(super) transitive: BTreeSet<String>,
}

impl Tags {
    /// The tags that `query` asks for, beside those that `caller` hands on.
    pub(super) fn read(query: &Query, caller: Option<&SessionScope>) -> Result<Self, Fault> {
        let names = query.list("Tags", Some("Key"));
        let values = query.list("Tags", Some("Value"));
        if names.len() > MOST || names.len() != values.len() {
            return Err(Fault::validation(format!(
                "Tags must be at most {MOST}, each with a key and a value."
            )));
        }
        let mut tags = Self::default();
        for (name, value) in names.into_iter().zip(values) {
            if !is_tag_name(name) || !is_tag_value(value) {
                return Err(Fault::validation(format!(
                    "`{name}` is no tag of a session."
                )));
            }
            let is_same = |known: &String| known.to_lowercase() == name.to_lowercase();
            if tags.all.keys().any(is_same) {
                let message =
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
                return Err(Fault::validation(message));
            }
            tags.all.insert(name.to_owned(), value.to_owned());
        }
        for name in query.list("TransitiveTagKeys", None) {
            if !tags.all.contains_key(name) {
                return Err(Fault::validation(
                    "The specified transitive tag key must be included in the requested tags.",
                ));
            }
            tags.transitive.insert(name.to_owned());
        }
        tags.inherit(caller)?;
        Ok(tags)
    }

    fn inherit(&mut self, caller: Option<&SessionScope>) -> Result<(), Fault> {
        let Some(caller) = caller else {
            return Ok(());
        };
        for name in &caller.transitive_tags {
            let Some(value) = caller.tags.get(name) else {
                continue;
            };
            let is_same = |known: &String| known.to_lowercase() == name.to_lowercase();
            if self.all.keys().any(is_same) {
                return Err(Fault::validation(
                    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag \
                     key from the calling session.",
                ));
            }
            self.all.insert(name.clone(), value.clone());
            self.transitive.insert(name.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str, caller: Option<&SessionScope>) -> Result<Tags, Fault> {
        Tags::read(&Query::parse(form.as_bytes()).unwrap(), caller)
    }

    const TEAM: &str = "Tags.member.1.Key=Team&Tags.member.1.Value=blue";

    #[test]
    fn transitive_tags_go_on_and_cannot_be_changed() {
        let first = read(&format!("{TEAM}&TransitiveTagKeys.member.1=Team"), None).unwrap();
        let caller = SessionScope {
            tags: first.all,
            transitive_tags: first.transitive,
            ..SessionScope::default()
        };
        let second = read("", Some(&caller)).unwrap();
        assert_eq!(second.all, caller.tags);
        assert_eq!(second.transitive, caller.transitive_tags);
        assert!(
            read(
                "Tags.member.1.Key=team&Tags.member.1.Value=red",
                Some(&caller)
            )
            .is_err()
        );
        let passing = read(TEAM, None).unwrap();
        let caller = SessionScope {
            tags: passing.all,
            transitive_tags: passing.transitive,
            ..SessionScope::default()
        };
        assert!(read("", Some(&caller)).unwrap().all.is_empty());
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for bad in [
            "Tags.member.1.Key=Team",
            "Tags.member.1.Key=&Tags.member.1.Value=x",
            "Tags.member.1.Key=aws:team&Tags.member.1.Value=x",
            "Tags.member.1.Key=team&Tags.member.1.Value=*",
            "Tags.member.1.Key=team&Tags.member.1.Value=x&Tags.member.2.Key=Team&Tags.member.2.Value=y",
            "TransitiveTagKeys.member.1=Team",
        ] {
            assert!(read(bad, None).is_err(), "{bad}");
        }
    }
}
