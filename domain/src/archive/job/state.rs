//! The states of a job.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Where a job is in its life, as its owner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It waits for a worker.
    Queued,
    /// A worker is making the zip.
    Running,
    /// The zip can be downloaded.
    Ready,
    /// There is no zip, and there will be none.
    Failed,
    /// Its owner does not want it any more.
    Cancelled,
    /// The zip was removed when its time was over.
    Expired,
}

impl Status {
    /// Does the job wait or run?
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        })
    }
}

/// One worker's claim on a job: the first to begin it has 1, whoever takes over one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempt(u32);

impl Attempt {
    /// The attempt with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Why there is no zip, in words for its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Failure {
    /// Every file was gone.
    #[error("none of the files exists any more")]
    NothingLeft,
    /// The files have grown beyond what an archive may hold.
    #[error("the files are more than an archive may hold")]
    TooLarge,
    /// The files changed again and again while the zip was made.
    #[error("the files kept changing while the archive was made")]
    KeptChanging,
    /// No attempt came to an end.
    #[error("the archive could not be made in as many attempts as are allowed")]
    Exhausted,
    /// Nobody made the zip in time.
    #[error("the archive was not made in time")]
    TooLate,
}

/// Where a job is in its life, with what is known there only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "status")]
pub enum State {
    /// It waits for a worker.
    Queued,
    /// A worker is making the zip.
    Running {
        /// Which.
        attempt: Attempt,
        /// When another may take over, unless the worker gives word before.
        lease_until: Timestamp,
    },
    /// The zip can be downloaded.
    Ready {
        /// Who made it.
        attempt: Attempt,
        /// Its length in bytes.
        size: u64,
    },
    /// There is no zip, and there will be none.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Its owner does not want it any more.
    Cancelled,
    /// The zip was removed when its time was over.
    Expired,
}

impl State {
    /// The state as the owner sees it.
    pub fn status(&self) -> Status {
        match self {
            Self::Queued => Status::Queued,
            Self::Running { .. } => Status::Running,
            Self::Ready { .. } => Status::Ready,
            Self::Failed { .. } => Status::Failed,
            Self::Cancelled => Status::Cancelled,
            Self::Expired => Status::Expired,
        }
    }
}
