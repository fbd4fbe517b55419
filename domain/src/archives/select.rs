//! From what a person asks for to the files that it means.

use std::collections::HashSet;

use super::{Archives, ArchivesError};
use crate::{
    FileName, IdentityId, Invalid, ObjectKey,
    archive::{Progress, Selection},
    concurrent::join_all,
    file::NamePrefix,
    ports::FileQuery,
};

/// How many files are listed at once.
const PAGE: usize = 1_000;

/// How many files are looked up in the object store at once.
const LOOK_UPS: usize = 16;

/// What is to be in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// These files, which must exist.
    pub names: Vec<FileName>,
    /// And all whose names start with this.
    pub prefix: Option<NamePrefix>,
    /// And all notes.
    pub with_notes: bool,
}

impl Wanted {
    /// All that a person has.
    pub fn everything() -> Self {
        Self {
            names: Vec::new(),
            prefix: Some(NamePrefix::default()),
            with_notes: true,
        }
    }
}

impl Archives {
    /// The files that are meant, each once, and what they are together.
    pub(super) async fn select(
        &self,
        owner: &IdentityId,
        wanted: Wanted,
    ) -> Result<(Selection, Progress), ArchivesError> {
        let mut selected = Selected::default();
        let mut seen = HashSet::new();
        let mut names = wanted.names;
        names.retain(|name| seen.insert(name.clone()));
        self.limits.check_selection(names.len().max(1) as u64, 0)?;
        for (name, size) in self.sizes(owner, names).await? {
            selected.add(name, size);
        }
        if let Some(prefix) = wanted.prefix {
            self.add_all(owner, prefix, &mut selected, &seen).await?;
        }
        let total = Progress {
            files: selected.names.len() as u64,
            bytes: selected.bytes,
        };
        // Notes are something, even without files.
        let files = total.files.max(u64::from(wanted.with_notes));
        self.limits.check_selection(files, total.bytes)?;
        let selection = Selection {
            names: selected.names,
            with_notes: wanted.with_notes,
        };
        Ok((selection, total))
    }

    /// The sizes of the owner's files of these names.
    async fn sizes(
        &self,
        owner: &IdentityId,
        names: Vec<FileName>,
    ) -> Result<Vec<(FileName, u64)>, ArchivesError> {
        let known = self.index.find(owner, &names).await?;
        let mut sizes: Vec<_> = known
            .into_iter()
            .map(|meta| meta.map(|meta| meta.size))
            .collect();
        // The index may not know yet what was stored a moment ago.
        let mut unknown: Vec<_> = names
            .iter()
            .zip(&mut sizes)
            .filter(|(_, size)| size.is_none())
            .collect();
        for few in unknown.chunks_mut(LOOK_UPS) {
            let keys: Vec<_> = few
                .iter()
                .map(|(name, _)| ObjectKey::private(owner, name))
                .collect();
            let heads = keys.iter().map(|key| self.files.head(key)).collect();
            for ((name, size), head) in few.iter_mut().zip(join_all(heads).await) {
                let meta = head?.ok_or_else(|| absent(name))?;
                **size = Some(meta.size);
            }
        }
        let sizes = names.into_iter().zip(sizes);
        Ok(sizes
            .filter_map(|(name, size)| Some((name, size?)))
            .collect())
    }

    /// Adds the files whose names start with `prefix` and that are not `seen` yet.
    async fn add_all(
        &self,
        owner: &IdentityId,
        prefix: NamePrefix,
        selected: &mut Selected,
        seen: &HashSet<FileName>,
    ) -> Result<(), ArchivesError> {
        let mut query = FileQuery {
            prefix,
            after: None,
            limit: PAGE,
        };
        loop {
            let page = self.index.list(owner, &query).await?;
            query.after = page.files.last().map(|file| file.name.clone());
            for file in page.files {
                if !seen.contains(&file.name) {
                    selected.add(file.name, file.meta.size);
                }
            }
            if !page.more || query.after.is_none() {
                return Ok(());
            }
            let most = self.limits.files;
            if selected.names.len() as u64 >= most {
                let rule = format!("must select at most {most} files, and selects more");
                return Err(Invalid::new("prefix", rule).into());
            }
        }
    }
}

#[derive(Default)]
struct Selected {
    names: Vec<FileName>,
    bytes: u64,
}

impl Selected {
    fn add(&mut self, name: FileName, size: u64) {
        self.names.push(name);
        self.bytes = self.bytes.saturating_add(size);
    }
}

fn absent(name: &FileName) -> Invalid {
    let rule = format!("must exist in your folder, and `{name}` does not");
    Invalid::new("files", rule)
}
