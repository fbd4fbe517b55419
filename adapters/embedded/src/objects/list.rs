//! Listing keys in the order of their bytes. A page costs what it shows: common prefixes are skipped by
//! seeking past them.

use std::ops::Bound;

use notewarden_domain::StoreError;
use redb::ReadTransaction;

use super::{record::ObjectHead, tables::OBJECTS};

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// What the keys start with.
    pub prefix: String,
    /// Keys that have this after the prefix are rolled up to it; empty rolls nothing up.
    pub delimiter: String,
    /// Only keys and common prefixes after this one.
    pub after: Option<String>,
    /// At most so many keys and common prefixes together.
    pub limit: usize,
}

/// A key, or many of a common prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListItem {
    /// An object.
    Object(String, ObjectHead),
    /// Objects whose keys start so; the delimiter is included.
    Prefix(String),
}

impl ListItem {
    /// The key, or the common prefix.
    pub fn name(&self) -> &str {
        match self {
            Self::Object(name, _) | Self::Prefix(name) => name,
        }
    }
}

/// A page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// In order.
    pub items: Vec<ListItem>,
    /// Whether there are more after the last.
    pub is_truncated: bool,
}

/// Rolls keys up to common prefixes.
pub(crate) struct Group<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) delimiter: &'a str,
}

impl Group<'_> {
    /// The common prefix that `key`, which starts with the prefix, is rolled up to.
    pub(crate) fn of<'k>(&self, key: &'k str) -> Option<&'k str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = key.get(self.prefix.len()..)?;
        let end = rest.find(self.delimiter)? + self.delimiter.len();
        key.get(..self.prefix.len() + end)
    }

    /// Whether `name` is itself a common prefix, whose keys have all been shown when it has been.
    pub(crate) fn is(&self, name: &str) -> bool {
        name.starts_with(self.prefix) && self.of(name) == Some(name)
    }
}

/// The least byte string greater than every one that starts with `prefix`; `None` if there is none.
pub(crate) fn successor(prefix: &str) -> Option<Vec<u8>> {
    let mut bytes = prefix.as_bytes().to_vec();
    while let Some(last) = bytes.pop() {
        if last < u8::MAX {
            bytes.push(last + 1);
            return Some(bytes);
        }
    }
    None
}

pub(super) fn page(
    transaction: &ReadTransaction,
    query: &ListQuery,
) -> Result<ListPage, StoreError> {
    let group = Group {
        prefix: &query.prefix,
        delimiter: &query.delimiter,
    };
    let mut page = ListPage::default();
    if query.limit == 0 {
        return Ok(page);
    }
    let table = transaction
        .open_table(OBJECTS)
        .map_err(StoreError::unavailable)?;
    let end = successor(&query.prefix);
    let Some(mut start) = start(query, &group) else {
        return Ok(page);
    };
    loop {
        let bounds = (start.as_ref().map(Vec::as_slice), bound(end.as_deref()));
        let mut skip_to = None;
        if is_empty(bounds) {
            return Ok(page);
        }
        for entry in table
            .range::<&[u8]>(bounds)
            .map_err(StoreError::unavailable)?
        {
            let (key, value) = entry.map_err(StoreError::unavailable)?;
            let name = text(key.value())?;
            if page.items.len() == query.limit {
                page.is_truncated = true;
                return Ok(page);
            }
            if let Some(common) = group.of(name) {
                page.items.push(ListItem::Prefix(common.to_owned()));
                skip_to = Some(successor(common));
                break;
            }
            let head = ObjectHead::decode(key.value(), value.value())?;
            page.items.push(ListItem::Object(name.to_owned(), head));
        }
        match skip_to {
            Some(Some(next)) => start = Bound::Included(next),
            _ => return Ok(page),
        }
    }
}

/// Where the listing begins; `None` if nothing can follow.
fn start(query: &ListQuery, group: &Group<'_>) -> Option<Bound<Vec<u8>>> {
    match &query.after {
        Some(after) if group.is(after) => successor(after).map(Bound::Included),
        Some(after) if after.as_str() >= query.prefix.as_str() => {
            Some(Bound::Excluded(after.as_bytes().to_vec()))
        }
        _ => Some(Bound::Included(query.prefix.as_bytes().to_vec())),
    }
}

fn bound(end: Option<&[u8]>) -> Bound<&[u8]> {
    end.map_or(Bound::Unbounded, Bound::Excluded)
}

fn is_empty(bounds: (Bound<&[u8]>, Bound<&[u8]>)) -> bool {
    match bounds {
        (Bound::Included(start) | Bound::Excluded(start), Bound::Excluded(end)) => start >= end,
        _ => false,
    }
}

fn text(key: &[u8]) -> Result<&str, StoreError> {
    str::from_utf8(key).map_err(|error| StoreError::corrupt("object key", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_follow_everything_that_starts_so() {
        assert_eq!(successor("a/"), Some(b"a0".to_vec()));
        assert_eq!(successor(""), None);
        assert!(successor("é").unwrap().as_slice() > "é\u{10ffff}".as_bytes());
    }

    #[test]
    fn groups_end_with_their_delimiter() {
        let group = Group {
            prefix: "p/",
            delimiter: "/",
        };
        assert_eq!(group.of("p/a/b/c"), Some("p/a/"));
        assert_eq!(group.of("p/a"), None);
        assert_eq!(group.of("p//x"), Some("p//"));
        assert!(group.is("p/a/") && !group.is("p/a/b") && !group.is("q/a/"));
    }
}
