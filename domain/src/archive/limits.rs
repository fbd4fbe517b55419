//! How much one person may ask for.

use crate::Invalid;

/// What is allowed of archives. The defaults are those of the service; a deployment may set others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most files in an archive.
    pub files: u64,
    /// The most bytes of files in an archive.
    pub bytes: u64,
    /// The most jobs of one person that wait or run at the same time.
    pub jobs_under_way: u32,
    /// How often a job is begun, before it is given up.
    pub attempts: u32,
}

/// 10,000 files, 1 TiB, 3 jobs, 5 attempts.
impl Default for Limits {
    fn default() -> Self {
        Self {
            files: 10_000,
            bytes: 1 << 40,
            jobs_under_way: 3,
            attempts: 5,
        }
    }
}

impl Limits {
    /// May an archive hold so many files of so many bytes?
    ///
    /// # Errors
    /// There are none, or more of either than is allowed.
    pub fn check_selection(&self, files: u64, bytes: u64) -> Result<(), Invalid> {
        let refuse = |rule: String| Err(Invalid::new("files", rule));
        if files == 0 {
            return refuse("must select at least one file".to_owned());
        }
        if files > self.files {
            let most = self.files;
            return refuse(format!(
                "must select at most {most} files, and selects {files}"
            ));
        }
        if bytes > self.bytes {
            let most = self.bytes;
            return refuse(format!(
                "must select at most {most} bytes, and selects {bytes}"
            ));
        }
        Ok(())
    }

    /// May a person with so many jobs that wait or run ask for another?
    ///
    /// # Errors
    /// There are as many as are allowed.
    pub fn check_jobs(&self, under_way: u32) -> Result<(), Invalid> {
        if under_way < self.jobs_under_way {
            Ok(())
        } else {
            let most = self.jobs_under_way;
            Err(Invalid::new(
                "archives",
                format!("must be at most {most} under way at once"),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_reached_but_not_passed() {
        let limits = Limits {
            files: 2,
            bytes: 10,
            jobs_under_way: 1,
            attempts: 1,
        };
        assert_eq!(limits.check_selection(2, 10), Ok(()));
        assert_eq!(limits.check_jobs(0), Ok(()));
        let said = |refused: Result<(), Invalid>| refused.unwrap_err().to_string();
        assert_eq!(
            said(limits.check_selection(0, 0)),
            "`files` must select at least one file"
        );
        assert_eq!(
            said(limits.check_selection(3, 0)),
            "`files` must select at most 2 files, and selects 3"
        );
        assert_eq!(
            said(limits.check_selection(1, 11)),
            "`files` must select at most 10 bytes, and selects 11"
        );
        assert_eq!(
            said(limits.check_jobs(1)),
            "`archives` must be at most 1 under way at once"
        );
    }
}
