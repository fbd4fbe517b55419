//! The members that clients write: read one by one, so that a refusal names the one at fault.
//!
//! What else a body holds is ignored, the members that are the server's own too.

use notewarden_domain::{
    Content, FileName, Invalid,
    note::Attachments,
    notes::{Change, Draft},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    member::{breaks, given, names, parsed, required},
    problem::Problem,
};

/// What a body says of a note. A member that is `null` is given; one that is missing is not.
#[derive(Deserialize)]
pub(super) struct NoteMembers {
    #[serde(default, deserialize_with = "given")]
    content: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    attachments: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    attachment: Option<Value>,
}

impl NoteMembers {
    /// The members as what changes in a note.
    pub(super) fn into_change(self) -> Result<Change, Problem> {
        let content = self.content.map(content).transpose()?;
        let several = self.attachments.map(|value| names("attachments", value));
        let several = several.transpose()?;
        let single = self.attachment.as_ref().map(attachment).transpose()?;
        let listed = match (several, single) {
            (several, None) | (several @ Some(_), Some(None)) => several,
            (None, Some(single)) => Some(single.into_iter().collect()),
            (Some(several), Some(single)) if several.first() == single.as_ref() => Some(several),
            (Some(_), Some(_)) => {
                let rule = "must be the first of `attachments` where both are given";
                return Err(breaks(&Invalid::new("attachment", rule)));
            }
        };
        let attachments = listed.map(Attachments::try_from).transpose();
        let attachments = attachments.map_err(|invalid| breaks(&invalid))?;
        Ok(Change {
            content,
            attachments,
        })
    }

    /// The members as a new note.
    pub(super) fn into_draft(self) -> Result<Draft, Problem> {
        let change = self.into_change()?;
        Ok(Draft {
            content: required("content", change.content)?,
            attachments: change.attachments.unwrap_or_default(),
        })
    }
}

fn content(value: Value) -> Result<Content, Problem> {
    match value {
        Value::String(text) => Content::try_from(text).map_err(|invalid| breaks(&invalid)),
        _ => Err(Problem::malformed("content", "must be a string")),
    }
}

fn attachment(value: &Value) -> Result<Option<FileName>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(_) => parsed("attachment", value).map(Some),
        _ => Err(Problem::malformed("attachment", "must be a string or null")),
    }
}
