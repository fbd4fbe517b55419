//! `DeleteObject` and `DeleteObjects`.

use notewarden_embedded::objects::WriteCondition;
use s3s::{
    S3Error, S3Request, S3Response, S3Result,
    dto::{
        DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput,
        DeletedObject, Error, ObjectIdentifier,
    },
    s3_error,
};

use super::{
    super::{
        actions::{self, Needed},
        error,
        session::Session,
        shapes, target,
    },
    Answer, read,
};

/// The most keys that one request may name.
const MAX_KEYS: usize = 1_000;

/// `DeleteObject`: what is not there counts as removed.
pub async fn one(
    session: &Session,
    S3Request { input, .. }: S3Request<DeleteObjectInput>,
) -> Answer<DeleteObjectOutput> {
    read::check_version(input.version_id.as_deref())?;
    if input.if_match_last_modified_time.is_some() || input.if_match_size.is_some() {
        return Err(s3_error!(
            NotImplemented,
            "A header you provided implies functionality that is not implemented"
        ));
    }
    let condition = shapes::write_condition(input.if_match, None)?;
    session
        .objects()
        .delete(&input.key, condition)
        .await
        .map_err(error::of_object)?;
    Ok(S3Response::with_status(
        DeleteObjectOutput::default(),
        http::StatusCode::NO_CONTENT,
    ))
}

/// `DeleteObjects`: each key is authorized, and answered, by itself; what may go goes in one commit.
pub async fn many(
    session: &Session,
    request: S3Request<DeleteObjectsInput>,
) -> Answer<DeleteObjectsOutput> {
    if !session.facts.has_digest {
        return Err(s3_error!(
            InvalidRequest,
            "Missing required header for this request: Content-MD5"
        ));
    }
    let delete = request.input.delete;
    if delete.objects.is_empty() || delete.objects.len() > MAX_KEYS {
        return Err(s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema"
        ));
    }
    let mut refused = Vec::new();
    let mut allowed = Vec::new();
    for object in delete.objects {
        match check(session, &object, &request.headers) {
            Ok(condition) => allowed.push((object.key, condition)),
            Err(error) => refused.push(told(object.key, &error)),
        }
    }
    let keys: Vec<_> = allowed.iter().map(|(key, _)| key.clone()).collect();
    let outcomes = session
        .objects()
        .delete_all(allowed)
        .await
        .map_err(error::of_store)?;
    let mut deleted = Vec::new();
    for (key, outcome) in keys.into_iter().zip(outcomes) {
        match outcome {
            Ok(_) => deleted.push(DeletedObject {
                key: Some(key),
                ..DeletedObject::default()
            }),
            Err(error) => refused.push(told(key, &error::of_object(error))),
        }
    }
    Ok(S3Response::new(DeleteObjectsOutput {
        deleted: (!delete.quiet.unwrap_or_default()).then_some(deleted),
        errors: Some(refused),
        ..DeleteObjectsOutput::default()
    }))
}

/// Whether a key may go, and under which condition.
fn check(
    session: &Session,
    object: &ObjectIdentifier,
    headers: &http::HeaderMap,
) -> S3Result<WriteCondition> {
    let needed = Needed {
        action: if object.version_id.is_some() {
            "s3:DeleteObjectVersion"
        } else {
            "s3:DeleteObject"
        },
        resource: actions::object_arn(session.bucket(), &object.key),
        context: Vec::new(),
    };
    session.authorize(&needed, headers)?;
    if object.key.is_empty() {
        return Err(s3_error!(InvalidArgument, "The key must not be empty"));
    }
    target::check_key(&object.key)?;
    read::check_version(object.version_id.as_deref())?;
    if object.last_modified_time.is_some() || object.size.is_some() {
        return Err(s3_error!(
            NotImplemented,
            "This condition is not implemented"
        ));
    }
    let etag = object.e_tag.as_ref().map(|etag| etag.value().to_owned());
    Ok(match etag.as_deref() {
        None => WriteCondition::None,
        Some("*") => WriteCondition::Present,
        Some(etag) => WriteCondition::Matches(etag.to_owned()),
    })
}

fn told(key: String, error: &S3Error) -> Error {
    Error {
        key: Some(key),
        code: Some(error.code().as_str().to_owned()),
        message: error.message().map(str::to_owned),
        version_id: None,
    }
}
