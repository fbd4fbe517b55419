//! Reading an object's bytes.

use std::{
    collections::{HashMap, VecDeque},
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    pin::pin,
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use notewarden_domain::StoreError;

use super::{
    ObjectError,
    record::{Extent, Object, slice},
};
use crate::{
    blobs::{BlobId, Reading},
    checksums::{Checksum, ChecksumAlgorithm, Hasher},
};

/// Bytes read from the disk at once.
const CHUNK_BYTES: usize = 256 << 10;

/// An object at one moment: overwritten or removed, it stays readable here.
#[derive(Debug)]
pub struct ObjectReader {
    object: Object,
    inline: HashMap<BlobId, Bytes>,
    reading: Arc<Reading>,
}

#[derive(Debug)]
enum Piece {
    Memory(Bytes),
    File(Extent),
    Opened(File, u64),
}

impl ObjectReader {
    pub(super) fn new(object: Object, inline: HashMap<BlobId, Bytes>, reading: Reading) -> Self {
        Self {
            object,
            inline,
            reading: Arc::new(reading),
        }
    }

    /// The object.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The bytes of `range`, which is cut to the object.
    pub fn bytes(
        &self,
        range: Range<u64>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let pieces: VecDeque<_> = slice(&self.object.layout.extents, range.start, range.end)
            .into_iter()
            .map(|extent| self.piece(extent))
            .collect();
        let reading = Arc::clone(&self.reading);
        stream::try_unfold((pieces, reading), |(mut pieces, reading)| async move {
            let Some(piece) = pieces.pop_front() else {
                return Ok(None);
            };
            let (bytes, rest) = match piece {
                Piece::Memory(bytes) => (bytes, None),
                on_disk => {
                    let reading = Arc::clone(&reading);
                    tokio::task::spawn_blocking(move || read_chunk(on_disk, &reading)).await??
                }
            };
            if let Some(rest) = rest {
                pieces.push_front(rest);
            }
            Ok(Some((bytes, (pieces, reading))))
        })
    }

    /// The checksum of the bytes of `range`, by reading them.
    pub(crate) async fn checksum(
        &self,
        range: Range<u64>,
        algorithm: ChecksumAlgorithm,
    ) -> Result<Checksum, ObjectError> {
        let mut hasher = Hasher::new(algorithm);
        let mut bytes = pin!(self.bytes(range));
        while let Some(bytes) = bytes.try_next().await.map_err(StoreError::unavailable)? {
            hasher.update(&bytes);
        }
        Ok(hasher.finish())
    }

    fn piece(&self, extent: Extent) -> Piece {
        let bytes = self.inline.get(&extent.blob).and_then(|bytes| {
            let start = usize::try_from(extent.offset).ok()?;
            let end = start.checked_add(usize::try_from(extent.length).ok()?)?;
            (end <= bytes.len()).then(|| bytes.slice(start..end))
        });
        bytes.map_or(Piece::File(extent), Piece::Memory)
    }
}

fn read_chunk(piece: Piece, reading: &Reading) -> io::Result<(Bytes, Option<Piece>)> {
    let (mut file, left) = match piece {
        Piece::Memory(bytes) => return Ok((bytes, None)),
        Piece::Opened(file, left) => (file, left),
        Piece::File(extent) => {
            let mut file = reading.open(extent.blob)?;
            file.seek(SeekFrom::Start(extent.offset))?;
            (file, extent.length)
        }
    };
    let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK_BYTES);
    let mut chunk = vec![0; wanted];
    file.read_exact(&mut chunk)?;
    let left = left - wanted as u64;
    Ok((
        chunk.into(),
        (left > 0).then_some(Piece::Opened(file, left)),
    ))
}
