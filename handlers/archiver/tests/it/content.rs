//! The bytes of objects: long runs of zeros take no memory.

use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

use bytes::Bytes;
use notewarden_domain::archive::Crc32;

/// Bytes in a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Extent {
    Bytes(Bytes),
    Zeros(u64),
}

impl Extent {
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(length) => *length,
        }
    }

    fn slice(&self, range: Range<u64>) -> Self {
        match self {
            Self::Bytes(bytes) => {
                let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
                Self::Bytes(bytes.slice(start..end))
            }
            Self::Zeros(_) => Self::Zeros(range.end - range.start),
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content(pub Vec<Extent>);

impl Content {
    pub fn len(&self) -> u64 {
        self.0.iter().map(Extent::len).sum()
    }

    pub fn crc(&self) -> Crc32 {
        self.0.iter().fold(Crc32::EMPTY, |crc, extent| {
            crc.followed_by(extent.crc(), extent.len())
        })
    }

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

/// An object read as a file.
pub struct Reader {
    content: Content,
    at: u64,
}

impl Reader {
    pub fn new(content: Content) -> Self {
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
        let length = usize::try_from(first.len()).unwrap();
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
