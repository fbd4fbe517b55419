//! `ListObjects` and `ListObjectsV2`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use notewarden_embedded::objects::{ListItem, ListPage, ListQuery};
use s3s::{
    S3Request, S3Response, S3Result,
    dto::{
        CommonPrefix, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output,
        Object, ObjectStorageClass,
    },
    s3_error,
};

use super::{
    super::{
        error,
        session::Session,
        shapes::{self, Spelling},
    },
    Answer, bucket,
};

/// The most that a page shows.
const PAGE: i32 = 1_000;

/// `ListObjects`.
pub async fn version_1(
    session: &Session,
    S3Request { input, .. }: S3Request<ListObjectsInput>,
) -> Answer<ListObjectsOutput> {
    let spelling = Spelling::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_keys)?;
    let query = ListQuery {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter.unwrap_or_default(),
        after: input.marker.clone().filter(|marker| !marker.is_empty()),
        limit,
    };
    let page = session.objects().list(&query).map_err(error::of_store)?;
    // Without a delimiter the last key says where to go on.
    let next = next(&page).filter(|_| !query.delimiter.is_empty());
    let shown = shown(&page, &spelling, true);
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(session.bucket().to_owned()),
        marker: Some(spelling.write(&input.marker.unwrap_or_default())),
        next_marker: next.map(|next| spelling.write(&next)),
        prefix: Some(spelling.write(&query.prefix)),
        delimiter: delimiter(&query, &spelling),
        max_keys: Some(max_keys(limit)),
        is_truncated: Some(page.is_truncated),
        contents: Some(shown.contents),
        common_prefixes: Some(shown.common_prefixes),
        encoding_type: input.encoding_type,
        ..ListObjectsOutput::default()
    }))
}

/// `ListObjectsV2`.
pub async fn version_2(
    session: &Session,
    S3Request { input, .. }: S3Request<ListObjectsV2Input>,
) -> Answer<ListObjectsV2Output> {
    let spelling = Spelling::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_keys)?;
    let after = match &input.continuation_token {
        Some(token) => Some(read_token(token)?),
        None => input.start_after.clone().filter(|after| !after.is_empty()),
    };
    let query = ListQuery {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter.unwrap_or_default(),
        after,
        limit,
    };
    let page = session.objects().list(&query).map_err(error::of_store)?;
    let shown = shown(&page, &spelling, input.fetch_owner.unwrap_or_default());
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(session.bucket().to_owned()),
        prefix: Some(spelling.write(&query.prefix)),
        delimiter: delimiter(&query, &spelling),
        max_keys: Some(max_keys(limit)),
        key_count: i32::try_from(page.items.len()).ok(),
        is_truncated: Some(page.is_truncated),
        continuation_token: input.continuation_token,
        next_continuation_token: next(&page).map(|next| URL_SAFE_NO_PAD.encode(next)),
        contents: Some(shown.contents),
        common_prefixes: Some(shown.common_prefixes),
        encoding_type: input.encoding_type,
        start_after: input.start_after.map(|after| spelling.write(&after)),
        ..ListObjectsV2Output::default()
    }))
}

struct Shown {
    contents: Vec<Object>,
    common_prefixes: Vec<CommonPrefix>,
}

fn shown(page: &ListPage, spelling: &Spelling, with_owner: bool) -> Shown {
    let mut shown = Shown {
        contents: Vec::new(),
        common_prefixes: Vec::new(),
    };
    for item in &page.items {
        let name = spelling.write(item.name());
        match item {
            ListItem::Prefix(_) => shown
                .common_prefixes
                .push(CommonPrefix { prefix: Some(name) }),
            ListItem::Object(_, head) => shown.contents.push(Object {
                key: Some(name),
                size: Some(shapes::number(head.size)),
                e_tag: Some(shapes::etag(&head.etag)),
                last_modified: Some(shapes::moment(head.modified_at)),
                checksum_algorithm: head
                    .checksum
                    .as_ref()
                    .map(|checksum| vec![shapes::algorithm_name(checksum.algorithm)]),
                checksum_type: shapes::type_of(head.checksum.as_ref()),
                storage_class: Some(ObjectStorageClass::from_static(
                    ObjectStorageClass::STANDARD,
                )),
                owner: with_owner.then(bucket::owner),
                ..Object::default()
            }),
        }
    }
    shown
}

fn delimiter(query: &ListQuery, spelling: &Spelling) -> Option<String> {
    (!query.delimiter.is_empty()).then(|| spelling.write(&query.delimiter))
}

/// Where the next page goes on, if there is one.
fn next(page: &ListPage) -> Option<String> {
    let last = page.items.last().filter(|_| page.is_truncated);
    last.map(|item| item.name().to_owned())
}

/// A token holds the last name shown: it says where to go on, never what may be seen.
fn read_token(token: &str) -> S3Result<String> {
    let name = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| {
        s3_error!(
            InvalidArgument,
            "The continuation token provided is incorrect"
        )
    })
}

fn limit(max_keys: Option<i32>) -> S3Result<usize> {
    usize::try_from(max_keys.unwrap_or(PAGE).min(PAGE)).map_err(|_| {
        s3_error!(
            InvalidArgument,
            "Argument maxKeys must be an integer between 0 and 2147483647"
        )
    })
}

fn max_keys(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(PAGE)
}
