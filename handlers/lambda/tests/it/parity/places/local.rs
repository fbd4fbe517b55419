//! The local server, whose worker is held.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, header};
use notewarden::{
    server::Server,
    wiring::{self, Settings},
};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Followed, MAX_BYTES, Place, Seen, followed, held::Hold, lines};
use crate::{
    local::{self, Actor, Signing},
    parity::steps::{Ask, Who},
};

/// The local server.
pub struct Local {
    alice: Actor,
    bob: Actor,
    hold: Hold,
    // Declared before the directory, so that it ends before what it writes to does.
    _server: Server,
    _data_dir: TempDir,
}

impl Local {
    pub async fn new() -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(data_dir.path(), Arc::new(|_| ()));
        let parameter = ("MaxBytes".to_owned(), MAX_BYTES.to_owned());
        settings.parameters.extend([parameter]);
        let mut app = wiring::open(settings).await.unwrap();
        let hold = Hold::new();
        let parts = Arc::get_mut(&mut app).unwrap();
        parts.later = parts.later.clone().through(|jobs| hold.of(jobs));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(listener, app.clone()).unwrap();
        let outputs = app.publish(server.address(), None).unwrap();
        let place = Arc::new(local::Place::at(serde_json::to_value(outputs).unwrap()));
        let alice = Actor::sign_up(&place, "alice").await;
        alice.put("a", "a file").await.ok();
        Self {
            bob: Actor::sign_up(&place, "bob").await,
            alice,
            hold,
            _server: server,
            _data_dir: data_dir,
        }
    }
}

#[async_trait]
impl Place for Local {
    fn names(&self) -> Vec<(String, &'static str)> {
        let place = &self.alice.place;
        vec![
            (self.alice.identity_id.clone(), "<identity>"),
            (self.bob.identity_id.clone(), "<neighbour>"),
            (place.output("UserPool").to_owned(), "<user pool>"),
            (place.output("Bucket").to_owned(), "<bucket>"),
        ]
    }

    async fn send(&mut self, ask: &Ask, path: &str, key: &str) -> Seen {
        let alice = &self.alice;
        let method: Method = ask.method.parse().unwrap();
        let mut request = alice.request(method, path, &ask.headers, ask.body.clone());
        let keys = match ask.who {
            Who::Person => Some(alice.keys.clone()),
            Who::Neighbour => Some(self.bob.keys.clone()),
            Who::Administrator => Some(alice.place.admin_keys()),
            Who::Nobody | Who::Key | Who::Token => None,
        };
        if let Some(keys) = keys {
            Signing::new(&keys, "execute-api").sign(&mut request);
        }
        let headers = request.headers_mut();
        match ask.who {
            Who::Key => drop(headers.insert("x-api-key", key.parse().unwrap())),
            Who::Token => {
                let token = format!("Bearer {}", alice.access_token);
                headers.insert(header::AUTHORIZATION, token.parse().unwrap());
            }
            _ => {}
        }
        let answer = alice.place.send(request).await;
        // The gateway and the connection add these by themselves.
        let is_added = |name: &str| {
            matches!(name, "date" | "content-length" | "connection")
                || name.starts_with("access-control-")
        };
        Seen {
            status: answer.status.as_u16(),
            headers: lines(&answer.headers, |name| !is_added(name)),
            body: answer.text().to_owned(),
        }
    }

    async fn follow(&mut self, link: Request<Bytes>) -> Followed {
        followed(self.alice.place.send(link).await)
    }

    async fn work(&mut self, waiting: &[&str]) {
        self.hold.release(waiting.len()).await;
    }
}
