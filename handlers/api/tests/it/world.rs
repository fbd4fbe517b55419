//! The API with fakes behind it, and the people who call it.

use std::{ops::Deref, sync::Arc};

use axum::Router;
use notewarden_api::{App, GatewayContext, Storage, router};
use notewarden_domain::{
    IdentityId, ObjectKey, account::Account, api_keys::ApiKeys, archive::Limits,
    archives::Archives, files::Files, notes::Notes, quota::Quota, sign_ins::SignIns,
};
use notewarden_testkit::{
    FixedClock, MemoryAccounts, MemoryApiKeys, MemoryArchives, MemoryClaims, MemoryFiles,
    MemoryIdentities, MemoryLinks, MemoryNotes, MemoryQueue, PlainLinks, SeededIds,
    client::Actor,
    faults::{Faults, FaultyArchives, FaultyFiles, FaultyNotes, FaultyQueue},
    fixtures::{NOON, file, identity, request_context},
};
use serde_json::Value;

/// What a person may keep.
pub const QUOTA: Quota = Quota {
    files: 1_000,
    bytes: 1_000_000,
    file_bytes: 100_000,
};

/// What a person may ask for.
pub const LIMITS: Limits = Limits {
    files: 1_000,
    bytes: 1_000_000,
    jobs_under_way: 2,
    attempts: 2,
};

/// Everything that a test may touch besides HTTP.
pub struct World {
    pub router: Router,
    pub files: Arc<MemoryFiles>,
    pub archives: Arc<MemoryArchives>,
    pub queue: Arc<MemoryQueue>,
    pub identities: Arc<MemoryIdentities>,
    pub api_keys: ApiKeys,
    pub faults: Arc<Faults>,
    pub clock: Arc<FixedClock>,
    pub ids: Arc<SeededIds>,
}

impl World {
    pub fn new() -> Self {
        let files = Arc::new(MemoryFiles::default());
        let faults = Arc::new(Faults::default());
        let clock = Arc::new(FixedClock::at(NOON));
        let ids = Arc::new(SeededIds::new(7));
        let keys = Arc::new(MemoryApiKeys::default());
        let api_keys = ApiKeys::new(keys, clock.clone(), ids.clone());
        let identities = Arc::new(MemoryIdentities::new(8));
        let sign_ins = SignIns::new(Arc::new(MemoryLinks::default()), identities.clone());
        let claims = Arc::new(MemoryClaims::default());
        let stored = Arc::new(MemoryNotes::sharing(claims.clone()));
        let archives = Arc::new(MemoryArchives::sharing(claims.clone()));
        let queue = Arc::new(MemoryQueue::default());
        let note_store = Arc::new(FaultyNotes::new(stored, faults.clone()));
        let file_store = Arc::new(FaultyFiles::new(files.clone(), faults.clone()));
        let links = Arc::new(PlainLinks(NOON));
        let app = App {
            notes: Notes::new(
                note_store.clone(),
                file_store.clone(),
                clock.clone(),
                ids.clone(),
            )
            .telling(queue.clone()),
            storage: Some(Storage {
                account: Account {
                    notes: note_store.clone(),
                    files: file_store.clone(),
                    index: files.clone(),
                    archives: archives.clone(),
                    identities: identities.clone(),
                    accounts: Arc::new(MemoryAccounts::new(9)),
                    queue: Arc::new(FaultyQueue::new(queue.clone(), faults.clone())),
                    clock: clock.clone(),
                    quota: QUOTA,
                },
                files: Files {
                    store: file_store.clone(),
                    index: files.clone(),
                    links: links.clone(),
                    notes: note_store,
                    claims: claims.clone(),
                    clock: clock.clone(),
                    ids: ids.clone(),
                    quota: QUOTA,
                },
                archives: Archives {
                    store: Arc::new(FaultyArchives::new(archives.clone(), faults.clone())),
                    files: file_store,
                    index: files.clone(),
                    links,
                    claims,
                    queue: Arc::new(FaultyQueue::new(queue.clone(), faults.clone())),
                    clock: clock.clone(),
                    ids: ids.clone(),
                    limits: LIMITS,
                },
            }),
            api_keys: api_keys.clone(),
            sign_ins,
        };
        Self {
            router: router(app),
            identities,
            api_keys,
            files,
            archives,
            queue,
            faults,
            clock,
            ids,
        }
    }

    /// Somebody new, signed in.
    pub fn person(&self) -> Person {
        self.client_of(identity(&*self.ids))
    }

    /// Another client of this person.
    pub fn client_of(&self, identity: IdentityId) -> Person {
        let id = identity.clone();
        let actor = self.actor(move |method, path| request_context(&id, method, path));
        Person { identity, actor }
    }

    /// Somebody whose requests come with the request context that `context` makes.
    pub fn actor(
        &self,
        context: impl Fn(&str, &str) -> Value + Send + Sync + 'static,
    ) -> Actor<Router> {
        Actor::new(self.router.clone(), move |parts, _| {
            let context = context(parts.method.as_str(), parts.uri.path());
            let context: GatewayContext = serde_json::from_value(context).unwrap();
            parts.extensions.insert(context);
        })
    }

    /// Uploads files into a person's folder.
    pub fn upload(&self, owner: &Person, names: &[&str]) {
        for name in names {
            self.files.put(&owner.key(name), 1, NOON);
        }
    }
}

/// Somebody who is signed in.
pub struct Person {
    pub identity: IdentityId,
    actor: Actor<Router>,
}

impl Person {
    /// The key of a file in their folder.
    pub fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::private(&self.identity, &file(name))
    }

    /// The path of a new note of theirs.
    pub async fn note(&self, content: &str) -> String {
        let body = serde_json::json!({ "content": content });
        let created = self.post("/notes", body).await.created();
        created.header("location").unwrap().to_owned()
    }
}

impl Deref for Person {
    type Target = Actor<Router>;

    fn deref(&self) -> &Actor<Router> {
        &self.actor
    }
}
