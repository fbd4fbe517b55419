//! Preconditions of reads and writes, as HTTP and S3 define them.

use notewarden_domain::Timestamp;

use super::{ObjectError, ObjectHead};

/// What must hold of the object that a write replaces or removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WriteCondition {
    /// Nothing.
    #[default]
    None,
    /// There is none (`If-None-Match: *`).
    Absent,
    /// There is one (`If-Match: *`).
    Present,
    /// Its entity tag is this one, without quotes (`If-Match`).
    Matches(String),
}

impl WriteCondition {
    /// Whether the write may go on over `current`.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchKey`] if there must be one and is none, else [`ObjectError::PreconditionFailed`].
    pub fn check(&self, current: Option<&ObjectHead>) -> Result<(), ObjectError> {
        match (self, current) {
            (Self::None, _) | (Self::Absent, None) | (Self::Present, Some(_)) => Ok(()),
            (Self::Absent, Some(_)) => Err(ObjectError::PreconditionFailed),
            (Self::Present | Self::Matches(_), None) => Err(ObjectError::NoSuchKey),
            (Self::Matches(etag), Some(head)) if head.etag == *etag => Ok(()),
            (Self::Matches(_), Some(_)) => Err(ObjectError::PreconditionFailed),
        }
    }
}

/// What must hold of the object that is read, as RFC 9110 orders it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadCondition {
    /// `If-Match`: one of these entity tags, without quotes, or `*`.
    pub if_match: Option<Vec<String>>,
    /// `If-None-Match`: none of these.
    pub if_none_match: Option<Vec<String>>,
    /// `If-Modified-Since`; whole seconds.
    pub if_modified_since: Option<Timestamp>,
    /// `If-Unmodified-Since`; whole seconds.
    pub if_unmodified_since: Option<Timestamp>,
}

impl ReadCondition {
    /// Whether `head` may be read.
    ///
    /// # Errors
    /// [`ObjectError::PreconditionFailed`] or [`ObjectError::NotModified`].
    pub fn check(&self, head: &ObjectHead) -> Result<(), ObjectError> {
        let among = |etags: &[String]| etags.iter().any(|etag| etag == "*" || *etag == head.etag);
        let modified = head.modified_at.as_secs();
        let unchanged = match (&self.if_match, self.if_unmodified_since) {
            (Some(etags), _) => among(etags),
            (None, Some(since)) => modified <= since.as_secs(),
            (None, None) => true,
        };
        if !unchanged {
            return Err(ObjectError::PreconditionFailed);
        }
        let changed = match (&self.if_none_match, self.if_modified_since) {
            (Some(etags), _) => !among(etags),
            (None, Some(since)) => modified > since.as_secs(),
            (None, None) => true,
        };
        if changed {
            Ok(())
        } else {
            Err(ObjectError::NotModified)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> ObjectHead {
        ObjectHead {
            size: 0,
            etag: "a".to_owned(),
            modified_at: Timestamp::from_millis(10_999),
            checksum: None,
            crc32: None,
        }
    }

    #[test]
    fn writes_are_decided_by_what_is_there() {
        let head = head();
        let outcomes = |condition: WriteCondition| {
            [None, Some(&head)].map(|current| condition.check(current).map_err(|e| e.to_string()))
        };
        let no_key = || Err("there is no such key".to_owned());
        let failed = || Err("a precondition failed".to_owned());
        assert_eq!(outcomes(WriteCondition::None), [Ok(()), Ok(())]);
        assert_eq!(outcomes(WriteCondition::Absent), [Ok(()), failed()]);
        assert_eq!(outcomes(WriteCondition::Present), [no_key(), Ok(())]);
        assert_eq!(
            outcomes(WriteCondition::Matches("a".to_owned())),
            [no_key(), Ok(())]
        );
        assert_eq!(
            outcomes(WriteCondition::Matches("b".to_owned())),
            [no_key(), failed()]
        );
    }

    #[test]
    fn entity_tags_go_before_dates() {
        let at = |secs: u64| Some(Timestamp::from_millis(secs * 1_000));
        let tags = |etag: &str| Some(vec![etag.to_owned()]);
        let check = |condition: ReadCondition| condition.check(&head()).map_err(|e| e.to_string());
        let rule = ReadCondition::default;
        assert_eq!(check(rule()), Ok(()));
        assert!(
            check(ReadCondition {
                if_match: tags("b"),
                ..rule()
            })
            .is_err()
        );
        assert_eq!(
            check(ReadCondition {
                if_match: tags("a"),
                if_unmodified_since: at(1),
                ..rule()
            }),
            Ok(())
        );
        assert!(
            check(ReadCondition {
                if_unmodified_since: at(9),
                ..rule()
            })
            .is_err()
        );
        assert_eq!(
            check(ReadCondition {
                if_unmodified_since: at(10),
                ..rule()
            }),
            Ok(())
        );
        assert!(
            check(ReadCondition {
                if_none_match: tags("*"),
                ..rule()
            })
            .is_err()
        );
        assert_eq!(
            check(ReadCondition {
                if_none_match: tags("b"),
                if_modified_since: at(20),
                ..rule()
            }),
            Ok(())
        );
        assert!(
            check(ReadCondition {
                if_modified_since: at(10),
                ..rule()
            })
            .is_err()
        );
        assert_eq!(
            check(ReadCondition {
                if_modified_since: at(9),
                ..rule()
            }),
            Ok(())
        );
    }
}
