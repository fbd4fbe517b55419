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
        match self
            .objects
            .delete(key.as_str(), WriteCondition::None)
            .await
        {
            Ok(_) => Ok(()),
            Err(ObjectError::Store(error)) => Err(error),
            Err(other) => Err(StoreError::unavailable(other)),
        }
    }
}
