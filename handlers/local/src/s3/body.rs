//! The body of a request, held against its signature and checksums while it flows.

use std::{error::Error, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use http::request::Parts;
use http_body::Frame;
use http_body_util::{
    BodyDataStream, BodyExt, LengthLimitError, Limited, StreamBody, combinators::UnsyncBoxBody,
};
use hyper::body::{Body as _, Incoming};
use notewarden_sigv4::{BodyDecoder, BodyError, Verified, VerifiedBody};
use s3s::{S3Error, S3Result, s3_error};

use super::error;

/// The largest body that is read whole: the list of parts of the largest upload fits.
const DOCUMENT_BYTES: usize = 8 << 20;

/// A body whose last bytes come only after all of it has been verified.
pub struct Verifying {
    body: UnsyncBoxBody<Bytes, BodyError>,
    /// Its length, where the request says it.
    pub length: Option<u64>,
}

/// Puts the verification of the body's bytes behind `incoming`.
///
/// # Errors
/// What the request says of its body makes no sense.
pub fn verified(
    parts: &Parts,
    verified: &Arc<Verified>,
    incoming: Incoming,
) -> S3Result<Verifying> {
    let is_empty = incoming.is_end_stream();
    let decoder =
        BodyDecoder::new(verified, &parts.into()).map_err(|error| error::of_body(&error))?;
    let body = VerifiedBody::new(decoder, BodyDataStream::new(incoming));
    let length = body.decoded_length().or(is_empty.then_some(0));
    let frames = body.map_ok(Frame::data).boxed();
    Ok(Verifying {
        body: StreamBody::new(frames).boxed_unsync(),
        length,
    })
}

impl Verifying {
    /// The body as it flows.
    pub fn stream(self) -> s3s::Body {
        s3s::Body::http_body_unsync(self.body)
    }

    /// The whole body: a document, never an object.
    ///
    /// # Errors
    /// It is not what was signed, or too large.
    pub async fn document(self) -> S3Result<Bytes> {
        match Limited::new(self.body, DOCUMENT_BYTES).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(s3_error!(
                MaxMessageLengthExceeded,
                "Your request was too big."
            )),
            Err(error) => Err(of_stream(error.as_ref())),
        }
    }
}

/// What a client is told of an error in the bytes it sent.
pub fn of_stream(error: &(dyn Error + Send + Sync + 'static)) -> S3Error {
    match error.downcast_ref::<BodyError>() {
        Some(error) => error::of_body(error),
        None => s3_error!(
            IncompleteBody,
            "You did not provide the number of bytes specified by the Content-Length HTTP header"
        ),
    }
}
