//! The bucket itself.

use s3s::{
    S3Response,
    dto::{Bucket, GetBucketLocationOutput, HeadBucketOutput, ListBucketsOutput, Owner},
};

use super::{super::session::Session, Answer};
use crate::deployment::{ACCOUNT_ID, REGION};

/// `ListBuckets`: there is one.
pub fn list(session: &Session) -> Answer<ListBucketsOutput> {
    let bucket = Bucket {
        name: Some(session.bucket().to_owned()),
        bucket_region: Some(REGION.to_owned()),
        ..Bucket::default()
    };
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(vec![bucket]),
        owner: Some(owner()),
        ..ListBucketsOutput::default()
    }))
}

/// `HeadBucket`.
pub fn head() -> Answer<HeadBucketOutput> {
    Ok(S3Response::new(HeadBucketOutput {
        bucket_region: Some(REGION.to_owned()),
        access_point_alias: Some(false),
        ..HeadBucketOutput::default()
    }))
}

/// `GetBucketLocation`: nothing stands for us-east-1.
pub fn location() -> Answer<GetBucketLocationOutput> {
    Ok(S3Response::new(GetBucketLocationOutput::default()))
}

/// Who owns the bucket and all in it.
pub fn owner() -> Owner {
    Owner {
        id: Some(ACCOUNT_ID.to_owned()),
        display_name: None,
    }
}
