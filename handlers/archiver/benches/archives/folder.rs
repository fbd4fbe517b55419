//! Objects as the files of a folder. A part that is copied refers to its file, and one that is written is a file.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, StoreError, Timestamp,
    archive::Crc32,
    file::ContentType,
    ports::{
        ArchiveObjects, ArchiveUpload, ByteSource, FileIndex, FileMeta, FilePage, FileQuery,
        FileStore, FolderPage, StoredPart,
    },
    quota::Usage,
};
use tokio::task::spawn_blocking;

const CHUNK: u64 = 256 << 10;

pub struct Folder {
    root: PathBuf,
    files: BTreeMap<String, FileMeta>,
    /// Whether what is written is kept.
    keeps: bool,
    /// What a zip is made of: how long its parts are.
    parts: Mutex<BTreeMap<u16, u64>>,
}

impl Folder {
    /// The files of a folder, whose checksums are known.
    pub fn open(root: &Path, keeps: bool) -> Self {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(root).unwrap() {
            let entry = entry.unwrap();
            let meta = FileMeta {
                size: entry.metadata().unwrap().len(),
                content_type: ContentType::default(),
                etag: "1".to_owned(),
                modified_at: Timestamp::from_millis(1_795_262_400_000),
                crc32: Some(checksum(&entry.path())),
            };
            files.insert(entry.file_name().into_string().unwrap(), meta);
        }
        Self {
            root: root.to_owned(),
            files,
            keeps,
            parts: Mutex::default(),
        }
    }

    pub fn names(&self) -> Vec<FileName> {
        self.files
            .keys()
            .map(|name| name.parse().unwrap())
            .collect()
    }

    pub fn bytes(&self) -> u64 {
        self.files.values().map(|meta| meta.size).sum()
    }

    async fn write(&self, number: u16, chunks: Vec<Bytes>) {
        let path = if self.keeps {
            self.root.join(format!("part-{number}"))
        } else {
            PathBuf::from("/dev/null")
        };
        spawn_blocking(move || {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .open(path)
                .unwrap();
            for chunk in chunks {
                file.write_all(&chunk).unwrap();
            }
        })
        .await
        .unwrap();
    }

    fn store(&self, number: u16, length: u64) -> StoredPart {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(number, length);
        StoredPart {
            number,
            etag: "1".to_owned(),
            crc32: None,
        }
    }
}

/// The checksum of a file, and of one that is all holes without reading it.
fn checksum(path: &Path) -> Crc32 {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::metadata(path).unwrap();
    if meta.blocks() > 0 {
        let mut file = File::open(path).unwrap();
        let (mut sum, mut chunk) = (crc32fast::Hasher::new(), vec![0; 256 << 10]);
        loop {
            match file.read(&mut chunk).unwrap() {
                0 => return Crc32::new(sum.finalize()),
                length => sum.update(chunk.get(..length).unwrap()),
            }
        }
    }
    let mut crc = Crc32::EMPTY;
    let (mut power, mut bytes) = (Crc32::new(crc32fast::hash(&[0])), 1);
    while bytes <= meta.len() {
        if meta.len() & bytes != 0 {
            crc = crc.followed_by(power, bytes);
        }
        (power, bytes) = (power.followed_by(power, bytes), bytes * 2);
    }
    crc
}

struct Source {
    path: PathBuf,
    file: Option<File>,
    rest: Range<u64>,
}

#[async_trait]
impl ByteSource for Source {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let length = CHUNK.min(self.rest.end - self.rest.start);
        let (file, path, start) = (self.file.take(), self.path.clone(), self.rest.start);
        let (file, bytes) = spawn_blocking(move || {
            let mut file = file.unwrap_or_else(|| {
                let mut file = File::open(path).unwrap();
                file.seek(SeekFrom::Start(start)).unwrap();
                file
            });
            let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap());
            (&mut file).take(length).read_to_end(&mut bytes).unwrap();
            (file, bytes)
        })
        .await
        .unwrap();
        self.rest.start += length;
        self.file = Some(file);
        Ok(Some(bytes.into()))
    }
}

#[async_trait]
impl ArchiveObjects for Folder {
    async fn read(
        &self,
        key: &ObjectKey,
        _: &str,
        range: Range<u64>,
    ) -> Result<Box<dyn ByteSource>, StoreError> {
        let name = key.as_str().rsplit('/').next().unwrap();
        Ok(Box::new(Source {
            path: self.root.join(name),
            file: None,
            rest: range,
        }))
    }

    async fn put(&self, _: &ObjectKey, bytes: Vec<Bytes>) -> Result<(), StoreError> {
        self.store(1, bytes.iter().map(|chunk| chunk.len() as u64).sum());
        self.write(1, bytes).await;
        Ok(())
    }

    async fn begin(&self, key: &ObjectKey) -> Result<ArchiveUpload, StoreError> {
        Ok(ArchiveUpload {
            key: key.clone(),
            id: "1".to_owned(),
        })
    }

    async fn put_part(
        &self,
        _: &ArchiveUpload,
        number: u16,
        bytes: Vec<Bytes>,
    ) -> Result<StoredPart, StoreError> {
        let length = bytes.iter().map(|chunk| chunk.len() as u64).sum();
        self.write(number, bytes).await;
        Ok(self.store(number, length))
    }

    async fn copy_part(
        &self,
        _: &ArchiveUpload,
        number: u16,
        _: &ObjectKey,
        _: &str,
        range: Range<u64>,
    ) -> Result<StoredPart, StoreError> {
        Ok(self.store(number, range.end - range.start))
    }

    async fn complete(&self, _: &ArchiveUpload, parts: &[StoredPart]) -> Result<(), StoreError> {
        let stored = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(
            parts
                .iter()
                .map(|part| part.number)
                .eq(stored.keys().copied())
        );
        Ok(())
    }

    async fn abort_all(&self, _: &ObjectKey) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl FileStore for Folder {
    async fn head(&self, _: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        Ok(None)
    }

    async fn delete(&self, _: &ObjectKey) -> Result<(), StoreError> {
        Ok(())
    }

    async fn delete_unchanged(&self, _: &ObjectKey, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    async fn delete_all(&self, _: &IdentityId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn contents<'a>(
        &self,
        _: &IdentityId,
        _: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError> {
        Ok(FolderPage::default())
    }
}

#[async_trait]
impl FileIndex for Folder {
    async fn list(&self, _: &IdentityId, _: &FileQuery) -> Result<FilePage, StoreError> {
        Ok(FilePage::default())
    }

    async fn find(
        &self,
        _: &IdentityId,
        names: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        Ok(names
            .iter()
            .map(|name| self.files.get(name.as_str()).cloned())
            .collect())
    }

    async fn usage(&self, _: &IdentityId) -> Result<Usage, StoreError> {
        Ok(Usage::default())
    }
}
