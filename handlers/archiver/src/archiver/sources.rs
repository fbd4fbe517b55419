//! What goes into a zip: the files as they are now, and what the worker adds.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, StoreError, Timestamp,
    archive::{
        Checksum, Entry, EntryName, Failure, Method, Missing, Origin, Plan, Source, Strategy,
        unique_names,
    },
    ports::FileMeta,
};

use super::{Archiver, Settings};
use crate::{
    assembly::{Content, HELD_BYTES, Made},
    retry::patiently,
};

/// The entry that names what is not in the zip.
const MISSING: &str = "MISSING.txt";

/// How many files are looked up at once.
const LOOK_UP: usize = 1_000;

/// An entry that the worker makes.
#[derive(Clone, Debug)]
pub(super) struct MadeEntry {
    /// Its path.
    pub path: String,
    /// When it was modified.
    pub modified_at: Timestamp,
    /// Its length before deflating.
    pub size: u64,
    /// How it is kept.
    pub method: Method,
    /// Its bytes.
    pub content: Content,
}

/// The selected files as they are known.
pub(super) struct Files {
    names: Vec<FileName>,
    metas: Vec<Option<FileMeta>>,
    /// Files that changed under the worker's hands: their old entity tags, and what they are now. The index may hear
    /// of it later.
    changed: HashMap<usize, (String, Option<FileMeta>)>,
    /// Files of which a wrong checksum was said.
    mistaken: Vec<usize>,
}

/// A plan, and what else is needed to carry it out.
pub(super) struct Planned {
    pub plan: Arc<Plan>,
    pub made: Arc<Made>,
    /// The number of the file that each entry is made from, where it is one.
    files: Vec<Option<usize>>,
}

impl Planned {
    /// The number of the file that the entry is made from.
    pub fn file(&self, entry: usize) -> Option<usize> {
        self.files.get(entry).copied().flatten()
    }
}

impl Files {
    pub fn new(names: Vec<FileName>) -> Self {
        Self {
            names,
            metas: Vec::new(),
            changed: HashMap::new(),
            mistaken: Vec::new(),
        }
    }

    /// Looks all files up in their owner's folder.
    pub async fn look_up(
        &mut self,
        archiver: &Archiver,
        owner: &IdentityId,
    ) -> Result<(), StoreError> {
        self.metas.clear();
        for names in self.names.chunks(LOOK_UP) {
            let found = patiently(|| archiver.index.find(owner, names)).await?;
            self.metas.extend(found);
        }
        self.metas.resize(self.names.len(), None);
        for (&number, (etag, now)) in &self.changed {
            if let Some(meta) = self.metas.get_mut(number)
                && meta.as_ref().is_some_and(|meta| meta.etag == *etag)
            {
                meta.clone_from(now);
            }
        }
        Ok(())
    }

    /// A file was not what it was looked up as: it is asked for itself.
    pub async fn has_changed(
        &mut self,
        archiver: &Archiver,
        owner: &IdentityId,
        number: Option<usize>,
    ) -> Result<(), StoreError> {
        let Some(number) = number else {
            return Ok(());
        };
        let (Some(name), Some(Some(meta))) = (self.names.get(number), self.metas.get(number))
        else {
            return Ok(());
        };
        let key = ObjectKey::private(owner, name);
        let now = patiently(|| archiver.files.head(&key)).await?;
        self.changed.insert(number, (meta.etag.clone(), now));
        Ok(())
    }

    /// What was said of a file's checksum is not believed any more.
    pub fn is_mistaken(&mut self, number: Option<usize>) {
        self.mistaken.extend(number);
    }

    /// Those that are not there.
    pub fn missing(&self) -> Missing {
        let mut missing = Missing::default();
        for name in self.missing_names() {
            missing.add(name);
        }
        missing
    }

    fn missing_names(&self) -> impl Iterator<Item = &FileName> {
        let files = self.names.iter().zip(&self.metas);
        files.filter_map(|(name, meta)| meta.is_none().then_some(name))
    }

    /// The plan of a zip of these files and of `extra` entries, which come first; what it adds
    /// itself is dated `made_at`.
    pub fn plan(
        &self,
        owner: &IdentityId,
        extra: &[MadeEntry],
        made_at: Timestamp,
        settings: &Settings,
    ) -> Result<Planned, Failure> {
        let bytes = self.metas.iter().flatten().map(|meta| meta.size).sum();
        let present = self.metas.iter().flatten().count();
        if present == 0 && extra.is_empty() {
            return Err(Failure::NothingLeft);
        }
        if present > 0 {
            let limits = &settings.limits;
            let checked = limits.check_selection(present as u64, bytes);
            checked.map_err(|_| Failure::TooLarge)?;
        }
        let mut building = Building::default();
        // It is named first, so that it has its name for sure.
        let paths = [MISSING].into_iter();
        let paths = paths.chain(extra.iter().map(|made| made.path.as_str()));
        let paths = paths.chain(self.names.iter().map(FileName::as_str));
        let mut names = unique_names(paths).into_iter();
        if let (Some(name), Some(list)) = (names.next(), self.list_of_missing(made_at)) {
            building.made(name, list);
        }
        for (made, name) in extra.iter().zip(names.by_ref()) {
            building.made(name, made.clone());
        }
        for (number, name) in names.enumerate() {
            if let Some(Some(meta)) = self.metas.get(number)
                && let Some(file) = self.names.get(number)
            {
                let is_known = !self.mistaken.contains(&number);
                let key = ObjectKey::private(owner, file);
                let source = source(name, file, key, meta, is_known, settings);
                building.files.push(Some(number));
                building.sources.push(source);
            }
        }
        let plan = Plan::new(building.sources, Strategy::Cheapest, &settings.terms);
        Ok(Planned {
            plan: Arc::new(plan.map_err(|_| Failure::TooLarge)?),
            made: Arc::new(building.made),
            files: building.files,
        })
    }

    fn list_of_missing(&self, modified_at: Timestamp) -> Option<MadeEntry> {
        let names: Vec<&str> = self.missing_names().map(FileName::as_str).collect();
        if names.is_empty() {
            return None;
        }
        let head = "These files were selected, and were gone when the archive was made:\n\n";
        let list = Bytes::from(format!("{head}{}\n", names.join("\n")));
        Some(MadeEntry {
            path: MISSING.to_owned(),
            modified_at,
            size: list.len() as u64,
            method: Method::Stored,
            content: Content::Held(list),
        })
    }
}

#[derive(Default)]
struct Building {
    sources: Vec<Source>,
    made: Made,
    files: Vec<Option<usize>>,
}

impl Building {
    fn made(&mut self, name: EntryName, made: MadeEntry) {
        let at = made.modified_at;
        let entry = match made.method {
            Method::Stored => Entry::stored(name, at, made.size, Checksum::BodyFirst),
            Method::Deflated => Entry::deflated(name, at, made.size, true),
        };
        self.made.insert(self.sources.len(), made.content);
        self.files.push(None);
        self.sources.push(Source {
            entry,
            origin: Origin::Made,
        });
    }
}

fn source(
    name: EntryName,
    file: &FileName,
    key: ObjectKey,
    meta: &FileMeta,
    is_known: bool,
    settings: &Settings,
) -> Source {
    let content_type = Some(meta.content_type.as_str());
    let (at, size) = (meta.modified_at, meta.size);
    let compression = &settings.compression;
    let entry = match compression.method(file.as_str(), content_type, size) {
        Method::Stored => {
            let known = meta.crc32.filter(|_| is_known);
            Entry::stored(name, at, size, Checksum::of_stored(known, size, HELD_BYTES))
        }
        Method::Deflated => Entry::deflated(name, at, size, size <= HELD_BYTES),
    };
    Source {
        entry,
        origin: Origin::Object {
            key,
            etag: meta.etag.as_str().into(),
        },
    }
}
