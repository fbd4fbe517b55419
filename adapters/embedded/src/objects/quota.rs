//! Nobody keeps more than is allowed: what the quota says of bytes before they have come. What it says of those that
//! have is decided in the very commit that would keep them.

use notewarden_domain::quota::{NewPart, Quota};

use super::{ObjectError, Objects, UploadId, folders, tables};
use crate::multipart;

impl Objects {
    /// The same objects, of which nobody keeps more than `quota` in the own folder, `private/<identity id>/`. It is
    /// decided in the very commit that would make an object or a part, by whatever way its bytes have come.
    #[must_use]
    pub fn with_quota(self, quota: Quota) -> Self {
        let quota = Some(quota);
        Self { quota, ..self }
    }

    /// Whether an object of `size` bytes would be stored under `key` if it came now: for a refusal before its bytes
    /// have come.
    ///
    /// # Errors
    /// [`ObjectError::OverQuota`].
    pub fn check_quota(&self, key: &str, size: u64) -> Result<(), ObjectError> {
        let Some((quota, owner)) = self.quota.zip(folders::owner(key)) else {
            return Ok(());
        };
        let (usage, replaced) = self.database.read(|transaction| {
            let usage = folders::usage(transaction, &owner)?;
            let replaced = tables::object(transaction, key)?;
            Ok((usage, replaced.map(|object| object.head.size)))
        })?;
        Ok(quota.check(usage, size, replaced)?)
    }

    /// The same of a part of an upload to `key`.
    ///
    /// # Errors
    /// [`ObjectError::OverQuota`].
    pub fn check_quota_of_part(
        &self,
        key: &str,
        id: UploadId,
        number: u16,
        size: u64,
    ) -> Result<(), ObjectError> {
        let Some((quota, owner)) = self.quota.zip(folders::owner(key)) else {
            return Ok(());
        };
        let (usage, part) = self.database.read(|transaction| {
            let usage = folders::usage(transaction, &owner)?;
            let replaced = tables::object(transaction, key)?;
            let part = NewPart {
                size,
                previous: multipart::part_bytes(transaction, id, number)?,
                replaced: replaced.map_or(0, |object| object.head.size),
            };
            Ok((usage, part))
        })?;
        Ok(quota.check_part(usage, part)?)
    }
}
