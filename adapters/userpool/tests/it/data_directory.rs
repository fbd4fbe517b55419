//! A data directory that can be restarted, with a clock that is wound by hand.

use std::{path::Path, sync::Arc, time::Duration};

use notewarden_domain::ports::{Clock, IdSource};
use notewarden_embedded::Database;
use notewarden_testkit::{
    fakes::{FixedClock, SeededIds},
    fixtures::NOON,
};
use notewarden_userpool::{Credentials, Identities};
use tempfile::TempDir;

pub const ACCOUNT: &str = "000000000000";
pub const REGION: &str = "us-east-1";

pub struct DataDirectory {
    directory: TempDir,
    database: Option<Database>,
    pub clock: Arc<FixedClock>,
    ids: Arc<SeededIds>,
}

impl DataDirectory {
    pub fn new() -> Self {
        Self::seeded(7)
    }

    /// One whose ids and secrets follow from `seed`.
    pub fn seeded(seed: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = Some(Database::open(directory.path()).unwrap());
        Self {
            directory,
            database,
            clock: Arc::new(FixedClock::at(NOON)),
            ids: Arc::new(SeededIds::new(seed)),
        }
    }

    /// Opens the directory again, as another process would. Stores made before must be gone.
    pub fn restart(&mut self) {
        drop(self.database.take());
        self.database = Some(Database::open(self.directory.path()).unwrap());
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub fn database(&self) -> Database {
        self.database.clone().unwrap()
    }

    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    pub fn ids(&self) -> Arc<dyn IdSource> {
        self.ids.clone()
    }

    pub fn credentials(&self) -> Credentials {
        Credentials::new(ACCOUNT, self.database(), self.clock(), self.ids())
    }

    pub fn identities(&self) -> Identities {
        Identities::new(REGION, self.database(), self.clock(), self.ids())
    }
}
