//! The bucket itself.

use s3s::{
    S3Request, S3Response,
    dto::{
        Bucket, GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput,
        ListBucketsInput, ListBucketsOutput, Owner,
    },
};

use super::{
    super::{session::Session, shapes},
    Answer,
};
use crate::deployment::{ACCOUNT_ID, REGION};

/// `ListBuckets`: there is one.
pub async fn list(session: &Session, _: S3Request<ListBucketsInput>) -> Answer<ListBucketsOutput> {
    let bucket = Bucket {
        name: Some(session.bucket().to_owned()),
        bucket_region: Some(REGION.to_owned()),
        creation_date: Some(shapes::moment(session.objects().created_at())),
    };
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(vec![bucket]),
        owner: Some(owner()),
        ..ListBucketsOutput::default()
    }))
}

/// `HeadBucket`.
pub async fn head(_: &Session, _: S3Request<HeadBucketInput>) -> Answer<HeadBucketOutput> {
    Ok(S3Response::new(HeadBucketOutput {
        bucket_region: Some(REGION.to_owned()),
        access_point_alias: Some(false),
        ..HeadBucketOutput::default()
    }))
}

/// `GetBucketLocation`: nothing stands for us-east-1.
pub async fn location(
    _: &Session,
    _: S3Request<GetBucketLocationInput>,
) -> Answer<GetBucketLocationOutput> {
    Ok(S3Response::new(GetBucketLocationOutput::default()))
}

/// Who owns the bucket and all in it.
pub fn owner() -> Owner {
    Owner {
        id: Some(ACCOUNT_ID.to_owned()),
        display_name: None,
    }
}
