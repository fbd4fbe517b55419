//! The members that clients write: read one by one, so that a refusal names the one at fault.
//!
//! What else a body holds is ignored, the members that are the server's own too.

use notewarden_domain::{
    Content, FileName, Invalid,
    note::Attachments,
    notes::{Change, Draft},
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::problem::{Kind, Problem};

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

fn given<'de, D: Deserializer<'de>>(member: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(member).map(Some)
}

impl NoteMembers {
    /// The members as what changes in a note.
    pub(super) fn into_change(self) -> Result<Change, Problem> {
        let content = self.content.map(content).transpose()?;
        let several = self.attachments.map(attachments).transpose()?;
        let single = self.attachment.map(attachment).transpose()?;
        let names = match (several, single) {
            (several, None) | (several @ Some(_), Some(None)) => several,
            (None, Some(single)) => Some(single.into_iter().collect()),
            (Some(several), Some(single)) if several.first() == single.as_ref() => Some(several),
            (Some(_), Some(_)) => {
                let rule = "must be the first of `attachments` where both are given";
                return Err(breaks(&Invalid::new("attachment", rule)));
            }
        };
        let attachments = names.map(Attachments::try_from).transpose();
        let attachments = attachments.map_err(|invalid| breaks(&invalid))?;
        Ok(Change {
            content,
            attachments,
        })
    }

    /// The members as a new note.
    pub(super) fn into_draft(self) -> Result<Draft, Problem> {
        let change = self.into_change()?;
        let missing = || breaks(&Invalid::new("content", "is required"));
        Ok(Draft {
            content: change.content.ok_or_else(missing)?,
            attachments: change.attachments.unwrap_or_default(),
        })
    }
}

fn breaks(invalid: &Invalid) -> Problem {
    Problem::at(Kind::Invalid, invalid)
}

fn content(value: Value) -> Result<Content, Problem> {
    match value {
        Value::String(text) => Content::try_from(text).map_err(|invalid| breaks(&invalid)),
        _ => Err(Problem::malformed("content", "must be a string")),
    }
}

fn attachments(value: Value) -> Result<Vec<FileName>, Problem> {
    let malformed = || Problem::malformed("attachments", "must be an array of strings");
    let items = match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        _ => return Err(malformed()),
    };
    let mut names = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let name: Result<FileName, _> = item.as_str().ok_or_else(malformed)?.parse();
        names.push(name.map_err(|invalid| {
            let rule = format!("must be names of files: item {index} {}", invalid.rule);
            breaks(&Invalid::new("attachments", rule))
        })?);
    }
    Ok(names)
}

fn attachment(value: Value) -> Result<Option<FileName>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(name) => match name.parse() {
            Ok(name) => Ok(Some(name)),
            Err(invalid) => Err(breaks(&Invalid::new("attachment", invalid.rule))),
        },
        _ => Err(Problem::malformed("attachment", "must be a string or null")),
    }
}
