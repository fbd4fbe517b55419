//! A data directory with somebody in it who has credentials and notes, made without a server.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request};
use notewarden::{
    deployment::{ACCOUNT_ID, Deployment},
    system::{SystemClock, SystemIds},
};
use notewarden_domain::{IdentityId, NoteId, Timestamp, ports::NoteStore};
use notewarden_embedded::{Database, EmbeddedNotes};
use notewarden_testkit::{
    SeededIds,
    fixtures::{identity, note},
};
use notewarden_userpool::{CognitoIdentity, Credentials, Principal};
use tokio::task::JoinSet;

use super::{
    load,
    signing::{Keys, Signing},
};

/// When the stored notes were written.
const LONG_AGO: Timestamp = Timestamp::from_millis(1_767_225_600_000);
/// How many writes are under way at once while notes are stored.
const AT_ONCE: usize = 256;

/// Somebody signed in.
pub struct Person {
    pub identity: IdentityId,
    pub keys: Keys,
    pub bucket: String,
    pub notes: Vec<NoteId>,
}

/// Fills `dir` with somebody who has `count` notes of 200 characters.
pub async fn furnish(dir: &Path, count: usize) -> Person {
    let ids = Arc::new(SeededIds::new(count as u64));
    let identity = identity(ids.as_ref());
    let database = Database::open(dir).unwrap();
    let deployment = Deployment::load_or_create(dir, &SystemIds::default()).unwrap();
    let principal = Principal::session(
        ACCOUNT_ID,
        &format!("notewarden-AuthRole-{}", deployment.suffix),
        "AROAXXXXXXXXXXXXXXXXX",
        "CognitoIdentityCredentials",
        Some(CognitoIdentity {
            identity_id: identity.clone(),
            identity_pool_id: deployment.identity_pool,
            amr: vec!["authenticated".to_owned()],
        }),
    );
    let credentials = Credentials::new(
        ACCOUNT_ID,
        database.clone(),
        Arc::new(SystemClock),
        Arc::new(SystemIds::default()),
    );
    let lifetime = Duration::from_secs(3_600);
    let credential = credentials.issue_session(principal, lifetime).await;
    let credential = credential.unwrap();
    let token = credential.session_token.as_ref().unwrap();
    let keys = Keys {
        id: credential.access_key_id.clone(),
        secret: credential.secret_access_key.expose().to_owned(),
        token: Some(token.expose().to_owned()),
    };

    let store = Arc::new(EmbeddedNotes::new(database));
    let mut notes = Vec::with_capacity(count);
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let now = LONG_AGO.plus(Duration::from_millis(number as u64));
        let note = note(&identity, ids.as_ref(), now, &"x".repeat(200));
        notes.push(note.id);
        if tasks.len() == AT_ONCE {
            tasks.join_next().await.unwrap().unwrap();
        }
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.create(&note, None).await.map(drop).unwrap() });
    }
    tasks.join_all().await;
    Person {
        identity,
        keys,
        bucket: deployment.bucket,
        notes,
    }
}

impl Person {
    /// A request to the HTTP API at `address`, signed and encoded.
    pub fn api(&self, address: SocketAddr, method: Method, path: &str, body: &str) -> Bytes {
        self.signed(address, "execute-api", method, path, body.to_owned().into())
    }

    /// A request for a file in the own folder, signed and encoded.
    pub fn file(&self, address: SocketAddr, method: Method, name: &str, body: Bytes) -> Bytes {
        let path = format!("{}/{name}", self.folder());
        self.signed(address, "s3", method, &path, body)
    }

    /// A request that copies an object to where `name` says, signed and encoded.
    pub fn copy(&self, address: SocketAddr, name: &str, source: &str) -> Bytes {
        let path = format!("{}/{name}", self.folder());
        let request = Request::builder()
            .method(Method::PUT)
            .uri(format!("http://{address}{path}"))
            .header("host", address.to_string())
            .header("x-amz-copy-source", source);
        let mut request = request.body(Bytes::new()).unwrap();
        Signing::new(&self.keys, "s3").sign(&mut request);
        load::encode(&request)
    }

    /// The path of the own folder, encoded as S3's canonical requests have it.
    pub fn folder(&self) -> String {
        let identity = self.identity.as_str().replace(':', "%3A");
        format!("/{}/private/{identity}", self.bucket)
    }

    fn signed(
        &self,
        address: SocketAddr,
        service: &'static str,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Bytes {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{address}{path}"))
            .header("host", address.to_string())
            .header("accept", "application/json");
        let mut request = request.body(body).unwrap();
        Signing::new(&self.keys, service).sign(&mut request);
        load::encode(&request)
    }
}
