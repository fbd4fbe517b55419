//! People's files on the object store.

use async_trait::async_trait;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::Crc32,
    file::ContentType,
    ports::{FileMeta, FileStore},
};

use crate::{
    Objects,
    objects::{ObjectError, WriteCondition},
};

/// The file store of one data directory.
#[derive(Clone, Debug)]
pub struct EmbeddedFiles {
    objects: Objects,
}

impl EmbeddedFiles {
    /// The files among `objects`.
    pub fn new(objects: Objects) -> Self {
        Self { objects }
    }

    async fn delete_if(
        &self,
        key: &ObjectKey,
        condition: WriteCondition,
    ) -> Result<(), StoreError> {
        match self.objects.delete(key.as_str(), condition).await {
            Ok(_) | Err(ObjectError::NoSuchKey) => Ok(()),
            Err(ObjectError::PreconditionFailed) => Err(StoreError::PreconditionFailed),
            Err(ObjectError::Store(error)) => Err(error),
            Err(other) => Err(StoreError::unavailable(other)),
        }
    }
}

#[async_trait]
impl FileStore for EmbeddedFiles {
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        let object = self.objects.head(key.as_str())?;
        Ok(object.map(|object| FileMeta {
            size: object.head.size,
            content_type: ContentType::of_stored(object.layout.attributes.content_type.as_deref()),
            etag: object.head.etag,
            modified_at: object.head.modified_at,
            crc32: object.head.crc32.map(Crc32::new),
        }))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.delete_if(key, WriteCondition::None).await
    }

    async fn delete_unchanged(&self, key: &ObjectKey, etag: &str) -> Result<(), StoreError> {
        self.delete_if(key, WriteCondition::Matches(etag.to_owned()))
            .await
    }
}
