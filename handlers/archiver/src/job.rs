//! What a message says: which job is to be done. And who does it.

use std::{error::Error, str::FromStr};

use async_trait::async_trait;
use notewarden_domain::{IdentityId, Invalid, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// The version of messages that is written and read.
const VERSION: u32 = 1;

/// An archive job, by its owner and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JobReference {
    /// Whose archive it is.
    pub identity: IdentityId,
    /// The archive's id.
    pub archive: Uuid,
}

/// A reference as the body of a message: `{"version":1,"identityId":"…","archiveId":"…"}`. Further members are ignored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    version: u32,
    identity_id: String,
    archive_id: String,
}

/// Why a message names no job.
#[derive(Debug, Error)]
pub enum MalformedMessage {
    /// It is not JSON of the right form.
    #[error("the message is not a job reference")]
    Form(#[from] serde_json::Error),
    /// It is of a version that is not known here.
    #[error("the message is of version `{0}`: only version `{VERSION}` is known")]
    Version(u32),
    /// A member has a value that it cannot have.
    #[error("the message is not a job reference")]
    Member(#[from] Invalid),
}

impl FromStr for JobReference {
    type Err = MalformedMessage;

    fn from_str(body: &str) -> Result<Self, MalformedMessage> {
        let body: Body = serde_json::from_str(body)?;
        if body.version != VERSION {
            return Err(MalformedMessage::Version(body.version));
        }
        let archive = Uuid::try_parse(&body.archive_id)
            .ok()
            // Two spellings of an id would be two jobs.
            .filter(|id| id.to_string() == body.archive_id)
            .ok_or_else(|| Invalid::new("archiveId", "must be a UUID in lower case"))?;
        Ok(Self {
            identity: body.identity_id.parse()?,
            archive,
        })
    }
}

impl JobReference {
    /// The body of the message that names the job.
    pub fn body(&self) -> String {
        let body = Body {
            version: VERSION,
            identity_id: self.identity.to_string(),
            archive_id: self.archive.to_string(),
        };
        // INVARIANT: a struct of numbers and strings is always JSON.
        serde_json::to_string(&body).unwrap_or_default()
    }
}

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
    async fn run(&self, job: &JobReference, until: Timestamp) -> Result<(), JobError>;
}
