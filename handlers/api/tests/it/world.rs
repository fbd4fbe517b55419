//! The API with fakes behind it, and the people who call it.

use std::ops::Deref;

use axum::Router;
use notewarden_api::{App, GatewayContext, router};
use notewarden_domain::{IdentityId, ObjectKey, archive::Limits, quota::Quota};
use notewarden_testkit::{
    client::Actor,
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
    stores: notewarden_testkit::World,
}

impl Deref for World {
    type Target = notewarden_testkit::World;

    fn deref(&self) -> &Self::Target {
        &self.stores
    }
}

impl World {
    pub fn new() -> Self {
        let stores = notewarden_testkit::World {
            quota: QUOTA,
            limits: LIMITS,
            ..Default::default()
        };
        let app = App {
            notes: stores.notes(),
            files: stores.files(),
            archives: stores.archives(),
            account: stores.account(),
            api_keys: stores.api_keys.clone(),
            sign_ins: stores.sign_ins(),
        };
        Self {
            router: router(app),
            stores,
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
