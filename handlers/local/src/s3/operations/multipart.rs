//! Multipart uploads.

use notewarden_embedded::{
    checksums::{ChecksumAlgorithm, ChecksumKind},
    multipart::{Completion, MAX_PARTS, NamedPart, UploadItem, UploadOptions, UploadQuery},
    objects::{ObjectError, UploadId},
};
use s3s::{
    S3Error, S3Request, S3Response, S3Result,
    dto::{
        AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumType, CommonPrefix,
        CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart,
        CreateMultipartUploadInput, CreateMultipartUploadOutput, ListMultipartUploadsInput,
        ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Part,
        StorageClass, UploadPartInput, UploadPartOutput,
    },
    s3_error,
};

use super::{
    super::{
        error,
        session::Session,
        shapes::{self, Spelling, put_checksum, take_checksum},
    },
    Answer, bucket,
    write::{self, attributes},
};

const PAGE: i32 = 1_000;

/// `CreateMultipartUpload`.
pub async fn create(
    session: &Session,
    S3Request { input, .. }: S3Request<CreateMultipartUploadInput>,
) -> Answer<CreateMultipartUploadOutput> {
    let algorithm = input
        .checksum_algorithm
        .as_ref()
        .map(shapes::algorithm)
        .transpose()?;
    let checksum = checksum(algorithm, input.checksum_type.as_ref())?;
    let options = UploadOptions {
        attributes: attributes!(input),
        checksum,
    };
    write::check_metadata(&options.attributes)?;
    let begun = session.objects().create_upload(&input.key, options).await;
    let id = begun.map_err(|error| session.refusal(&input.key, error))?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id.to_string()),
        checksum_algorithm: checksum.map(|(algorithm, _)| shapes::algorithm_name(algorithm)),
        checksum_type: checksum.map(|(_, kind)| shapes::checksum_type(kind)),
        ..CreateMultipartUploadOutput::default()
    }))
}

/// What the parts' checksum is, by S3's rules and defaults.
fn checksum(
    algorithm: Option<ChecksumAlgorithm>,
    kind: Option<&ChecksumType>,
) -> S3Result<Option<(ChecksumAlgorithm, ChecksumKind)>> {
    let Some(algorithm) = algorithm else {
        return match kind {
            None => Ok(None),
            Some(_) => Err(s3_error!(
                InvalidRequest,
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
            )),
        };
    };
    let kind = match kind.map(ChecksumType::as_str) {
        Some(ChecksumType::FULL_OBJECT) => ChecksumKind::FullObject,
        Some(ChecksumType::COMPOSITE) => ChecksumKind::Composite,
        None if algorithm == ChecksumAlgorithm::Crc64Nvme => ChecksumKind::FullObject,
        None => ChecksumKind::Composite,
        Some(_) => {
            return Err(s3_error!(
                InvalidRequest,
                "Value for x-amz-checksum-type header is invalid."
            ));
        }
    };
    let is_possible = match kind {
        ChecksumKind::FullObject => algorithm.combines(),
        ChecksumKind::Composite => algorithm != ChecksumAlgorithm::Crc64Nvme,
    };
    if !is_possible {
        return Err(s3_error!(
            InvalidRequest,
            "The checksum type cannot be used with the checksum algorithm of this upload."
        ));
    }
    Ok(Some((algorithm, kind)))
}

/// `UploadPart`.
pub async fn put_part(
    session: &Session,
    S3Request { input, .. }: S3Request<UploadPartInput>,
) -> Answer<UploadPartOutput> {
    let (id, number) = part_of(&input.upload_id, input.part_number)?;
    let refusal = |error| session.refusal(&input.key, error);
    let objects = session.objects();
    let length = write::length(input.content_length);
    // Before a byte of it is read.
    objects
        .check_quota_of_part(&input.key, id, number, length)
        .map_err(refusal)?;
    let data = input.body.unwrap_or_else(write::empty);
    let stored = objects
        .put_part(&input.key, id, number, data, session.facts.checksum)
        .await;
    let part = stored.map_err(refusal)?;
    let mut output = UploadPartOutput {
        e_tag: Some(shapes::etag(&part.etag())),
        ..UploadPartOutput::default()
    };
    put_checksum!(output, &part.checksum);
    Ok(S3Response::new(output))
}

/// `CompleteMultipartUpload`.
pub async fn complete(
    session: &Session,
    S3Request { input, .. }: S3Request<CompleteMultipartUploadInput>,
) -> Answer<CompleteMultipartUploadOutput> {
    let malformed = || {
        s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema"
        )
    };
    let parts = input
        .multipart_upload
        .and_then(|upload| upload.parts)
        .unwrap_or_default();
    let parts = parts
        .into_iter()
        .map(named)
        .collect::<Option<Vec<_>>>()
        .ok_or_else(malformed)?;
    if parts.is_empty() {
        return Err(malformed());
    }
    let completion = Completion {
        parts,
        condition: shapes::write_condition(input.if_match, input.if_none_match)?,
        checksum: take_checksum!(input),
        size: input
            .mpu_object_size
            .and_then(|size| u64::try_from(size).ok()),
        takes_short_parts: false,
    };
    let id = id(&input.upload_id)?;
    let completed = session
        .objects()
        .complete_upload(&input.key, id, completion)
        .await;
    let head = completed.map_err(|error| session.refusal(&input.key, error))?;
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!(
            "/{}/{}",
            input.bucket,
            Spelling::url().write(&input.key)
        )),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(shapes::etag(&head.etag)),
        checksum_type: shapes::type_of(head.checksum.as_ref()),
        ..CompleteMultipartUploadOutput::default()
    };
    put_checksum!(output, &head.checksum);
    Ok(S3Response::new(output))
}

fn named(part: CompletedPart) -> Option<NamedPart> {
    Some(NamedPart {
        number: u16::try_from(part.part_number?)
            .ok()
            .filter(|number| (1..=MAX_PARTS).contains(number))?,
        etag: part.e_tag?.into_value(),
        checksum: take_checksum!(part),
    })
}

/// `AbortMultipartUpload`.
pub async fn abort(
    session: &Session,
    S3Request { input, .. }: S3Request<AbortMultipartUploadInput>,
) -> Answer<AbortMultipartUploadOutput> {
    let id = id(&input.upload_id)?;
    session
        .objects()
        .abort_upload(&input.key, id)
        .await
        .map_err(error::of_object)?;
    Ok(S3Response::with_status(
        AbortMultipartUploadOutput::default(),
        http::StatusCode::NO_CONTENT,
    ))
}

/// `ListParts`.
pub async fn list_parts(
    session: &Session,
    S3Request { input, .. }: S3Request<ListPartsInput>,
) -> Answer<ListPartsOutput> {
    let limit = limit(input.max_parts)?;
    let after = input.part_number_marker.unwrap_or(0);
    let after_number = u16::try_from(after).unwrap_or(if after < 0 { 0 } else { MAX_PARTS });
    let id = id(&input.upload_id)?;
    let listed = session
        .objects()
        .list_parts(&input.key, id, after_number, limit);
    let (upload, page) = listed.map_err(error::of_object)?;
    let last = page.parts.last().map(|(number, _)| i32::from(*number));
    let parts = page.parts.iter().map(|(number, part)| {
        let mut shown = Part {
            part_number: Some((*number).into()),
            size: Some(shapes::number(part.size)),
            e_tag: Some(shapes::etag(&part.etag())),
            last_modified: Some(shapes::moment(part.modified_at)),
            ..Part::default()
        };
        put_checksum!(shown, &part.checksum);
        shown
    });
    Ok(S3Response::new(ListPartsOutput {
        parts: Some(parts.collect()),
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        max_parts: i32::try_from(limit).ok(),
        part_number_marker: Some(after),
        next_part_number_marker: last.or(Some(0)),
        is_truncated: Some(page.is_truncated),
        owner: Some(bucket::owner()),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        checksum_algorithm: upload.algorithm().map(shapes::algorithm_name),
        checksum_type: upload.checksum.map(|(_, kind)| shapes::checksum_type(kind)),
        ..ListPartsOutput::default()
    }))
}

/// `ListMultipartUploads`.
pub async fn list_uploads(
    session: &Session,
    S3Request { input, .. }: S3Request<ListMultipartUploadsInput>,
) -> Answer<ListMultipartUploadsOutput> {
    let spelling = Spelling::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_uploads)?;
    let after_id = input
        .upload_id_marker
        .as_deref()
        .and_then(|id| id.parse().ok());
    let query = UploadQuery {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter.unwrap_or_default(),
        after: input
            .key_marker
            .clone()
            .filter(|key| !key.is_empty())
            .map(|key| (key, after_id)),
        limit,
    };
    let page = session
        .objects()
        .list_uploads(&query)
        .map_err(error::of_store)?;
    let mut output = ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: Some(spelling.write(&query.prefix)),
        delimiter: (!query.delimiter.is_empty()).then(|| spelling.write(&query.delimiter)),
        key_marker: Some(spelling.write(&input.key_marker.unwrap_or_default())),
        upload_id_marker: Some(input.upload_id_marker.unwrap_or_default()),
        max_uploads: i32::try_from(limit).ok(),
        is_truncated: Some(page.is_truncated),
        encoding_type: input.encoding_type,
        ..ListMultipartUploadsOutput::default()
    };
    let mut uploads = Vec::new();
    let mut prefixes = Vec::new();
    for item in page.items {
        let (key, id) = match item {
            UploadItem::Prefix(prefix) => {
                let prefix = spelling.write(&prefix);
                prefixes.push(CommonPrefix {
                    prefix: Some(prefix.clone()),
                });
                (prefix, None)
            }
            UploadItem::Upload(key, id, upload) => {
                let key = spelling.write(&key);
                uploads.push(MultipartUpload {
                    key: Some(key.clone()),
                    upload_id: Some(id.to_string()),
                    initiated: Some(shapes::moment(upload.initiated_at)),
                    owner: Some(bucket::owner()),
                    storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
                    checksum_algorithm: upload.algorithm().map(shapes::algorithm_name),
                    checksum_type: upload.checksum.map(|(_, kind)| shapes::checksum_type(kind)),
                    ..MultipartUpload::default()
                });
                (key, Some(id.to_string()))
            }
        };
        if page.is_truncated {
            output.next_key_marker = Some(key);
            output.next_upload_id_marker = id;
        }
    }
    output.uploads = Some(uploads);
    output.common_prefixes = Some(prefixes);
    Ok(S3Response::new(output))
}

fn id(text: &str) -> S3Result<UploadId> {
    text.parse()
        .map_err(|error: ObjectError| error::of_object(error))
}

/// The upload and the number of a part.
///
/// # Errors
/// `NoSuchUpload`, `InvalidArgument`.
pub fn part_of(upload_id: &str, number: i32) -> S3Result<(UploadId, u16)> {
    let invalid = || -> S3Error {
        s3_error!(
            InvalidArgument,
            "Part number must be an integer between 1 and 10000, inclusive"
        )
    };
    let number = u16::try_from(number)
        .ok()
        .filter(|number| (1..=MAX_PARTS).contains(number));
    Ok((id(upload_id)?, number.ok_or_else(invalid)?))
}

fn limit(limit: Option<i32>) -> S3Result<usize> {
    usize::try_from(limit.unwrap_or(PAGE).min(PAGE)).map_err(|_| {
        s3_error!(
            InvalidArgument,
            "The limit must be an integer between 0 and 2147483647"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_types_follow_from_algorithms() {
        use ChecksumAlgorithm::{Crc32, Crc64Nvme, Sha256};
        use ChecksumKind::{Composite, FullObject};
        let full = ChecksumType::from_static(ChecksumType::FULL_OBJECT);
        let composite = ChecksumType::from_static(ChecksumType::COMPOSITE);
        assert_eq!(checksum(None, None).unwrap(), None);
        assert_eq!(
            checksum(Some(Crc64Nvme), None).unwrap(),
            Some((Crc64Nvme, FullObject))
        );
        assert_eq!(
            checksum(Some(Crc32), None).unwrap(),
            Some((Crc32, Composite))
        );
        assert_eq!(
            checksum(Some(Crc32), Some(&full)).unwrap(),
            Some((Crc32, FullObject))
        );
        assert!(checksum(Some(Sha256), Some(&full)).is_err());
        assert!(checksum(Some(Crc64Nvme), Some(&composite)).is_err());
        assert!(checksum(None, Some(&full)).is_err());
    }
}
