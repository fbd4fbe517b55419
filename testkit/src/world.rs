//! A whole deployment of fakes: every use case over stores in memory, with faults in front of them.

use std::sync::Arc;

use notewarden_domain::{
    account::Account, api_keys::ApiKeys, archive::Limits, archives::Archives, files::Files,
    notes::Notes, quota::Quota, sign_ins::SignIns,
};

use crate::{
    fakes::{
        FixedClock, MemoryAccounts, MemoryApiKeys, MemoryArchives, MemoryClaims, MemoryFiles,
        MemoryIdentities, MemoryLinks, MemoryNotes, MemoryQueue, PlainLinks, SeededIds,
    },
    faults::{Faults, FaultyArchives, FaultyFiles, FaultyNotes, FaultyQueue},
    fixtures::NOON,
};

/// The stores that all use cases share, and the faults before them. It is noon, until a test moves the clock.
pub struct World {
    /// Where notes are, without the faults.
    pub notes: Arc<MemoryNotes>,
    /// Where files are, without the faults.
    pub files: Arc<MemoryFiles>,
    /// Where jobs are, without the faults.
    pub archives: Arc<MemoryArchives>,
    /// What is to be done later, without the faults.
    pub queue: Arc<MemoryQueue>,
    /// Who has signed in.
    pub identities: Arc<MemoryIdentities>,
    /// Who can sign in.
    pub accounts: Arc<MemoryAccounts>,
    /// Where API keys are.
    pub keys: Arc<MemoryApiKeys>,
    /// The use cases of API keys, which count in memory how much each key is used.
    pub api_keys: ApiKeys,
    /// Which login is whose.
    pub logins: Arc<MemoryLinks>,
    /// What was asked for once and is not to be done twice.
    pub claims: Arc<MemoryClaims>,
    /// What goes wrong with the stores.
    pub faults: Arc<Faults>,
    /// The time.
    pub clock: Arc<FixedClock>,
    /// Where ids and secrets come from.
    pub ids: Arc<SeededIds>,
    /// What a person may keep.
    pub quota: Quota,
    /// What a person may ask for.
    pub limits: Limits,
}

impl Default for World {
    fn default() -> Self {
        let claims = Arc::new(MemoryClaims::default());
        let clock = Arc::new(FixedClock::at(NOON));
        let ids = Arc::new(SeededIds::new(7));
        let keys = Arc::new(MemoryApiKeys::default());
        Self {
            notes: Arc::new(MemoryNotes::sharing(claims.clone())),
            files: Arc::default(),
            archives: Arc::new(MemoryArchives::sharing(claims.clone())),
            queue: Arc::default(),
            identities: Arc::new(MemoryIdentities::new(8)),
            accounts: Arc::new(MemoryAccounts::new(9)),
            api_keys: ApiKeys::new(keys.clone(), clock.clone(), ids.clone()),
            keys,
            logins: Arc::default(),
            claims,
            faults: Arc::default(),
            clock,
            ids,
            quota: Quota::default(),
            limits: Limits::default(),
        }
    }
}

impl World {
    /// The use cases of notes.
    pub fn notes(&self) -> Notes {
        Notes {
            store: self.faulty_notes(),
            files: self.faulty_files(),
            claims: self.claims.clone(),
            queue: self.faulty_queue(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        }
    }

    /// The use cases of files.
    pub fn files(&self) -> Files {
        Files {
            store: self.faulty_files(),
            index: self.files.clone(),
            links: Arc::new(PlainLinks(NOON)),
            notes: self.faulty_notes(),
            claims: self.claims.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            quota: self.quota,
        }
    }

    /// The use cases of archives.
    pub fn archives(&self) -> Archives {
        Archives {
            store: self.faulty_archives(),
            files: self.faulty_files(),
            index: self.files.clone(),
            links: Arc::new(PlainLinks(NOON)),
            claims: self.claims.clone(),
            queue: self.faulty_queue(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            limits: self.limits,
        }
    }

    /// The use cases of accounts.
    pub fn account(&self) -> Account {
        Account {
            api_keys: self.keys.clone(),
            notes: self.faulty_notes(),
            files: self.faulty_files(),
            index: self.files.clone(),
            archives: self.faulty_archives(),
            identities: self.identities.clone(),
            accounts: self.accounts.clone(),
            queue: self.faulty_queue(),
            clock: self.clock.clone(),
            quota: self.quota,
        }
    }

    /// Who people with tokens are.
    pub fn sign_ins(&self) -> SignIns {
        SignIns::new(self.logins.clone(), self.identities.clone())
    }

    fn faulty_notes(&self) -> Arc<FaultyNotes> {
        Arc::new(FaultyNotes::new(self.notes.clone(), self.faults.clone()))
    }

    fn faulty_files(&self) -> Arc<FaultyFiles<MemoryFiles>> {
        Arc::new(FaultyFiles::new(self.files.clone(), self.faults.clone()))
    }

    fn faulty_archives(&self) -> Arc<FaultyArchives> {
        let archives = self.archives.clone();
        Arc::new(FaultyArchives::new(archives, self.faults.clone()))
    }

    fn faulty_queue(&self) -> Arc<FaultyQueue> {
        Arc::new(FaultyQueue::new(self.queue.clone(), self.faults.clone()))
    }
}
