//! Written bytes become parts, several of which are under way at once.

use std::{collections::VecDeque, sync::Arc};

use bytes::{Bytes, BytesMut};
use notewarden_domain::{
    StoreError,
    archive::PartSize,
    ports::{ArchiveObjects, ArchiveUpload, StoredPart},
};
use tokio::task::JoinSet;

use super::{Halt, Inputs, Tally, Tasks};
use crate::retry::patiently;

/// The most bytes of parts under way, beside the one that is being filled; one longer part goes alone.
const IN_FLIGHT_BYTES: u64 = 16 << 20;

/// Shorter chunks are gathered, so that a part of many small entries is not mostly bookkeeping.
const GATHERED: usize = 16 << 10;
const GATHERED_BLOCK: usize = 64 << 10;

/// Where written bytes go: into parts, or, if the zip is one PUT, nowhere yet.
pub(super) struct Parts {
    uploads: Option<Uploads>,
    waiting: VecDeque<Bytes>,
    waiting_bytes: u64,
    gathering: BytesMut,
}

struct Uploads {
    objects: Arc<dyn ArchiveObjects>,
    tally: Arc<Tally>,
    tasks: Tasks,
    upload: ArchiveUpload,
    size: PartSize,
    next: u16,
    under_way: JoinSet<Result<(StoredPart, u64), StoreError>>,
    in_flight: u64,
    stored: Vec<StoredPart>,
}

impl Parts {
    /// All bytes are held.
    pub fn held() -> Self {
        Self {
            uploads: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            gathering: BytesMut::new(),
        }
    }

    /// The bytes go into parts of `upload`.
    pub fn of(inputs: &Inputs, upload: &ArchiveUpload, size: PartSize, tasks: &Tasks) -> Self {
        Self {
            uploads: Some(Uploads {
                objects: inputs.objects.clone(),
                tally: inputs.tally.clone(),
                tasks: tasks.clone(),
                upload: upload.clone(),
                size,
                next: 1,
                under_way: JoinSet::new(),
                in_flight: 0,
                stored: Vec::new(),
            }),
            ..Self::held()
        }
    }

    /// A stretch begins, whose first part has this number.
    pub fn begin_stretch(&mut self, number: u16) {
        if let Some(uploads) = &mut self.uploads {
            uploads.next = number;
        }
    }

    /// More bytes of the stretch.
    pub async fn push(&mut self, chunk: Bytes) -> Result<(), Halt> {
        self.waiting_bytes += chunk.len() as u64;
        if chunk.len() < GATHERED {
            if self.gathering.capacity() - self.gathering.len() < chunk.len() {
                self.flush();
                self.gathering.reserve(GATHERED_BLOCK);
            }
            self.gathering.extend_from_slice(&chunk);
        } else {
            self.flush();
            self.waiting.push_back(chunk);
        }
        self.cut(false).await
    }

    /// The stretch ends.
    pub async fn end_stretch(&mut self) -> Result<(), Halt> {
        self.cut(true).await
    }

    /// All parts, when they are stored.
    pub async fn finish(self) -> Result<Vec<StoredPart>, Halt> {
        let Some(mut uploads) = self.uploads else {
            return Ok(Vec::new());
        };
        while uploads.join().await? {}
        Ok(uploads.stored)
    }

    /// All bytes that are held.
    pub fn into_chunks(mut self) -> Vec<Bytes> {
        self.flush();
        self.waiting.into()
    }

    fn flush(&mut self) {
        if !self.gathering.is_empty() {
            self.waiting.push_back(self.gathering.split().freeze());
        }
    }

    async fn cut(&mut self, is_end: bool) -> Result<(), Halt> {
        while let Some(uploads) = &self.uploads
            && let Some(length) = uploads.size.cut(self.waiting_bytes, is_end)
        {
            let chunks = self.take(length);
            if let Some(uploads) = &mut self.uploads {
                uploads.begin(chunks, length).await?;
            }
        }
        Ok(())
    }

    /// The first `length` of the bytes that wait.
    fn take(&mut self, length: u64) -> Vec<Bytes> {
        self.flush();
        let mut chunks = Vec::new();
        let mut missing = length;
        while missing > 0
            && let Some(mut chunk) = self.waiting.pop_front()
        {
            let taken = usize::try_from(missing).map_or(chunk.len(), |most| most.min(chunk.len()));
            let first = chunk.split_to(taken);
            if !chunk.is_empty() {
                self.waiting.push_front(chunk);
            }
            missing -= first.len() as u64;
            chunks.push(first);
        }
        self.waiting_bytes -= length - missing;
        chunks
    }
}

impl Uploads {
    async fn begin(&mut self, chunks: Vec<Bytes>, length: u64) -> Result<(), Halt> {
        while self.in_flight > 0 && self.in_flight + length > IN_FLIGHT_BYTES {
            self.join().await?;
        }
        let number = self.next;
        self.next = number.saturating_add(1);
        self.in_flight += length;
        let (objects, upload) = (self.objects.clone(), self.upload.clone());
        let (tally, tasks) = (self.tally.clone(), self.tasks.clone());
        self.under_way.spawn(async move {
            let _tasks = tasks;
            let part = patiently(|| {
                tally.put();
                objects.put_part(&upload, number, chunks.clone())
            })
            .await?;
            Ok((part, length))
        });
        Ok(())
    }

    /// Waits for the next part that is stored; false if none is under way.
    async fn join(&mut self) -> Result<bool, Halt> {
        let Some(joined) = self.under_way.join_next().await else {
            return Ok(false);
        };
        let (part, length) = joined?.map_err(|error| match error {
            StoreError::NotFound => Halt::UploadOver,
            error => Halt::Store(error),
        })?;
        self.in_flight -= length;
        self.stored.push(part);
        Ok(true)
    }
}
