//! Every field: the request of the HTTP API that it is, and what of the answer is its value.

use std::fmt::Write as _;

use http::{HeaderName, HeaderValue, Method, header};
use notewarden_api::encode_path;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{
    answer::Shape,
    arguments::{ArgumentError, Arguments},
    event::Info,
};

/// A request of the HTTP API.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query, encoded.
    pub(crate) target: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<Map<String, Value>>,
    /// What the field is made of.
    pub(crate) shape: Shape,
}

type Field = (
    &'static str,
    &'static str,
    fn(&mut Arguments) -> Result<Call, ArgumentError>,
);

static FIELDS: [Field; 16] = [
    ("Query", "archive", |arguments| {
        let id = arguments.required("archiveId")?;
        Ok(Call::get(one("/archives", &id), Shape::Body))
    }),
    ("Query", "archiveDownload", |arguments| {
        let id = arguments.required("archiveId")?;
        Ok(Call::get(one("/archives", &id) + "?download", Shape::Link))
    }),
    ("Query", "archives", |arguments| {
        Ok(Call::get(list("/archives", &[], arguments)?, Shape::Page))
    }),
    ("Query", "file", |arguments| {
        let name = arguments.required("name")?;
        Ok(Call::get(one("/files", &name), Shape::Body))
    }),
    ("Query", "fileDownload", |arguments| {
        let name = arguments.required("name")?;
        Ok(Call::get(one("/files", &name) + "?download", Shape::Link))
    }),
    ("Query", "files", |arguments| {
        Ok(Call::get(
            list("/files", &["prefix"], arguments)?,
            Shape::Page,
        ))
    }),
    ("Query", "me", |_| {
        Ok(Call::get("/me".to_owned(), Shape::Body))
    }),
    ("Query", "note", |arguments| {
        let id = arguments.required("noteId")?;
        Ok(Call::get(one("/notes", &id), Shape::Body))
    }),
    ("Query", "notes", |arguments| {
        Ok(Call::get(
            list("/notes", &["order"], arguments)?,
            Shape::Page,
        ))
    }),
    ("Mutation", "createArchive", |arguments| {
        create("/archives", &["files", "prefix", "name"], arguments)
    }),
    ("Mutation", "createFile", |arguments| {
        let members = ["name", "size", "contentType", "crc32"];
        let call = create("/files", &members, arguments)?;
        Ok(Call {
            shape: Shape::Upload,
            ..call
        })
    }),
    ("Mutation", "createNote", |arguments| {
        create("/notes", &["content", "attachments"], arguments)
    }),
    ("Mutation", "deleteArchive", |arguments| {
        let id = arguments.required("archiveId")?;
        Ok(Call::delete(one("/archives", &id), id))
    }),
    ("Mutation", "deleteFile", |arguments| {
        let name = arguments.required("name")?;
        let mut target = one("/files", &name);
        let force = arguments.scalar("force")?;
        add(&mut target, "force", force.as_deref());
        Ok(Call::delete(target, name))
    }),
    ("Mutation", "deleteNote", |arguments| {
        let id = arguments.required("noteId")?;
        let mut target = one("/notes", &id);
        let fate = arguments.text("attachments")?;
        add(&mut target, "attachments", fate.as_deref());
        Call::delete(target, id).if_version(arguments)
    }),
    ("Mutation", "updateNote", |arguments| {
        let id = arguments.required("noteId")?;
        let call = Call {
            method: Method::PUT,
            target: one("/notes", &id),
            headers: Vec::new(),
            body: Some(arguments.body(&["content", "attachments"])),
            shape: Shape::Body,
        };
        call.if_version(arguments)
    }),
];

/// The type and the name of every field that there is, in no order that means anything.
pub fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIELDS.iter().map(|(kind, name, _)| (*kind, *name))
}

/// Whether there is a field of this name, as `Query.note`.
pub fn has(name: &str) -> bool {
    let parts = name.split_once('.');
    parts.is_some_and(|(kind, field)| fields().any(|known| known == (kind, field)))
}

/// The request that the field is.
pub(crate) fn call(info: &Info, arguments: Map<String, Value>) -> Result<Call, ArgumentError> {
    let mut known = FIELDS.iter();
    let found =
        known.find(|(kind, name, _)| *kind == info.parent_type_name && *name == info.field_name);
    let (_, _, make) = found.ok_or(ArgumentError::Field)?;
    let mut arguments = Arguments(arguments);
    let call = make(&mut arguments)?;
    arguments.done()?;
    Ok(call)
}

impl Call {
    const fn get(target: String, shape: Shape) -> Self {
        Self {
            method: Method::GET,
            target,
            headers: Vec::new(),
            body: None,
            shape,
        }
    }

    /// Of which nothing is left but its name.
    const fn delete(target: String, name: String) -> Self {
        Self {
            method: Method::DELETE,
            target,
            headers: Vec::new(),
            body: None,
            shape: Shape::Done(name),
        }
    }

    /// Only if the note has the version that was given, if one was.
    fn if_version(mut self, arguments: &mut Arguments) -> Result<Self, ArgumentError> {
        const NAME: &str = "expectedVersion";
        if let Some(version) = arguments.scalar(NAME)? {
            let tag = HeaderValue::try_from(format!("\"{version}\""));
            let tag = tag.map_err(|_| ArgumentError::Character(NAME))?;
            self.headers.push((header::IF_MATCH, tag));
        }
        Ok(self)
    }
}

/// A request that makes something, at most once for each key.
fn create(path: &str, members: &[&str], arguments: &mut Arguments) -> Result<Call, ArgumentError> {
    const NAME: &str = "idempotencyKey";
    let mut headers = Vec::new();
    if let Some(key) = arguments.text(NAME)? {
        let key = HeaderValue::try_from(key).map_err(|_| ArgumentError::Character(NAME))?;
        headers.push((HeaderName::from_static("idempotency-key"), key));
    }
    Ok(Call {
        method: Method::POST,
        target: path.to_owned(),
        headers,
        body: Some(arguments.body(members)),
        shape: Shape::Body,
    })
}

/// The path of one thing in a folder, whatever is in its name.
fn one(folder: &str, name: &str) -> String {
    format!("{folder}/{}", encode_path(name))
}

/// A page of a list that has these parameters besides those of every list.
fn list(
    path: &str,
    parameters: &[&'static str],
    arguments: &mut Arguments,
) -> Result<String, ArgumentError> {
    let mut target = path.to_owned();
    let limit = arguments.scalar("limit")?;
    add(&mut target, "limit", limit.as_deref());
    for name in parameters.iter().copied().chain(["cursor"]) {
        let value = arguments.text(name)?;
        add(&mut target, name, value.as_deref());
    }
    Ok(target)
}

fn add(target: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        let separator = if target.contains('?') { '&' } else { '?' };
        let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
        // INVARIANT: writing into a string does not fail.
        let _ = write!(target, "{separator}{name}={value}");
    }
}
