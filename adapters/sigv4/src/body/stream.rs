//! A decoder over a stream of frames.

use std::{
    error::Error,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::FusedStream};

use super::{BodyDecoder, BodyError, TrailerSlot};

/// The decoded, verified body of a request.
///
/// Data is provisional until the stream has ended without an error: see [`BodyDecoder`]. After an error
/// there is nothing more.
pub struct VerifiedBody<S> {
    frames: S,
    frame: Bytes,
    decoder: BodyDecoder,
    ended: bool,
}

impl<S> VerifiedBody<S> {
    /// Puts `decoder` behind the frames of the connection.
    pub fn new(decoder: BodyDecoder, frames: S) -> Self {
        Self {
            frames,
            frame: Bytes::new(),
            decoder,
            ended: false,
        }
    }

    /// The length that the decoded body will have, where the request says so.
    pub fn decoded_length(&self) -> Option<u64> {
        self.decoder.decoded_length()
    }

    /// Where the trailers will be when the stream has ended well.
    pub fn trailers(&self) -> TrailerSlot {
        self.decoder.trailers()
    }
}

impl<S, E> Stream for VerifiedBody<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        let item = loop {
            match this.decoder.decode(&mut this.frame) {
                Ok(None) => {}
                Ok(Some(piece)) => return Poll::Ready(Some(Ok(piece))),
                Err(error) => break Some(Err(error)),
            }
            match ready!(this.frames.poll_next_unpin(cx)) {
                Some(Ok(frame)) => this.frame = frame,
                Some(Err(error)) => break Some(Err(BodyError::Transport(Arc::from(error.into())))),
                None => break this.decoder.finish().transpose(),
            }
        };
        this.ended = true;
        Poll::Ready(item)
    }
}

impl<S, E> FusedStream for VerifiedBody<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}
