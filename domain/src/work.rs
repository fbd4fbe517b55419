//! What is left for later: by whom it is done is not said, only what.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{FileName, IdentityId, NoteId, Timestamp, archive::ArchiveId};

/// The version of messages that is written and read.
const VERSION: u32 = 1;

/// Something that a worker is to do. It may be told twice, and doing it twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Work {
    /// Make the archive that a job asks for.
    Archive {
        /// Whose archive it is.
        identity_id: IdentityId,
        /// Which.
        archive_id: ArchiveId,
    },
    /// Remove those of the files that no note names and that nobody has stored anew: what a deleted note has left.
    Orphans {
        /// Whose files they are.
        identity_id: IdentityId,
        /// The note: while it is there, nothing is done.
        note_id: NoteId,
        /// Which.
        names: Vec<FileName>,
        /// When the note was deleted: files that were stored after it stay.
        before: Timestamp,
    },
    /// Erase all that is somebody's, and their user, who asked for it.
    Erasure {
        /// Whose account it is.
        identity_id: IdentityId,
        /// Their user in the user pool, if that is how they signed in.
        subject: Option<Uuid>,
        /// When they asked.
        since: Timestamp,
    },
}

/// A message: `{"version":1,"do":"archive","identityId":"…","archiveId":"…"}`. Further members are ignored.
#[derive(Serialize, Deserialize)]
struct Message {
    version: u32,
    #[serde(flatten)]
    work: Work,
}

/// Why a message says nothing that can be done.
#[derive(Debug, thiserror::Error)]
pub enum MalformedMessage {
    /// It is not JSON of the right form, or a member has a value that it cannot have.
    #[error("the message says nothing that can be done")]
    Form(#[from] serde_json::Error),
    /// It is of a version that is not known here.
    #[error("the message is of version `{0}`: only version `{VERSION}` is known")]
    Version(u32),
}

impl Work {
    /// The message that says so.
    pub fn message(&self) -> String {
        let message = Message {
            version: VERSION,
            work: self.clone(),
        };
        // INVARIANT: structs of numbers, strings and lists of them are always JSON.
        serde_json::to_string(&message).unwrap_or_default()
    }
}

impl FromStr for Work {
    type Err = MalformedMessage;

    fn from_str(message: &str) -> Result<Self, MalformedMessage> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_str(message)?;
        if version != VERSION {
            return Err(MalformedMessage::Version(version));
        }
        let Message { work, .. } = serde_json::from_str(message)?;
        Ok(work)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const IDENTITY: &str = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
    const ARCHIVE: &str = "0193bb5a-7c00-7000-8000-00000000000a";

    fn archive() -> Work {
        Work::Archive {
            identity_id: IDENTITY.parse().unwrap(),
            archive_id: ArchiveId::new(ARCHIVE.parse::<Uuid>().unwrap()),
        }
    }

    #[test]
    fn a_message_is_written_as_it_is_read() {
        let message = archive().message();
        let spelled = format!(
            r#"{{"version":1,"do":"archive","identityId":"{IDENTITY}","archiveId":"{ARCHIVE}"}}"#
        );
        assert_eq!(message, spelled);
        let orphans = Work::Orphans {
            identity_id: IDENTITY.parse().unwrap(),
            note_id: ARCHIVE.parse().unwrap(),
            names: vec!["a.txt".parse().unwrap(), "b/ö \".txt".parse().unwrap()],
            before: Timestamp::from_millis(7),
        };
        let erasure = Work::Erasure {
            identity_id: IDENTITY.parse().unwrap(),
            subject: Some(ARCHIVE.parse().unwrap()),
            since: Timestamp::from_millis(7),
        };
        for work in [archive(), orphans, erasure] {
            assert_eq!(work.message().parse::<Work>().unwrap(), work);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |version, identity: &str, archive: &str| {
            json!({ "version": version, "do": "archive", "identityId": identity, "archiveId": archive, "further": 1 })
                .to_string()
        };
        let sound = message(1, IDENTITY, ARCHIVE);
        assert_eq!(sound.parse::<Work>().unwrap(), archive());
        for (message, named) in [
            (String::new(), "EOF"),
            ("x".to_owned(), "expected value"),
            ("{}".to_owned(), "`version`"),
            (r#"{"version":1}"#.to_owned(), "`do`"),
            (r#"{"version":1,"do":"archive"}"#.to_owned(), "`identityId`"),
            (r#"{"version":1,"do":"nothing"}"#.to_owned(), "`nothing`"),
            (format!("{sound}x"), "trailing characters"),
            (message(2, IDENTITY, ARCHIVE), "version `2`"),
            (message(1, "alice", ARCHIVE), "identityId"),
            (message(1, IDENTITY, "1"), "UUID"),
        ] {
            let error = message.parse::<Work>().unwrap_err();
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            let told = format!("{error}: {cause}");
            assert!(told.contains(named), "`{message}` is refused with `{told}`");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_more_than_refused(text in ".*") {
            prop_assert!(text.parse::<Work>().is_err());
        }
    }
}
