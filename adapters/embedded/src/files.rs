//! People's files on the object store, which is its own index.

mod index;

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, StoreError,
    archive::Crc32,
    file::ContentType,
    ports::{FileIndex, FileMeta, FilePage, FileQuery, FileStore, FolderEntry, FolderPage},
    quota::Usage,
};

use crate::{
    Objects,
    objects::{Attributes, ListItem, ListQuery, ObjectError, ObjectHead, WriteCondition, folders},
};

/// How many objects are removed in one commit, or told at a time.
const PAGE: usize = 1_000;

/// The files of one data directory, and the index of them.
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
        Ok(object.map(|object| meta(object.head, &object.layout.attributes)))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.delete_if(key, WriteCondition::None).await
    }

    async fn delete_unchanged(&self, key: &ObjectKey, etag: &str) -> Result<(), StoreError> {
        self.delete_if(key, WriteCondition::Matches(etag.to_owned()))
            .await
    }

    async fn delete_all(&self, owner: &IdentityId) -> Result<(), StoreError> {
        let prefix = ObjectKey::private_prefix(owner);
        loop {
            let query = ListQuery {
                prefix: prefix.clone(),
                limit: PAGE,
                ..ListQuery::default()
            };
            let page = self.objects.list(&query)?.items;
            if page.is_empty() {
                break;
            }
            let keys = page
                .iter()
                .map(|item| (item.name().to_owned(), WriteCondition::None));
            self.objects.delete_all(keys.collect()).await?;
        }
        self.objects.abort_uploads_to(&prefix).await
    }

    async fn contents<'a>(
        &self,
        owner: &IdentityId,
        after: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError> {
        let page = self.objects.list(&ListQuery {
            prefix: ObjectKey::private_prefix(owner),
            delimiter: String::new(),
            after: after.map(|after| after.as_str().to_owned()),
            limit: PAGE,
        })?;
        let entry = |item| match item {
            ListItem::Object(key, ObjectHead { size, .. }) => {
                let (_, key) = ObjectKey::in_folder(&key)?;
                Some(FolderEntry { key, size })
            }
            ListItem::Prefix(_) => None,
        };
        Ok(FolderPage {
            objects: page.items.into_iter().filter_map(entry).collect(),
            more: page.is_truncated,
        })
    }
}

#[async_trait]
impl FileIndex for EmbeddedFiles {
    async fn list(&self, owner: &IdentityId, query: &FileQuery) -> Result<FilePage, StoreError> {
        let database = &self.objects.database;
        database.read(|transaction| Ok(index::list(transaction, owner, query)?))
    }

    async fn find(
        &self,
        owner: &IdentityId,
        names: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        let database = &self.objects.database;
        database.read(|transaction| Ok(index::find(transaction, owner, names)?))
    }

    async fn usage(&self, owner: &IdentityId) -> Result<Usage, StoreError> {
        let database = &self.objects.database;
        database.read(|transaction| folders::usage(transaction, owner))
    }
}

fn meta(head: ObjectHead, attributes: &Attributes) -> FileMeta {
    FileMeta {
        size: head.size,
        content_type: ContentType::of_stored(attributes.content_type.as_deref()),
        etag: head.etag,
        modified_at: head.modified_at,
        crc32: head.crc32.map(Crc32::new),
    }
}
