//! The API with fakes behind it, and the people who call it.

use std::{ops::Deref, sync::Arc};

use axum::Router;
use notewarden_api::{App, GatewayContext, router};
use notewarden_domain::{IdentityId, ObjectKey, notes::Notes};
use notewarden_testkit::{
    FixedClock, MemoryFiles, MemoryNotes, SeededIds,
    client::Actor,
    faults::{Faults, FaultyFiles, FaultyNotes},
    fixtures::{NOON, file, identity, request_context},
};
use serde_json::Value;

/// Everything that a test may touch besides HTTP.
pub struct World {
    pub router: Router,
    pub files: Arc<MemoryFiles>,
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
        let stored = Arc::new(MemoryNotes::default());
        let notes = Notes::new(
            Arc::new(FaultyNotes::new(stored, faults.clone())),
            Arc::new(FaultyFiles::new(files.clone(), faults.clone())),
            clock.clone(),
            ids.clone(),
        );
        Self {
            router: router(App { notes }),
            files,
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
