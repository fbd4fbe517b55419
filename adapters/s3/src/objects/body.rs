//! Chunks in memory as the body of a request, which can be sent again.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest};
use http_body::{Body, Frame, SizeHint};
use notewarden_domain::archive::Crc32;

/// The chunks that are still to be sent. Clones share their bytes.
#[derive(Clone, Debug)]
pub(super) struct Chunks {
    left: VecDeque<Bytes>,
    bytes_left: u64,
}

impl Chunks {
    pub(super) fn new(chunks: Vec<Bytes>) -> Self {
        let bytes_left = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        Self {
            left: chunks.into(),
            bytes_left,
        }
    }

    /// The checksum of all that is left.
    pub(super) fn crc32(&self) -> Crc32 {
        let mut digest = Digest::new(CrcAlgorithm::Crc32IsoHdlc);
        for chunk in &self.left {
            digest.update(chunk);
        }
        // INVARIANT: a CRC-32 has 32 bits.
        Crc32::new(digest.finalize().try_into().unwrap_or_default())
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.left.pop_front();
        self.bytes_left -= chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes_left)
    }
}

impl From<Chunks> for ByteStream {
    fn from(chunks: Chunks) -> Self {
        let body = move || SdkBody::from_body_1_x(chunks.clone());
        Self::new(SdkBody::retryable(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_sent_whole_as_often_as_asked() {
        let bytes = |text: &'static str| Bytes::from_static(text.as_bytes());
        let chunks = Chunks::new(vec![bytes("one "), bytes(""), bytes("two")]);
        assert_eq!(chunks.crc32(), Crc32::new(crc32fast::hash(b"one two")));
        let stream = ByteStream::from(chunks);
        assert_eq!(stream.size_hint(), (7, Some(7)));
        let body = stream.into_inner();
        assert!(body.try_clone().is_some());
        assert_eq!(Chunks::new(Vec::new()).crc32(), Crc32::EMPTY);
    }
}
