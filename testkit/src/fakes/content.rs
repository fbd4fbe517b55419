//! The bytes of objects: long runs of zeros take no memory, so that a test can have objects that no machine has.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
};

use bytes::Bytes;
use notewarden_domain::archive::Crc32;

/// Bytes in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Extent {
    Bytes(Bytes),
    Zeros(u64),
}

impl Extent {
    const fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(length) => *length,
        }
    }

    fn slice(&self, range: Range<u64>) -> Self {
        match self {
            Self::Bytes(bytes) => {
                Self::Bytes(bytes.slice(to_usize(range.start)..to_usize(range.end)))
            }
            Self::Zeros(_) => Self::Zeros(range.end - range.start),
        }
    }

    fn to_bytes(&self) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Zeros(length) => vec![0; to_usize(*length)].into(),
        }
    }

    fn crc(&self) -> Crc32 {
        match self {
            Self::Bytes(bytes) => Crc32::new(crc32fast::hash(bytes)),
            Self::Zeros(length) => {
                let mut crc = Crc32::EMPTY;
                let (mut power, mut bytes) = (Crc32::new(crc32fast::hash(&[0])), 1);
                while bytes <= *length {
                    if length & bytes != 0 {
                        crc = crc.followed_by(power, bytes);
                    }
                    (power, bytes) = (power.followed_by(power, bytes), bytes * 2);
                }
                crc
            }
        }
    }
}

/// An object's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content(Vec<Extent>);

impl Content {
    /// So many zeros, which take no memory.
    pub fn zeros(length: u64) -> Self {
        Self(vec![Extent::Zeros(length)])
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.0.iter().map(Extent::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The checksum of the bytes.
    pub fn crc32(&self) -> Crc32 {
        self.0.iter().fold(Crc32::EMPTY, |crc, extent| {
            crc.followed_by(extent.crc(), extent.len())
        })
    }

    /// Adds bytes at the end.
    pub fn append(&mut self, more: &Self) {
        self.0.extend(more.0.iter().cloned());
    }

    /// All bytes in one.
    pub fn to_bytes(&self) -> Bytes {
        let mut extents = self.0.iter().map(Extent::to_bytes);
        match (extents.next(), self.0.len()) {
            (None, _) => Bytes::new(),
            (Some(only), 1) => only,
            (Some(first), _) => {
                let all: Vec<_> = [first].into_iter().chain(extents).collect();
                all.concat().into()
            }
        }
    }

    /// Writes the bytes, and leaves out the zeros where `to` is a new file.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_sparse(&self, to: &mut (impl Write + Seek)) -> io::Result<()> {
        for extent in &self.0 {
            match extent {
                Extent::Bytes(bytes) => to.write_all(bytes)?,
                Extent::Zeros(length) => {
                    let forward = i64::try_from(*length).map_err(io::Error::other)?;
                    to.seek(SeekFrom::Current(forward))?;
                }
            }
        }
        Ok(())
    }

    /// The bytes in chunks of at most so many, in their order.
    pub fn chunks(&self, longest: u64) -> impl Iterator<Item = Bytes> + Send + use<> {
        let mut rest = self.clone();
        std::iter::from_fn(move || {
            let length = rest.len();
            let first = rest.slice(0..longest.min(length)).0.into_iter().next()?;
            rest = rest.slice(first.len()..length);
            Some(first.to_bytes())
        })
    }

    /// A range of the bytes, as far as there are.
    pub fn slice(&self, range: Range<u64>) -> Self {
        let mut start = 0;
        let mut found = Vec::new();
        for extent in &self.0 {
            let end = start + extent.len();
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                found.push(extent.slice(from - start..to - start));
            }
            start = end;
        }
        Self(found)
    }
}

impl<T: Into<Bytes>> From<T> for Content {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self(if bytes.is_empty() {
            Vec::new()
        } else {
            vec![Extent::Bytes(bytes)]
        })
    }
}

fn to_usize(length: u64) -> usize {
    usize::try_from(length).expect("bytes that are in memory can be counted")
}

/// An object read as a file.
#[derive(Debug)]
pub struct Reader {
    content: Content,
    at: u64,
}

impl Reader {
    /// The object from its start.
    pub const fn new(content: Content) -> Self {
        Self { content, at: 0 }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = (self.at + buffer.len() as u64).min(self.content.len());
        let Some(first) = self
            .content
            .slice(self.at..end.max(self.at))
            .0
            .into_iter()
            .next()
        else {
            return Ok(0);
        };
        let length = to_usize(first.len());
        match first {
            Extent::Bytes(bytes) => buffer[..length].copy_from_slice(&bytes),
            Extent::Zeros(_) => buffer[..length].fill(0),
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.content.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
