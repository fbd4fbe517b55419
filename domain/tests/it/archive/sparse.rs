//! A file of any length in which only some bytes are kept, and the others are zero.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom},
};

#[derive(Clone, Debug, Default)]
pub(super) struct Sparse {
    /// Stretches of bytes by their offsets; they do not overlap.
    kept: BTreeMap<u64, Vec<u8>>,
    length: u64,
    at: u64,
}

impl Sparse {
    pub fn push(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let length = bytes.len() as u64;
            self.kept.insert(self.length, bytes);
            self.length += length;
        }
    }

    pub fn skip(&mut self, zeros: u64) {
        self.length += zeros;
    }

    pub fn length(&self) -> u64 {
        self.length
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let room = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let before = self.kept.range(..=self.at).next_back();
        let count = match before {
            Some((start, bytes)) if self.at < start + bytes.len() as u64 => {
                let bytes = &bytes[usize::try_from(self.at - start).unwrap()..];
                let count = room.min(bytes.len());
                buffer[..count].copy_from_slice(&bytes[..count]);
                count
            }
            _ => {
                let next = self.kept.range(self.at..).next();
                let gap = next.map_or(left, |(start, _)| start - self.at);
                let count = room.min(usize::try_from(gap).unwrap_or(usize::MAX));
                buffer[..count].fill(0);
                count
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
