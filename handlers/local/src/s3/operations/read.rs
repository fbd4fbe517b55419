//! `HeadObject`, `GetObject` and `GetObjectAttributes`.

use std::ops::Range;

use notewarden_embedded::objects::{Object, ReadCondition};
use s3s::{
    S3Error, S3Request, S3Response, S3Result,
    dto::{
        Checksum, ChecksumMode, GetObjectAttributesInput, GetObjectAttributesOutput,
        GetObjectAttributesParts, GetObjectInput, GetObjectOutput, HeadObjectInput,
        HeadObjectOutput, ObjectAttributes, ObjectPart, StorageClass, StreamingBlob,
    },
    s3_error,
};

use super::{
    super::{
        error,
        session::Session,
        shapes::{self, put_checksum},
    },
    Answer,
};

/// Marks an answer whose body is an object's bytes, and no document of ours.
#[derive(Clone, Copy, Debug)]
pub struct ObjectBytes;

/// `HeadObject`.
pub async fn head(
    session: &Session,
    S3Request { input, .. }: S3Request<HeadObjectInput>,
) -> Answer<HeadObjectOutput> {
    let object = session
        .objects()
        .head(&input.key)
        .map_err(error::of_store)?;
    let object = object.ok_or_else(|| session.missing(&input.key))?;
    let asked = Asked {
        version_id: input.version_id.as_deref(),
        condition: shapes::read_condition(
            input.if_match,
            input.if_none_match,
            input.if_modified_since,
            input.if_unmodified_since,
        ),
        range: input.range,
        part_number: input.part_number,
        with_checksum: wants_checksum(input.checksum_mode.as_ref()),
    };
    let overrides = Overrides {
        content_type: input.response_content_type,
        cache_control: input.response_cache_control,
        content_disposition: input.response_content_disposition,
        content_encoding: input.response_content_encoding,
        content_language: input.response_content_language,
        expires: input.response_expires,
    };
    let (mut output, _) = describe(&object, &asked)?;
    overrides.apply(&mut output);
    Ok(S3Response::new(output))
}

/// `GetObject`.
pub async fn get(
    session: &Session,
    S3Request { input, .. }: S3Request<GetObjectInput>,
) -> Answer<GetObjectOutput> {
    let reader = session.objects().get(&input.key).map_err(error::of_store)?;
    let reader = reader.ok_or_else(|| session.missing(&input.key))?;
    let asked = Asked {
        version_id: input.version_id.as_deref(),
        condition: shapes::read_condition(
            input.if_match,
            input.if_none_match,
            input.if_modified_since,
            input.if_unmodified_since,
        ),
        range: input.range,
        part_number: input.part_number,
        with_checksum: wants_checksum(input.checksum_mode.as_ref()),
    };
    // `s3s` itself applies what the query overrides.
    let (described, range) = describe(reader.object(), &asked)?;
    let mut response = S3Response::new(GetObjectOutput {
        body: Some(StreamingBlob::wrap(reader.bytes(range))),
        accept_ranges: described.accept_ranges,
        cache_control: described.cache_control,
        checksum_crc32: described.checksum_crc32,
        checksum_crc32c: described.checksum_crc32c,
        checksum_crc64nvme: described.checksum_crc64nvme,
        checksum_sha1: described.checksum_sha1,
        checksum_sha256: described.checksum_sha256,
        checksum_type: described.checksum_type,
        content_disposition: described.content_disposition,
        content_encoding: described.content_encoding,
        content_language: described.content_language,
        content_length: described.content_length,
        content_range: described.content_range,
        content_type: described.content_type,
        e_tag: described.e_tag,
        expires: described.expires,
        last_modified: described.last_modified,
        metadata: described.metadata,
        parts_count: described.parts_count,
        website_redirect_location: described.website_redirect_location,
        ..GetObjectOutput::default()
    });
    response.extensions.insert(ObjectBytes);
    Ok(response)
}

/// `GetObjectAttributes`.
pub async fn attributes(
    session: &Session,
    S3Request { input, .. }: S3Request<GetObjectAttributesInput>,
) -> Answer<GetObjectAttributesOutput> {
    let object = session
        .objects()
        .head(&input.key)
        .map_err(error::of_store)?;
    let object = object.ok_or_else(|| session.missing(&input.key))?;
    check_version(input.version_id.as_deref())?;
    // Clients send one header with all names, or one for each.
    let wants = |attribute: &str| {
        let named = input.object_attributes.iter();
        let mut named = named.flat_map(|names| names.as_str().split(','));
        named.any(|name| name.trim() == attribute)
    };
    let mut output = GetObjectAttributesOutput {
        last_modified: Some(shapes::moment(object.head.modified_at)),
        ..GetObjectAttributesOutput::default()
    };
    if wants(ObjectAttributes::ETAG) {
        output.e_tag = Some(shapes::etag(&object.head.etag));
    }
    if wants(ObjectAttributes::OBJECT_SIZE) {
        output.object_size = Some(shapes::number(object.head.size));
    }
    if wants(ObjectAttributes::STORAGE_CLASS) {
        output.storage_class = Some(StorageClass::from_static(StorageClass::STANDARD));
    }
    if wants(ObjectAttributes::CHECKSUM) && object.head.checksum.is_some() {
        let mut checksum = Checksum {
            checksum_type: shapes::type_of(object.head.checksum.as_ref()),
            ..Checksum::default()
        };
        put_checksum!(checksum, &object.head.checksum);
        output.checksum = Some(checksum);
    }
    if wants(ObjectAttributes::OBJECT_PARTS) && !object.layout.parts.is_empty() {
        output.object_parts = Some(parts(&object, &input));
    }
    Ok(S3Response::new(output))
}

fn parts(object: &Object, input: &GetObjectAttributesInput) -> GetObjectAttributesParts {
    let after = input.part_number_marker.unwrap_or(0);
    let limit = input.max_parts.unwrap_or(1_000).clamp(0, 1_000);
    let mut left = object
        .layout
        .parts
        .iter()
        .filter(|part| i32::from(part.number) > after);
    let shown: Vec<_> = left
        .by_ref()
        .take(usize::try_from(limit).unwrap_or_default())
        .map(|part| {
            let mut shown = ObjectPart {
                part_number: Some(part.number.into()),
                size: Some(shapes::number(part.size)),
                ..ObjectPart::default()
            };
            put_checksum!(shown, &part.checksum);
            shown
        })
        .collect();
    let is_truncated = left.next().is_some();
    GetObjectAttributesParts {
        is_truncated: Some(is_truncated),
        max_parts: Some(limit),
        part_number_marker: Some(after),
        next_part_number_marker: shown
            .last()
            .and_then(|part| part.part_number)
            .filter(|_| is_truncated),
        total_parts_count: i32::try_from(object.layout.parts.len()).ok(),
        parts: Some(shown),
    }
}

/// What is asked of an object.
struct Asked<'a> {
    version_id: Option<&'a str>,
    condition: ReadCondition,
    range: Option<s3s::dto::Range>,
    part_number: Option<i32>,
    with_checksum: bool,
}

fn wants_checksum(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
}

/// The headers of an object's answer, and the bytes that are its body.
fn describe(object: &Object, asked: &Asked<'_>) -> S3Result<(HeadObjectOutput, Range<u64>)> {
    check_version(asked.version_id)?;
    asked
        .condition
        .check(&object.head)
        .map_err(|refusal| refused(object, refusal))?;
    let size = object.head.size;
    let span = match (&asked.range, asked.part_number) {
        (Some(_), Some(_)) => {
            return Err(s3_error!(
                InvalidRequest,
                "Cannot specify both Range header and partNumber query parameter"
            ));
        }
        (Some(range), None) => Some(range.check(size).map_err(|_| unsatisfiable(size))?),
        (None, Some(number)) => part(object, number)?,
        (None, None) => None,
    };
    let whole = 0..size;
    let range = span.clone().unwrap_or_else(|| whole.clone());
    let attributes = &object.layout.attributes;
    let or_default = |kind: &Option<String>| {
        kind.clone()
            .unwrap_or_else(|| "binary/octet-stream".to_owned())
    };
    let mut output = HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        content_length: Some(shapes::number(range.end - range.start)),
        content_range: span
            .map(|span| format!("bytes {}-{}/{size}", span.start, span.end.saturating_sub(1))),
        content_type: Some(or_default(&attributes.content_type)),
        cache_control: attributes.cache_control.clone(),
        content_disposition: attributes.content_disposition.clone(),
        content_encoding: attributes.content_encoding.clone(),
        content_language: attributes.content_language.clone(),
        expires: shapes::expires(attributes),
        website_redirect_location: attributes.website_redirect_location.clone(),
        metadata: Some(attributes.metadata.clone().into_iter().collect()),
        e_tag: Some(shapes::etag(&object.head.etag)),
        last_modified: Some(shapes::moment(object.head.modified_at)),
        parts_count: asked
            .part_number
            .filter(|_| !object.layout.parts.is_empty())
            .and_then(|_| i32::try_from(object.layout.parts.len()).ok()),
        ..HeadObjectOutput::default()
    };
    // A checksum of the whole says nothing of a range.
    if asked.with_checksum && range == whole {
        put_checksum!(output, &object.head.checksum);
        output.checksum_type = shapes::type_of(object.head.checksum.as_ref());
    }
    Ok((output, range))
}

/// The bytes of a part; of an object that was uploaded whole, the first is all.
fn part(object: &Object, number: i32) -> S3Result<Option<Range<u64>>> {
    let invalid = || {
        let message = "The requested partnumber is not satisfiable";
        error::custom(
            http::StatusCode::RANGE_NOT_SATISFIABLE,
            "InvalidPartNumber",
            message,
        )
    };
    let index = usize::try_from(number)
        .ok()
        .and_then(|number| number.checked_sub(1))
        .ok_or_else(invalid)?;
    if object.layout.parts.is_empty() {
        return if index == 0 {
            Ok((object.head.size > 0).then_some(0..object.head.size))
        } else {
            Err(invalid())
        };
    }
    let part = object.layout.parts.get(index).ok_or_else(invalid)?;
    let start = object
        .layout
        .parts
        .iter()
        .take(index)
        .map(|part| part.size)
        .sum();
    Ok(Some(start..start + part.size))
}

/// The bucket keeps one version of each object, whose id is `null`.
pub fn check_version(version_id: Option<&str>) -> S3Result<()> {
    match version_id {
        None | Some("null") => Ok(()),
        Some(_) => Err(s3_error!(
            NoSuchVersion,
            "The specified version does not exist."
        )),
    }
}

fn unsatisfiable(size: u64) -> S3Error {
    let mut error = s3_error!(InvalidRange, "The requested range is not satisfiable");
    let mut headers = http::HeaderMap::new();
    if let Ok(range) = http::HeaderValue::from_str(&format!("bytes */{size}")) {
        headers.insert(http::header::CONTENT_RANGE, range);
    }
    headers.insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/xml"),
    );
    error.set_headers(headers);
    error
}

/// A refusal by condition; what has not changed still names itself.
fn refused(object: &Object, refusal: notewarden_embedded::objects::ObjectError) -> S3Error {
    let is_unchanged = matches!(
        refusal,
        notewarden_embedded::objects::ObjectError::NotModified
    );
    let mut error = error::of_object(refusal);
    if is_unchanged && let Ok(etag) = shapes::etag(&object.head.etag).to_http_header() {
        error.set_headers(http::HeaderMap::from_iter([(http::header::ETAG, etag)]));
    }
    error
}

/// What the query of a `HeadObject` puts in place of the object's headers.
struct Overrides {
    content_type: Option<String>,
    cache_control: Option<String>,
    content_disposition: Option<String>,
    content_encoding: Option<String>,
    content_language: Option<String>,
    expires: Option<s3s::dto::Timestamp>,
}

impl Overrides {
    fn apply(self, output: &mut HeadObjectOutput) {
        let put = |header: &mut Option<String>, value: Option<String>| {
            if value.is_some() {
                *header = value;
            }
        };
        put(&mut output.content_type, self.content_type);
        put(&mut output.cache_control, self.cache_control);
        put(&mut output.content_disposition, self.content_disposition);
        put(&mut output.content_encoding, self.content_encoding);
        put(&mut output.content_language, self.content_language);
        if self.expires.is_some() {
            output.expires = self.expires;
        }
    }
}
