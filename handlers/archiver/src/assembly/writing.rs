//! What passes through the worker, in the order of the zip's bytes.

use std::ops::Range;

use bytes::Bytes;
use notewarden_domain::archive::{Body, Entry, LayoutError, Method, Origin, Piece, Step, Writer};

use super::{
    Deflating, Halt, Inputs, Ledger,
    ahead::{Ahead, Prepared},
    made::Content,
    parts::Parts,
    reading::Checksummer,
};

/// Writes the stretches of a plan.
pub(super) struct Writing<'a> {
    inputs: &'a Inputs,
    ledger: &'a Ledger,
    parts: &'a mut Parts,
    ahead: Ahead,
    writer: Writer,
}

impl<'a> Writing<'a> {
    pub fn new(inputs: &'a Inputs, ledger: &'a Ledger, parts: &'a mut Parts, ahead: Ahead) -> Self {
        Self {
            inputs,
            ledger,
            parts,
            ahead,
            writer: Writer::new(),
        }
    }

    /// Writes everything, and answers how long the zip is, with what is copied.
    pub async fn run(mut self) -> Result<u64, Halt> {
        let plan = self.inputs.plan.clone();
        let mut length = 0;
        for step in plan.steps() {
            let Step::Write { parts, pieces, .. } = step else {
                continue;
            };
            self.parts.begin_stretch(*parts.start());
            for piece in pieces {
                match piece {
                    Piece::Tail { entry, range } => self.range(*entry, range.clone()).await?,
                    Piece::Whole(entries) => {
                        for entry in entries.clone() {
                            self.whole(entry).await?;
                        }
                    }
                    Piece::Head { entry, bytes } => self.head(*entry, *bytes).await?,
                    Piece::Directory => length = self.directory().await?,
                }
            }
            self.parts.end_stretch().await?;
        }
        Ok(length)
    }

    async fn directory(&mut self) -> Result<u64, Halt> {
        let before = self.writer.offset();
        let writer = std::mem::take(&mut self.writer);
        let directory = writer.finish().map_err(Halt::Plan)?;
        let length = before + directory.len() as u64;
        self.record(directory).await?;
        Ok(length)
    }

    /// An entry with all its bytes.
    async fn whole(&mut self, number: usize) -> Result<(), Halt> {
        let inputs = self.inputs;
        let source = inputs.source(number)?;
        let entry = &source.entry;
        let body = match self.ahead.next().await? {
            Prepared::Held { chunks, body, room } => {
                self.begin(number, entry, Some(body)).await?;
                for chunk in chunks {
                    self.parts.push(chunk).await?;
                }
                drop(room);
                self.progressed(number, entry.size());
                body
            }
            Prepared::Later => {
                let spooled = match inputs.made.get(number) {
                    Some(Content::Spooled { body, .. }) => Some(*body),
                    _ => None,
                };
                self.begin(number, entry, spooled).await?;
                match (entry.method(), spooled) {
                    (Method::Deflated, None) => self.deflate(number, entry.size()).await?,
                    (_, spooled) => {
                        let passed = self.pass(number, 0..entry.size()).await?;
                        spooled.unwrap_or(passed)
                    }
                }
            }
        };
        let descriptor = self
            .writer
            .end(body)
            .map_err(|error| broken(number, error))?;
        self.record(descriptor).await?;
        if matches!(source.origin, Origin::Object { .. }) {
            inputs.tally.file();
        }
        Ok(())
    }

    /// The header of an object that is copied, and the first of its bytes.
    async fn head(&mut self, number: usize, bytes: u64) -> Result<(), Halt> {
        let entry = &self.inputs.source(number)?.entry;
        let held = match self.ahead.next().await? {
            Prepared::Held { chunks, body, room } => {
                self.ledger.note(number, &(0..bytes), body.crc);
                Some((chunks, room))
            }
            Prepared::Later => None,
        };
        let known = entry.known_body();
        let body = known.or_else(|| self.ledger.body(number, entry.size()));
        self.begin(number, entry, body).await?;
        match held {
            Some((chunks, _room)) => {
                for chunk in chunks {
                    self.parts.push(chunk).await?;
                }
                self.progressed(number, bytes);
            }
            None => {
                let passed = self.pass(number, 0..bytes).await?;
                self.ledger.note(number, &(0..bytes), passed.crc);
            }
        }
        // INVARIANT: without a body no header was written.
        let body = body.ok_or(Halt::Plan(LayoutError::OutOfOrder))?;
        let descriptor = self
            .writer
            .end(body)
            .map_err(|error| broken(number, error))?;
        self.record(descriptor).await?;
        self.inputs.tally.file();
        Ok(())
    }

    /// Some of an object's bytes, behind those that are copied.
    async fn range(&mut self, number: usize, range: Range<u64>) -> Result<(), Halt> {
        match self.ahead.next().await? {
            Prepared::Held { chunks, body, room } => {
                for chunk in chunks {
                    self.parts.push(chunk).await?;
                }
                drop(room);
                self.ledger.note(number, &range, body.crc);
                self.progressed(number, body.length);
            }
            Prepared::Later => {
                let body = self.pass(number, range.clone()).await?;
                self.ledger.note(number, &range, body.crc);
            }
        }
        Ok(())
    }

    /// Passes bytes on as they come.
    async fn pass(&mut self, number: usize, range: Range<u64>) -> Result<Body, Halt> {
        let inputs = self.inputs;
        let mut source = inputs.open(number, range)?;
        let mut checksummer = Checksummer::new();
        let mut length = 0;
        while let Some(chunk) = inputs.next(number, &mut *source).await? {
            checksummer.update(&chunk);
            length += chunk.len() as u64;
            self.progressed(number, chunk.len() as u64);
            self.parts.push(chunk).await?;
        }
        let crc = checksummer.crc();
        Ok(Body { crc, length })
    }

    /// Deflates bytes as they come.
    async fn deflate(&mut self, number: usize, size: u64) -> Result<Body, Halt> {
        let inputs = self.inputs;
        let mut source = inputs.open(number, 0..size)?;
        let mut deflating = Deflating::new(inputs.deflater.clone());
        while let Some(chunk) = inputs.next(number, &mut *source).await? {
            self.progressed(number, chunk.len() as u64);
            for packed in deflating.push(&chunk).await? {
                self.parts.push(packed).await?;
            }
        }
        let (rest, body) = deflating.finish().await?;
        for packed in rest {
            self.parts.push(packed).await?;
        }
        Ok(body)
    }

    async fn begin(
        &mut self,
        number: usize,
        entry: &Entry,
        body: Option<Body>,
    ) -> Result<(), Halt> {
        let header = self.writer.begin(entry, body);
        self.record(header.map_err(|error| broken(number, error))?)
            .await
    }

    /// A record of the zip itself.
    async fn record(&mut self, record: Vec<u8>) -> Result<(), Halt> {
        self.inputs.tally.through(record.len() as u64);
        if record.is_empty() {
            return Ok(());
        }
        self.parts.push(Bytes::from(record)).await
    }

    /// Bytes of the entry are written; those of made entries are not the owner's.
    fn progressed(&self, number: usize, bytes: u64) {
        if self.inputs.made.get(number).is_none() {
            self.inputs.tally.progressed(bytes);
        }
    }
}

/// What it means that the entry's records cannot be written.
fn broken(entry: usize, error: LayoutError) -> Halt {
    match error {
        LayoutError::Changed { .. } => Halt::Mistaken { entry },
        error => Halt::Plan(error),
    }
}
