//! What a deployment allows each person: one list of names, bounds and defaults, for flags, variables and parameters of
//! the template alike.

use std::ops::RangeInclusive;

use crate::{archive::Limits, quota::Quota};

/// How much each person may keep and have packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowances {
    /// What they may keep.
    pub quota: Quota,
    /// What they may have packed.
    pub limits: Limits,
}

/// One of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// [`Quota::files`].
    MaxFiles,
    /// [`Quota::bytes`].
    MaxBytes,
    /// [`Quota::file_bytes`].
    MaxFileBytes,
    /// [`Limits::files`].
    MaxArchiveFiles,
    /// [`Limits::bytes`].
    MaxArchiveBytes,
    /// [`Limits::jobs_under_way`].
    MaxArchivesUnderWay,
    /// [`Limits::attempts`].
    MaxArchiveAttempts,
}

/// Why a text is no value of an allowance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{variable}` is `{text}`: it must be a whole number from {least} to {most}")]
pub struct NotAllowed {
    /// The variable's name.
    pub variable: &'static str,
    /// What it is.
    pub text: String,
    /// The least that it may be.
    pub least: u64,
    /// The most that it may be.
    pub most: u64,
}

/// The longest object of S3, 5 TiB in parts.
const LONGEST: u64 = 5 << 40;

/// The greatest number of bytes that every client's JSON reads exactly.
const MOST_BYTES: u64 = (1 << 53) - 1;

impl Allowance {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::MaxFiles,
        Self::MaxBytes,
        Self::MaxFileBytes,
        Self::MaxArchiveFiles,
        Self::MaxArchiveBytes,
        Self::MaxArchivesUnderWay,
        Self::MaxArchiveAttempts,
    ];

    /// The template's parameter, as `MaxFiles`.
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::MaxFiles => "MaxFiles",
            Self::MaxBytes => "MaxBytes",
            Self::MaxFileBytes => "MaxFileBytes",
            Self::MaxArchiveFiles => "MaxArchiveFiles",
            Self::MaxArchiveBytes => "MaxArchiveBytes",
            Self::MaxArchivesUnderWay => "MaxArchivesUnderWay",
            Self::MaxArchiveAttempts => "MaxArchiveAttempts",
        }
    }

    /// The variable of a function's environment, as `MAX_FILES`.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::MaxFiles => "MAX_FILES",
            Self::MaxBytes => "MAX_BYTES",
            Self::MaxFileBytes => "MAX_FILE_BYTES",
            Self::MaxArchiveFiles => "MAX_ARCHIVE_FILES",
            Self::MaxArchiveBytes => "MAX_ARCHIVE_BYTES",
            Self::MaxArchivesUnderWay => "MAX_ARCHIVES_UNDER_WAY",
            Self::MaxArchiveAttempts => "MAX_ARCHIVE_ATTEMPTS",
        }
    }

    /// What it may be. Nobody can make archives who may make none at all, so these are one at least.
    pub const fn range(self) -> RangeInclusive<u64> {
        match self {
            Self::MaxFiles => 0..=1_000_000,
            Self::MaxBytes => 0..=MOST_BYTES,
            Self::MaxFileBytes => 0..=LONGEST,
            Self::MaxArchiveFiles => 1..=100_000,
            Self::MaxArchiveBytes => 1..=LONGEST,
            Self::MaxArchivesUnderWay => 1..=1_000,
            Self::MaxArchiveAttempts => 1..=10,
        }
    }

    /// The number that a text stands for: digits, nothing else.
    ///
    /// # Errors
    /// It is no number, or one that is out of bounds.
    pub fn read(self, text: &str) -> Result<u64, NotAllowed> {
        let (least, most) = self.range().into_inner();
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_digits);
        let number = number.filter(|number| self.range().contains(number));
        number.ok_or_else(|| NotAllowed {
            variable: self.variable(),
            text: text.to_owned(),
            least,
            most,
        })
    }
}

impl Allowances {
    /// The number as it is set.
    pub const fn get(&self, allowance: Allowance) -> u64 {
        match allowance {
            Allowance::MaxFiles => self.quota.files,
            Allowance::MaxBytes => self.quota.bytes,
            Allowance::MaxFileBytes => self.quota.file_bytes,
            Allowance::MaxArchiveFiles => self.limits.files,
            Allowance::MaxArchiveBytes => self.limits.bytes,
            Allowance::MaxArchivesUnderWay => self.limits.jobs_under_way as u64,
            Allowance::MaxArchiveAttempts => self.limits.attempts as u64,
        }
    }

    /// Sets the number, as near to `value` as is allowed.
    pub fn set(&mut self, allowance: Allowance, value: u64) {
        let (least, most) = allowance.range().into_inner();
        let value = value.clamp(least, most);
        // INVARIANT: the ranges of what is counted in 32 bits fit them.
        let small = u32::try_from(value).unwrap_or(u32::MAX);
        match allowance {
            Allowance::MaxFiles => self.quota.files = value,
            Allowance::MaxBytes => self.quota.bytes = value,
            Allowance::MaxFileBytes => self.quota.file_bytes = value,
            Allowance::MaxArchiveFiles => self.limits.files = value,
            Allowance::MaxArchiveBytes => self.limits.bytes = value,
            Allowance::MaxArchivesUnderWay => self.limits.jobs_under_way = small,
            Allowance::MaxArchiveAttempts => self.limits.attempts = small,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_set_by_itself_and_the_defaults_are_allowed() {
        for allowance in Allowance::ALL {
            let defaults = Allowances::default();
            assert!(allowance.range().contains(&defaults.get(allowance)));
            let mut set = defaults;
            set.set(allowance, 7);
            for other in Allowance::ALL {
                let expected = if other == allowance {
                    7
                } else {
                    defaults.get(other)
                };
                assert_eq!(set.get(other), expected, "{allowance:?}, {other:?}");
            }
        }
    }

    #[test]
    fn the_spellings_are_those_of_one_name() {
        for allowance in Allowance::ALL {
            let words = allowance.variable().split('_').map(|word| {
                let (first, rest) = word.split_at(1);
                format!("{first}{}", rest.to_lowercase())
            });
            assert_eq!(words.collect::<String>(), allowance.parameter());
        }
    }

    #[test]
    fn what_is_no_number_or_out_of_bounds_is_named() {
        assert_eq!(Allowance::MaxFiles.read("0"), Ok(0));
        assert_eq!(Allowance::MaxArchiveAttempts.read("10"), Ok(10));
        for text in [
            "",
            "-1",
            "+1",
            " 1",
            "1e3",
            "0x1",
            "1_000",
            "11",
            "0",
            "99999999999999999999",
        ] {
            let refused = Allowance::MaxArchiveAttempts.read(text).unwrap_err();
            assert_eq!(
                refused.to_string(),
                format!(
                    "`MAX_ARCHIVE_ATTEMPTS` is `{text}`: it must be a whole number from 1 to 10"
                )
            );
        }
    }
}
