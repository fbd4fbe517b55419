//! Who does what the messages say.

use std::error::Error;

use async_trait::async_trait;
use notewarden_domain::{Timestamp, work::Work};

/// Why a job was not done.
pub type JobError = Box<dyn Error + Send + Sync>;

/// Does jobs.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Does the job, or finds that it is done or gone. It may be asked for the same job again at any time, also while
    /// it is doing it, and is dropped if it is not back at `until`: what it then had done must do no harm.
    ///
    /// # Errors
    /// The job is not done, and is worth another attempt.
    async fn run(&self, job: &Work, until: Timestamp) -> Result<(), JobError>;
}
