//! A bucket in the hands of somebody else than the adapter.

use aws_sdk_s3::Client;
use bytes::Bytes;
use notewarden_domain::ObjectKey;
use notewarden_testkit::contract::{Bucket, LinkedObjects};

/// A bucket of a service that does all that S3 does.
pub struct Objects {
    pub client: Client,
    pub bucket: String,
}

/// A bucket of a service that stands in for S3: it answers part copies without checksums and whatever their source has
/// become, fails at whatever is asked of an upload that is over, and verifies no signature.
pub struct RoughObjects(pub Objects);

impl Objects {
    async fn store(&self, key: &ObjectKey, bytes: Bytes) -> String {
        let put = self.client.put_object().bucket(&self.bucket);
        let put = put.key(key.as_str()).body(bytes.into());
        let etag = put.send().await.unwrap().e_tag.unwrap();
        etag.trim_matches('"').to_owned()
    }

    async fn delete(&self, key: &ObjectKey) {
        let removed = self.client.delete_object().bucket(&self.bucket);
        removed.key(key.as_str()).send().await.unwrap();
    }

    async fn fetch(&self, key: &ObjectKey) -> Option<Bytes> {
        let got = self.client.get_object().bucket(&self.bucket);
        match got.key(key.as_str()).send().await {
            Ok(got) => Some(got.body.collect().await.unwrap().into_bytes()),
            Err(error) => {
                assert!(error.into_service_error().is_no_such_key());
                None
            }
        }
    }

    async fn under_way(&self, key: &ObjectKey) -> usize {
        let listed = self.client.list_multipart_uploads().bucket(&self.bucket);
        let listed = listed.prefix(key.as_str()).send().await.unwrap();
        assert_ne!(listed.is_truncated(), Some(true));
        listed.uploads().len()
    }
}

impl Bucket for Objects {
    const COPIES_HAVE_CHECKSUMS: bool = true;

    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> String {
        self.store(key, bytes).await
    }

    async fn remove(&self, key: &ObjectKey) {
        self.delete(key).await;
    }

    async fn get(&self, key: &ObjectKey) -> Option<Bytes> {
        self.fetch(key).await
    }

    async fn uploads(&self, key: &ObjectKey) -> usize {
        self.under_way(key).await
    }
}

impl Bucket for RoughObjects {
    const COPIES_HAVE_CHECKSUMS: bool = false;
    const CONDITIONAL_COPIES: bool = false;
    const KNOWS_ENDED_UPLOADS: bool = false;

    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> String {
        self.0.store(key, bytes).await
    }

    async fn remove(&self, key: &ObjectKey) {
        self.0.delete(key).await;
    }

    async fn get(&self, key: &ObjectKey) -> Option<Bytes> {
        self.0.fetch(key).await
    }

    async fn uploads(&self, key: &ObjectKey) -> usize {
        self.0.under_way(key).await
    }
}

impl LinkedObjects for Objects {
    const VERIFIES: bool = true;

    async fn put(&self, key: &ObjectKey, bytes: Bytes) {
        self.store(key, bytes).await;
    }

    async fn get(&self, key: &ObjectKey) -> Option<Bytes> {
        self.fetch(key).await
    }
}

impl LinkedObjects for RoughObjects {
    const VERIFIES: bool = false;

    async fn put(&self, key: &ObjectKey, bytes: Bytes) {
        self.0.store(key, bytes).await;
    }

    async fn get(&self, key: &ObjectKey) -> Option<Bytes> {
        self.0.fetch(key).await
    }
}
