//! The operations that are served, each beside its like. What is not here `s3s` answers with
//! `NotImplemented`, after the policies were asked.

mod bucket;
mod copy;
mod list;
mod multipart;
mod read;
mod remove;
mod write;

use async_trait::async_trait;
use s3s::{
    S3, S3Request, S3Response, S3Result,
    dto::{
        AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
        CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput,
        CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput,
        DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, GetBucketLocationInput,
        GetBucketLocationOutput, GetObjectAttributesInput, GetObjectAttributesOutput,
        GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput,
        HeadObjectOutput, ListBucketsInput, ListBucketsOutput, ListMultipartUploadsInput,
        ListMultipartUploadsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
        ListObjectsV2Output, ListPartsInput, ListPartsOutput, PutObjectInput, PutObjectOutput,
        UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
    },
};

pub use self::read::ObjectBytes;
use super::session::Session;

type Answer<T> = S3Result<S3Response<T>>;

/// Serves each operation by its function, and lists them: nothing can be in one place only.
macro_rules! serve {
    ($($operation:ident: $method:ident($input:ident) -> $output:ident = $function:path;)*) => {
        /// The operations that are served, as AWS names them.
        pub const SERVED: &[&str] = &[$(stringify!($operation)),*];

        #[async_trait]
        impl S3 for Session {
            $(
                async fn $method(&self, request: S3Request<$input>) -> Answer<$output> {
                    $function(self, request).await
                }
            )*
        }
    };
}

serve! {
    ListBuckets: list_buckets(ListBucketsInput) -> ListBucketsOutput = bucket::list;
    HeadBucket: head_bucket(HeadBucketInput) -> HeadBucketOutput = bucket::head;
    GetBucketLocation: get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = bucket::location;
    ListObjects: list_objects(ListObjectsInput) -> ListObjectsOutput = list::version_1;
    ListObjectsV2: list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = list::version_2;
    HeadObject: head_object(HeadObjectInput) -> HeadObjectOutput = read::head;
    GetObject: get_object(GetObjectInput) -> GetObjectOutput = read::get;
    GetObjectAttributes: get_object_attributes(GetObjectAttributesInput) -> GetObjectAttributesOutput = read::attributes;
    PutObject: put_object(PutObjectInput) -> PutObjectOutput = write::put;
    CopyObject: copy_object(CopyObjectInput) -> CopyObjectOutput = copy::object;
    DeleteObject: delete_object(DeleteObjectInput) -> DeleteObjectOutput = remove::one;
    DeleteObjects: delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = remove::many;
    CreateMultipartUpload: create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput = multipart::create;
    UploadPart: upload_part(UploadPartInput) -> UploadPartOutput = multipart::put_part;
    UploadPartCopy: upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput = copy::part;
    CompleteMultipartUpload: complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput = multipart::complete;
    AbortMultipartUpload: abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput = multipart::abort;
    ListParts: list_parts(ListPartsInput) -> ListPartsOutput = multipart::list_parts;
    ListMultipartUploads: list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput = multipart::list_uploads;
}
