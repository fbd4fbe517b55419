//! The files that notes name: there when a note begins to name them, removed with the last that does.

use super::{Notes, NotesError};
use crate::{Caller, FileName, Invalid, ObjectKey, StoreError, concurrent::join_all};

impl Notes {
    /// Refuses the first of `names` that is not in the caller's folder.
    pub(super) async fn require_files(
        &self,
        caller: &Caller,
        names: &[FileName],
    ) -> Result<(), NotesError> {
        let keys: Vec<_> = names
            .iter()
            .map(|name| ObjectKey::private(&caller.identity, name))
            .collect();
        let heads = keys.iter().map(|key| self.files.head(key)).collect();
        for (name, head) in names.iter().zip(join_all(heads).await) {
            if head?.is_none() {
                let rule = format!("must exist in your folder, and `{name}` does not");
                return Err(Invalid::new("attachments", rule).into());
            }
        }
        Ok(())
    }

    /// Removes those of `names` that none of the caller's notes names any more. What cannot be removed now
    /// is handed back with the reason, and stays in the caller's folder.
    pub(super) async fn remove_unused(
        &self,
        caller: &Caller,
        names: &[FileName],
    ) -> Vec<(FileName, StoreError)> {
        let mut left_behind = Vec::new();
        for name in names {
            if let Err(error) = self.remove_if_unused(caller, name).await {
                left_behind.push((name.clone(), error));
            }
        }
        left_behind
    }

    async fn remove_if_unused(&self, caller: &Caller, name: &FileName) -> Result<(), StoreError> {
        let owner = &caller.identity;
        if self.store.notes_using(owner, name, 1).await?.is_empty() {
            self.files.delete(&ObjectKey::private(owner, name)).await?;
        }
        Ok(())
    }
}
