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
use notewarden_domain::{StoreError, archive::Crc32};

use super::{
    ObjectError,
    record::{Extent, Object, slice},
    sums::Sums,
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

    /// The stretches of blobs that the bytes `range` are.
    pub(super) fn pieces(&self, range: &Range<u64>) -> Pieces {
        let extents = slice(&self.object.layout.extents, range.start, range.end);
        let pieces = extents
            .into_iter()
            .map(|extent| (extent, self.piece(extent)));
        Pieces {
            pieces: pieces.collect(),
            reading: Arc::clone(&self.reading),
        }
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

/// Stretches of blobs, which stay readable.
pub(super) struct Pieces {
    pieces: Vec<(Extent, Piece)>,
    reading: Arc<Reading>,
}

impl Pieces {
    pub(super) fn extents(&self) -> impl Iterator<Item = &Extent> {
        self.pieces.iter().map(|(extent, _)| extent)
    }

    /// The CRC-32 of all of them, if `sums` has what is known of each one's blob that has a file. Blocks.
    pub(super) fn crc32(self, sums: &[Option<Sums>]) -> io::Result<Option<Crc32>> {
        let mut all = Crc32::EMPTY;
        for ((extent, piece), sums) in self.pieces.into_iter().zip(sums) {
            let sum = match (piece, sums) {
                (Piece::Memory(bytes), _) => crc32([Ok(bytes)])?,
                (_, Some(sums)) => {
                    let range = extent.offset..extent.offset + extent.length;
                    sums.of(range, |range| read_crc32(extent.blob, range, &self.reading))?
                }
                (_, None) => return Ok(None),
            };
            all = all.followed_by(sum, extent.length);
        }
        Ok(Some(all))
    }
}

/// The CRC-32 of a stretch of a blob, by reading it.
fn read_crc32(blob: BlobId, range: Range<u64>, reading: &Reading) -> io::Result<Crc32> {
    let extent = Extent {
        blob,
        offset: range.start,
        length: range.end - range.start,
    };
    let mut rest = (extent.length > 0).then_some(Piece::File(extent));
    crc32(std::iter::from_fn(|| {
        let chunk = read_chunk(rest.take()?, reading);
        Some(chunk.map(|(bytes, next)| {
            rest = next;
            bytes
        }))
    }))
}

fn crc32(chunks: impl IntoIterator<Item = io::Result<Bytes>>) -> io::Result<Crc32> {
    let mut hasher = Hasher::new(ChecksumAlgorithm::Crc32);
    for chunk in chunks {
        hasher.update(&chunk?);
    }
    // INVARIANT: a CRC-32 is a number.
    Ok(hasher.crc32().unwrap_or_default())
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
