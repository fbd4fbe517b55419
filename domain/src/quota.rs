//! How much a person may keep.

use serde::{Deserialize, Serialize};

/// What a person keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many files.
    pub files: u64,
    /// How many bytes the files have together, and with them what has come of files in parts and is not whole yet.
    pub bytes: u64,
}

/// A part of a file that comes in parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewPart {
    /// Its bytes.
    pub size: u64,
    /// The bytes of the part that it takes the place of.
    pub previous: u64,
    /// The bytes of the file that the whole will take the place of.
    pub replaced: u64,
}

/// What a person may keep. It counts what is in the person's own folder, not archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The most files.
    pub files: u64,
    /// The most bytes of all files together.
    pub bytes: u64,
    /// The most bytes of one file.
    pub file_bytes: u64,
}

impl Default for Quota {
    /// 10,000 files of at most 5 GiB, 10 GiB together: the longest file is what one `PutObject` takes.
    fn default() -> Self {
        Self {
            files: 10_000,
            bytes: 10 << 30,
            file_bytes: 5 << 30,
        }
    }
}

/// Why a file may not be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OverQuota {
    /// The file alone is too long.
    #[error("a file may have at most {limit} bytes, and this one has {size}")]
    FileTooLarge {
        /// The file's bytes.
        size: u64,
        /// The most that it may have.
        limit: u64,
    },
    /// There would be too many files.
    #[error("you may keep at most {limit} files")]
    TooManyFiles {
        /// The most files.
        limit: u64,
    },
    /// Too many files come in parts at once.
    #[error("at most {limit} of your uploads may be under way at once")]
    TooManyUploads {
        /// The most uploads.
        limit: u64,
    },
    /// All files together would be too long.
    #[error("your files may have at most {limit} bytes together, and would have {would_be}")]
    TooManyBytes {
        /// The bytes that there would be.
        would_be: u64,
        /// The most that there may be.
        limit: u64,
    },
}

impl Quota {
    /// Whether somebody with `usage` may store a file of `size` bytes in place of one of `replaced` bytes, or
    /// beside what is there. What makes nothing worse is never refused for what is there already.
    ///
    /// # Errors
    /// See [`OverQuota`].
    pub fn check(&self, usage: Usage, size: u64, replaced: Option<u64>) -> Result<(), OverQuota> {
        if size > self.file_bytes {
            let limit = self.file_bytes;
            return Err(OverQuota::FileTooLarge { size, limit });
        }
        if replaced.is_none() && usage.files >= self.files {
            return Err(OverQuota::TooManyFiles { limit: self.files });
        }
        let replaced = replaced.unwrap_or(0);
        let would_be = usage.bytes.saturating_sub(replaced).saturating_add(size);
        if size > replaced && would_be > self.bytes {
            let limit = self.bytes;
            return Err(OverQuota::TooManyBytes { would_be, limit });
        }
        Ok(())
    }

    /// Whether somebody may begin to store one more file in parts, of whose files as many as `under_way` come so.
    ///
    /// # Errors
    /// [`OverQuota::TooManyUploads`]: there may be as many as files.
    pub fn check_upload(&self, under_way: u64) -> Result<(), OverQuota> {
        if under_way >= self.files {
            return Err(OverQuota::TooManyUploads { limit: self.files });
        }
        Ok(())
    }

    /// Whether somebody with `usage` may store a part: what waits to become a file counts as if it were one, so that
    /// nobody keeps more in parts than in files. The file that the whole will replace is not counted against it.
    ///
    /// # Errors
    /// See [`OverQuota`].
    pub fn check_part(&self, usage: Usage, part: NewPart) -> Result<(), OverQuota> {
        let NewPart {
            size,
            previous,
            replaced,
        } = part;
        if size > self.file_bytes {
            let limit = self.file_bytes;
            return Err(OverQuota::FileTooLarge { size, limit });
        }
        let kept = usage
            .bytes
            .saturating_sub(previous.saturating_add(replaced));
        let would_be = kept.saturating_add(size);
        if size > previous && would_be > self.bytes {
            let limit = self.bytes;
            return Err(OverQuota::TooManyBytes { would_be, limit });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota {
        files: 3,
        bytes: 100,
        file_bytes: 60,
    };

    fn usage(files: u64, bytes: u64) -> Usage {
        Usage { files, bytes }
    }

    #[test]
    fn what_fits_exactly_is_taken() {
        assert_eq!(QUOTA.check(usage(2, 40), 60, None), Ok(()));
        assert_eq!(QUOTA.check(usage(3, 100), 60, Some(60)), Ok(()));
        assert_eq!(QUOTA.check(usage(0, 0), 0, None), Ok(()));
    }

    #[test]
    fn one_too_many_is_refused_with_the_limit() {
        let too_large = OverQuota::FileTooLarge {
            size: 61,
            limit: 60,
        };
        assert_eq!(QUOTA.check(usage(0, 0), 61, None), Err(too_large));
        let too_many = OverQuota::TooManyFiles { limit: 3 };
        assert_eq!(QUOTA.check(usage(3, 0), 0, None), Err(too_many));
        let too_long = OverQuota::TooManyBytes {
            would_be: 101,
            limit: 100,
        };
        assert_eq!(QUOTA.check(usage(2, 41), 60, None), Err(too_long));
        assert_eq!(
            too_long.to_string(),
            "your files may have at most 100 bytes together, and would have 101"
        );
    }

    #[test]
    fn whoever_is_over_a_quota_that_was_lowered_may_replace_by_less() {
        assert_eq!(QUOTA.check(usage(9, 900), 50, Some(50)), Ok(()));
        assert!(QUOTA.check(usage(9, 900), 51, Some(50)).is_err());
    }

    #[test]
    fn parts_count_as_the_file_that_they_will_be() {
        let part = |size, previous, replaced| NewPart {
            size,
            previous,
            replaced,
        };
        assert_eq!(QUOTA.check_part(usage(3, 70), part(30, 0, 0)), Ok(()));
        let too_long = OverQuota::TooManyBytes {
            would_be: 101,
            limit: 100,
        };
        assert_eq!(
            QUOTA.check_part(usage(3, 70), part(31, 0, 0)),
            Err(too_long)
        );
        // In place of another part, or for a file that goes when the whole is there.
        assert_eq!(QUOTA.check_part(usage(3, 70), part(40, 10, 0)), Ok(()));
        assert_eq!(QUOTA.check_part(usage(3, 70), part(60, 10, 20)), Ok(()));
        assert!(QUOTA.check_part(usage(3, 71), part(60, 10, 20)).is_err());
        // What makes nothing worse.
        assert_eq!(QUOTA.check_part(usage(3, 900), part(10, 10, 0)), Ok(()));
        assert!(QUOTA.check_part(usage(0, 0), part(61, 0, 0)).is_err());
    }

    #[test]
    fn as_many_uploads_as_files_may_be_under_way() {
        assert_eq!(QUOTA.check_upload(2), Ok(()));
        let refusal = QUOTA.check_upload(3).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "at most 3 of your uploads may be under way at once"
        );
    }

    #[test]
    fn sizes_do_not_wrap_around() {
        let quota = Quota {
            file_bytes: u64::MAX,
            ..QUOTA
        };
        assert!(quota.check(usage(1, u64::MAX), u64::MAX, None).is_err());
        let part = NewPart {
            size: u64::MAX,
            ..NewPart::default()
        };
        assert!(quota.check_part(usage(1, u64::MAX), part).is_err());
    }
}
