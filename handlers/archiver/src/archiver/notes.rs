//! A person's notes as entries of an export, spooled into files on the way: one pass over the notes, in bounded memory.

use std::{fs::File, io::Write, sync::Arc};

use bytes::Bytes;
use notewarden_domain::{
    FileName, IdentityId, Note, StoreError, Timestamp,
    archive::{Body, Method},
    ports::{NoteQuery, Order},
};
use serde::Serialize;
use tokio::task::spawn_blocking;

use super::{Archiver, sources::MadeEntry};
use crate::{
    assembly::{Content, Deflater, Deflating, Spool, crc},
    retry::patiently,
};

/// What is read of the notes at once.
const PAGE_NOTES: usize = 1_000;
const PAGE_BYTES: usize = 1 << 20;

/// What is written to a spool at once, in bytes.
const BUFFER: usize = 256 << 10;

/// A note as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NoteBody<'n> {
    user_id: &'n IdentityId,
    note_id: String,
    content: &'n str,
    attachments: &'n [FileName],
    attachment: Option<&'n FileName>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
}

impl<'n> From<&'n Note> for NoteBody<'n> {
    fn from(note: &'n Note) -> Self {
        let attachments = note.attachments.names();
        Self {
            user_id: &note.owner,
            note_id: note.id.to_string(),
            content: note.content.as_str(),
            attachments,
            attachment: attachments.first(),
            created_at: note.created_at,
            updated_at: note.updated_at,
            version: note.version.get(),
        }
    }
}

/// The entries of all notes of `owner`: `notes.json`, dated `at`, and each as `notes/<note id>.md`, the oldest first.
pub(super) async fn entries(
    archiver: &Archiver,
    deflater: &Arc<Deflater>,
    owner: &IdentityId,
    at: Timestamp,
) -> Result<Vec<MadeEntry>, StoreError> {
    let mut json = Json::new(deflater)?;
    let mut texts = Spooling::new()?;
    let mut placed = Vec::new();
    let mut query = NoteQuery {
        order: Order::Oldest,
        after: None,
        limit: PAGE_NOTES,
        max_bytes: PAGE_BYTES,
    };
    loop {
        let page = patiently(|| archiver.notes.list(owner, &query)).await?;
        for note in &page.notes {
            json.push(note).await?;
            placed.push(place(archiver, deflater, &mut texts, note).await?);
        }
        query.after = page.notes.last().map(|note| note.id);
        if !page.more || query.after.is_none() {
            break;
        }
    }
    let texts = texts.finish().await?;
    let mut entries = vec![json.finish(at).await?];
    entries.extend(placed.into_iter().map(|placed| placed.entry(&texts)));
    Ok(entries)
}

/// A note's place in the spool of texts.
struct Placed {
    path: String,
    modified_at: Timestamp,
    size: u64,
    method: Method,
    start: u64,
    body: Body,
}

impl Placed {
    fn entry(self, spool: &Spool) -> MadeEntry {
        MadeEntry {
            path: self.path,
            modified_at: self.modified_at,
            size: self.size,
            method: self.method,
            content: Content::Spooled {
                spool: spool.clone(),
                range: self.start..self.start + self.body.length,
                body: self.body,
            },
        }
    }
}

async fn place(
    archiver: &Archiver,
    deflater: &Arc<Deflater>,
    texts: &mut Spooling,
    note: &Note,
) -> Result<Placed, StoreError> {
    let path = format!("notes/{}.md", note.id);
    let text = note.content.as_str().as_bytes();
    let size = text.len() as u64;
    let compression = &archiver.settings.compression;
    let method = compression.method(&path, Some("text/markdown"), size);
    let start = texts.length;
    let body = match method {
        Method::Stored => {
            texts.push(text).await?;
            let crc = crc(text);
            Body { crc, length: size }
        }
        Method::Deflated => {
            let mut deflating = Deflating::new(deflater.clone());
            let before = deflating.push(text).await;
            texts.push_all(before.map_err(lost)?).await?;
            let (rest, body) = deflating.finish().await.map_err(lost)?;
            texts.push_all(rest).await?;
            body
        }
    };
    Ok(Placed {
        path,
        modified_at: note.updated_at,
        size,
        method,
        start,
        body,
    })
}

/// `notes.json` while it is written: an array.
struct Json {
    deflating: Deflating,
    spooling: Spooling,
    size: u64,
    next: &'static [u8],
}

impl Json {
    fn new(deflater: &Arc<Deflater>) -> Result<Self, StoreError> {
        Ok(Self {
            deflating: Deflating::new(deflater.clone()),
            spooling: Spooling::new()?,
            size: 0,
            next: b"[\n",
        })
    }

    async fn push(&mut self, note: &Note) -> Result<(), StoreError> {
        let mut text = std::mem::replace(&mut self.next, b",\n").to_vec();
        let written = serde_json::to_writer(&mut text, &NoteBody::from(note));
        written.map_err(StoreError::unavailable)?;
        self.write(&text).await
    }

    async fn write(&mut self, text: &[u8]) -> Result<(), StoreError> {
        self.size += text.len() as u64;
        let packed = self.deflating.push(text).await.map_err(lost)?;
        self.spooling.push_all(packed).await
    }

    async fn finish(mut self, at: Timestamp) -> Result<MadeEntry, StoreError> {
        let end: &[u8] = if self.size == 0 { b"[]\n" } else { b"\n]\n" };
        self.write(end).await?;
        let (rest, body) = self.deflating.finish().await.map_err(lost)?;
        self.spooling.push_all(rest).await?;
        let placed = Placed {
            path: "notes.json".to_owned(),
            modified_at: at,
            size: self.size,
            method: Method::Deflated,
            start: 0,
            body,
        };
        Ok(placed.entry(&self.spooling.finish().await?))
    }
}

/// A spool while it is written. The file has no name, and goes with the last who has it.
struct Spooling {
    file: Arc<File>,
    buffer: Vec<u8>,
    length: u64,
}

impl Spooling {
    fn new() -> Result<Self, StoreError> {
        let file = tempfile::tempfile().map_err(StoreError::unavailable)?;
        Ok(Self {
            file: Arc::new(file),
            buffer: Vec::new(),
            length: 0,
        })
    }

    async fn push(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.flush().await?;
        }
        Ok(())
    }

    async fn push_all(&mut self, chunks: Vec<Bytes>) -> Result<(), StoreError> {
        for chunk in chunks {
            self.push(&chunk).await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let file = self.file.clone();
        let buffer = std::mem::take(&mut self.buffer);
        let writing = spawn_blocking(move || (&*file).write_all(&buffer));
        writing
            .await
            .map_err(lost)?
            .map_err(StoreError::unavailable)
    }

    async fn finish(mut self) -> Result<Spool, StoreError> {
        self.flush().await?;
        Ok(Spool::new(self.file))
    }
}

fn lost(error: tokio::task::JoinError) -> StoreError {
    StoreError::unavailable(error)
}
