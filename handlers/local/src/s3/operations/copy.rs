//! `CopyObject` and `UploadPartCopy`. The source's bytes are not moved.

use std::ops::Range;

use http::HeaderMap;
use notewarden_embedded::{
    multipart::PartSource,
    objects::{CopyOptions, ObjectError, WriteCondition},
};
use s3s::{
    S3Error, S3Request, S3Response, S3Result,
    dto::{
        CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopyPartResult, CopySource,
        ETagCondition, MetadataDirective, UploadPartCopyInput, UploadPartCopyOutput,
    },
    s3_error,
};

use super::{
    super::{
        session::Session,
        shapes::{self, put_checksum},
        target,
    },
    Answer, multipart, read,
    write::{self, attributes},
};

/// `CopyObject`.
pub async fn object(
    session: &Session,
    request: S3Request<CopyObjectInput>,
) -> Answer<CopyObjectOutput> {
    let input = request.input;
    let source = source(session, &input.copy_source)?;
    let replaces = match input
        .metadata_directive
        .as_ref()
        .map(MetadataDirective::as_str)
    {
        None | Some(MetadataDirective::COPY) => false,
        Some(MetadataDirective::REPLACE) => true,
        Some(_) => return Err(s3_error!(InvalidArgument, "Unknown metadata directive.")),
    };
    let checksum = input
        .checksum_algorithm
        .as_ref()
        .map(shapes::algorithm)
        .transpose()?;
    if source == input.key && !replaces && checksum.is_none() {
        return Err(s3_error!(
            InvalidRequest,
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes."
        ));
    }
    let attributes = replaces.then(|| attributes!(input));
    if let Some(attributes) = &attributes {
        write::check_metadata(attributes)?;
    }
    let options = CopyOptions {
        attributes,
        checksum,
        source: shapes::read_condition(
            input.copy_source_if_match,
            input.copy_source_if_none_match,
            input.copy_source_if_modified_since,
            input.copy_source_if_unmodified_since,
        ),
        target: target_condition(&request.headers)?,
    };
    let copied = session.objects().copy(&source, &input.key, options).await;
    let head = copied.map_err(|error| refusal(session, &source, &input.key, error))?;
    let mut result = CopyObjectResult {
        e_tag: Some(shapes::etag(&head.etag)),
        last_modified: Some(shapes::moment(head.modified_at)),
        checksum_type: shapes::type_of(head.checksum.as_ref()),
        ..CopyObjectResult::default()
    };
    put_checksum!(result, &head.checksum);
    Ok(S3Response::new(CopyObjectOutput {
        copy_object_result: Some(result),
        ..CopyObjectOutput::default()
    }))
}

/// `UploadPartCopy`.
pub async fn part(
    session: &Session,
    S3Request { input, .. }: S3Request<UploadPartCopyInput>,
) -> Answer<UploadPartCopyOutput> {
    let (id, number) = multipart::part_of(&input.upload_id, input.part_number)?;
    let source = PartSource {
        key: source(session, &input.copy_source)?,
        range: input.copy_source_range.as_deref().map(range).transpose()?,
        condition: shapes::read_condition(
            input.copy_source_if_match,
            input.copy_source_if_none_match,
            input.copy_source_if_modified_since,
            input.copy_source_if_unmodified_since,
        ),
    };
    let key = source.key.clone();
    let copied = session
        .objects()
        .copy_part(&input.key, id, number, source)
        .await;
    let part = copied.map_err(|error| refusal(session, &key, &input.key, error))?;
    let mut result = CopyPartResult {
        e_tag: Some(shapes::etag(&part.etag())),
        last_modified: Some(shapes::moment(part.modified_at)),
        ..CopyPartResult::default()
    };
    put_checksum!(result, &part.checksum);
    Ok(S3Response::new(UploadPartCopyOutput {
        copy_part_result: Some(result),
        ..UploadPartCopyOutput::default()
    }))
}

/// The source's key. The policies were asked about this very source.
fn source(session: &Session, source: &CopySource) -> S3Result<String> {
    let CopySource::Bucket {
        bucket,
        key,
        version_id,
    } = source
    else {
        return Err(s3_error!(NotImplemented, "Access points are not served"));
    };
    if **bucket != *session.bucket() {
        return Err(s3_error!(
            NoSuchBucket,
            "The specified bucket does not exist"
        ));
    }
    target::check_key(key)?;
    read::check_version(version_id.as_deref())?;
    Ok(key.to_string())
}

/// Of a copy, "not modified" is a failed precondition, and a missing source is told as a missing object is.
fn refusal(session: &Session, source: &str, target: &str, error: ObjectError) -> S3Error {
    match error {
        ObjectError::NoSuchKey => session.missing(source),
        ObjectError::NotModified => session.refusal(target, ObjectError::PreconditionFailed),
        other => session.refusal(target, other),
    }
}

/// `bytes=first-last`, both named.
fn range(text: &str) -> S3Result<Range<u64>> {
    let parse = || {
        let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
        let number = |digits: &str| {
            digits
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| digits.parse().ok())?
        };
        let (first, last): (u64, u64) = (number(first)?, number(last)?);
        (first <= last).then(|| Some(first..last.checked_add(1)?))?
    };
    parse().ok_or_else(|| {
        s3_error!(
            InvalidArgument,
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy"
        )
    })
}

/// The conditions on the object that is there, which `s3s` does not read.
fn target_condition(headers: &HeaderMap) -> S3Result<WriteCondition> {
    let read = |name| -> S3Result<Option<ETagCondition>> {
        let Some(value) = headers.get(name) else {
            return Ok(None);
        };
        let condition = ETagCondition::parse_http_header(value.as_bytes());
        condition
            .map(Some)
            .map_err(|_| s3_error!(InvalidArgument, "The header {name} is not valid"))
    };
    shapes::write_condition(read("if-match")?, read("if-none-match")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_name_both_ends() {
        assert_eq!(range("bytes=0-9").unwrap(), 0..10);
        for bad in [
            "bytes=-5",
            "bytes=5-",
            "bytes=9-0",
            "0-9",
            "bytes=+1-2",
            "bytes=0-18446744073709551615",
        ] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }
}
