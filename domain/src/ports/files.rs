//! Files in people's folders.

use async_trait::async_trait;

use crate::{
    FileName, IdentityId, ObjectKey, StoreError, Timestamp,
    archive::Crc32,
    file::{ContentType, NamePrefix},
    quota::{OverQuota, Usage},
};

/// What is known of a stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMeta {
    /// Its length in bytes.
    pub size: u64,
    /// Its media type, as it was given when it was stored.
    pub content_type: ContentType,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// When it was stored.
    pub modified_at: Timestamp,
    /// The checksum of its bytes, if the store knows it of the whole object.
    pub crc32: Option<Crc32>,
}

/// A file in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Its name in the owner's folder.
    pub name: FileName,
    /// What is known of it.
    pub meta: FileMeta,
}

/// Which of a person's files to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileQuery {
    /// Only those whose names start with this.
    pub prefix: NamePrefix,
    /// Only those behind this name.
    pub after: Option<FileName>,
    /// At most this many, at least 1.
    pub limit: usize,
}

/// One page of a list, in the order of the names' bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilePage {
    /// The files, in order.
    pub files: Vec<FileEntry>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

/// An object in a person's folder, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderEntry {
    /// Its key.
    pub key: ObjectKey,
    /// Its length in bytes.
    pub size: u64,
}

/// Objects of a person's folder, in the order of their keys' bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderPage {
    /// The objects, in order.
    pub objects: Vec<FolderEntry>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

/// Stores files as objects.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FileStore: Send + Sync {
    /// What is known of the object, or `None` if there is none.
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError>;

    /// Removes the object. An object that is not there counts as removed.
    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError>;

    /// Removes the object if its entity tag is `etag`. An object that is not there counts as removed.
    ///
    /// # Errors
    /// `PreconditionFailed` if it was replaced.
    async fn delete_unchanged(&self, key: &ObjectKey, etag: &str) -> Result<(), StoreError>;

    /// Removes all that is in the owner's folder, what no file name is the key of included, and what has come of
    /// uploads in parts. Said again, it removes what was stored since.
    ///
    /// # Errors
    /// The store failed: what is left is removed by saying it again.
    async fn delete_all(&self, owner: &IdentityId) -> Result<(), StoreError>;

    /// What is in the owner's folder now, behind `after`: up to a thousand objects at a time, those among them that no
    /// file name leads to.
    async fn contents<'a>(
        &self,
        owner: &IdentityId,
        after: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError>;
}

/// Knows what is in people's folders without asking the object store for each object.
///
/// It follows the object store: at once where both are one store, within seconds where it hears of changes
/// by events.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FileIndex: Send + Sync {
    /// A page of the owner's files.
    async fn list(&self, owner: &IdentityId, query: &FileQuery) -> Result<FilePage, StoreError>;

    /// What is known of the owner's files of these names, in their order; `None` of those that are not there.
    async fn find(
        &self,
        owner: &IdentityId,
        names: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError>;

    /// What the owner's files take together, at the same cost however many they are.
    async fn usage(&self, owner: &IdentityId) -> Result<Usage, StoreError>;

    /// Why the last upload of this name was removed, if it was because there would have been too much. Only an index
    /// that hears of uploads afterwards knows of any: other stores take none that is too much.
    async fn refusal(
        &self,
        owner: &IdentityId,
        name: &FileName,
    ) -> Result<Option<OverQuota>, StoreError> {
        let _ = (owner, name);
        Ok(None)
    }
}
