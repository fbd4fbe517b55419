//! `PutObject`.

use futures_util::stream;
use notewarden_embedded::objects::{Attributes, PutOptions};
use s3s::{
    S3Request, S3Response,
    dto::{PutObjectInput, PutObjectOutput, StreamingBlob},
};

use super::{
    super::{
        session::Session,
        shapes::{self, put_checksum},
    },
    Answer,
};

/// The headers that are kept, of any input that has them.
macro_rules! attributes {
    ($input:expr) => {
        notewarden_embedded::objects::Attributes {
            content_type: $input.content_type,
            cache_control: $input.cache_control,
            content_disposition: $input.content_disposition,
            content_encoding: $input.content_encoding,
            content_language: $input.content_language,
            expires: $input
                .expires
                .as_ref()
                .and_then($crate::s3::shapes::expires_text),
            website_redirect_location: $input.website_redirect_location,
            metadata: $input.metadata.unwrap_or_default().into_iter().collect(),
        }
    };
}

pub(super) use attributes;

/// The most user metadata that S3 keeps, names and values together.
const METADATA_BYTES: usize = 2 << 10;

/// `PutObject`.
pub async fn put(
    session: &Session,
    S3Request { input, .. }: S3Request<PutObjectInput>,
) -> Answer<PutObjectOutput> {
    let condition = shapes::write_condition(input.if_match, input.if_none_match)?;
    let options = PutOptions {
        attributes: attributes!(input),
        checksum: session.facts.checksum,
        condition,
    };
    check_metadata(&options.attributes)?;
    let refusal = |error| session.refusal(&input.key, error);
    let objects = session.objects();
    // Before a byte of it is read.
    objects
        .check_quota(&input.key, length(input.content_length))
        .map_err(refusal)?;
    let data = input.body.unwrap_or_else(empty);
    let head = objects.put(&input.key, data, options).await;
    let head = head.map_err(refusal)?;
    let mut output = PutObjectOutput {
        e_tag: Some(shapes::etag(&head.etag)),
        checksum_type: shapes::type_of(head.checksum.as_ref()),
        ..PutObjectOutput::default()
    };
    put_checksum!(output, &head.checksum);
    Ok(S3Response::new(output))
}

/// The length of a body, which `PlainRequest` says of each.
pub fn length(content_length: Option<i64>) -> u64 {
    content_length
        .and_then(|length| u64::try_from(length).ok())
        .unwrap_or(0)
}

/// User metadata is bounded.
///
/// # Errors
/// `MetadataTooLarge`.
pub fn check_metadata(attributes: &Attributes) -> s3s::S3Result<()> {
    let bytes: usize = attributes
        .metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if bytes > METADATA_BYTES {
        return Err(s3s::s3_error!(
            MetadataTooLarge,
            "Your metadata headers exceed the maximum allowed metadata size"
        ));
    }
    Ok(())
}

/// No bytes.
pub fn empty() -> StreamingBlob {
    StreamingBlob::wrap(stream::empty::<Result<bytes::Bytes, std::io::Error>>())
}
