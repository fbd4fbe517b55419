//! A store whose DynamoDB is whatever answers at an endpoint, and answers as DynamoDB spells them.

pub mod tables;
pub mod template;

use std::{
    borrow::Cow,
    error::Error,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use aws_types::{SdkConfig, region::Region};
use notewarden_aws::Tuning;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError,
    idempotency::{IDEMPOTENCY_WINDOW, IdempotencyClaim, RequestHash},
};
use notewarden_dynamodb::{DynamoNotes, Tables};
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, attachments, identity, note},
    http::{Received, ScriptedServer, Step},
};
use serde_json::{Value, json};

/// Few attempts in quick succession, and no time-out that a busy machine would run into.
pub const QUICK: Tuning = Tuning {
    attempts: 3,
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(1),
    connect_timeout: Duration::from_secs(60),
    attempt_timeout: Duration::from_secs(60),
    request_timeout: Duration::from_secs(60),
};

/// The SDK's settings for the service of `region` at `endpoint`.
pub fn config(endpoint: &str, region: impl Into<Cow<'static, str>>) -> SdkConfig {
    let credentials = Credentials::from_keys("AKIAEXAMPLE", "secret", None);
    SdkConfig::builder()
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Builder::new().build_http())
        .endpoint_url(endpoint)
        .build()
}

pub fn tables(suffix: &str) -> Tables {
    Tables {
        notes: format!("notes{suffix}"),
        idempotency: format!("idempotency{suffix}"),
    }
}

/// A store in front of a DynamoDB that plays a script.
pub struct Scripted {
    pub server: ScriptedServer,
    pub notes: DynamoNotes,
}

impl Scripted {
    /// It plays these steps, and then succeeds at everything and finds nothing.
    pub async fn with(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::tuned(QUICK, answer(&json!({})), steps).await
    }

    /// It does the same to every request.
    pub async fn always(step: Step) -> Self {
        Self::tuned(QUICK, step, []).await
    }

    pub async fn tuned(
        tuning: Tuning,
        usually: Step,
        steps: impl IntoIterator<Item = Step>,
    ) -> Self {
        // The SDK counts by region what it spends on attempts, and no test is to live on what another has left.
        static REGIONS: AtomicU32 = AtomicU32::new(0);
        let region = format!("test-{}", REGIONS.fetch_add(1, Ordering::Relaxed));
        let server = ScriptedServer::start(usually).await;
        server.play(steps);
        let config = config(&server.endpoint(), region);
        let notes = DynamoNotes::tuned(&config, tables(""), &tuning);
        Self { server, notes }
    }

    /// The requests so far, each as operation and body. The script must be at its end.
    pub fn requests(&self) -> Vec<(String, Value)> {
        assert_eq!(self.server.waiting(), 0, "steps that nobody took");
        self.server.requests().iter().map(request).collect()
    }

    /// The operations so far.
    pub fn operations(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests.map(|(operation, _)| operation).collect()
    }
}

/// The operation that a request asks for, and its body.
pub fn request(received: &Received) -> (String, Value) {
    let target = received.header("x-amz-target").unwrap();
    let (_, operation) = target.split_once('.').unwrap();
    let body = serde_json::from_slice(&received.body).unwrap();
    (operation.to_owned(), body)
}

pub fn answer(body: &Value) -> Step {
    Step::answer(200, body.to_string()).with("content-type", "application/x-amz-json-1.0")
}

/// The error `code`, with more members of its body.
pub fn error_with(status: u16, code: &str, more: &Value) -> Step {
    let mut body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
        "message": "as the script says",
    });
    let members = body.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    Step::answer(status, body.to_string())
        .with("content-type", "application/x-amz-json-1.0")
        .with("x-amzn-requestid", "REQUEST1")
}

pub fn error(status: u16, code: &str) -> Step {
    error_with(status, code, &json!({}))
}

/// A plain write is refused where this item is stored, or none.
pub fn not_met(found: Option<&Value>) -> Step {
    let more = found.map_or(json!({}), |item| json!({ "Item": item }));
    error_with(400, "ConditionalCheckFailedException", &more)
}

/// A transaction is cancelled, for one reason a change: a code, and what is stored.
pub fn cancelled(reasons: &[(&str, Option<&Value>)]) -> Step {
    let reasons: Vec<_> = reasons
        .iter()
        .map(|(code, item)| match item {
            Some(item) => json!({ "Code": code, "Message": "so", "Item": item }),
            None => json!({ "Code": code }),
        })
        .collect();
    let more = json!({ "CancellationReasons": reasons });
    error_with(400, "TransactionCanceledException", &more)
}

/// A note as it is stored, by the documentation of the format.
pub fn stored(note: &Note) -> Value {
    let names = note.attachments.names().iter();
    let names: Vec<_> = names.map(|name| json!({ "S": name.as_str() })).collect();
    json!({
        "userId": { "S": note.owner.as_str() },
        "noteId": { "S": note.id.to_string() },
        "version": { "N": note.version.get().to_string() },
        "createdAt": { "N": note.created_at.as_millis().to_string() },
        "updatedAt": { "N": note.updated_at.as_millis().to_string() },
        "attachments": { "L": names },
        "content": { "S": note.content.as_str() },
    })
}

/// A claim that leads to `note`.
pub fn claim(note: &Note) -> IdempotencyClaim {
    IdempotencyClaim {
        owner: note.owner.clone(),
        key: "key".parse().unwrap(),
        request: RequestHash([7; 32]),
        expires_at: NOON.plus(IDEMPOTENCY_WINDOW),
    }
}

/// That claim as it is stored.
pub fn held(note: &Note) -> Value {
    json!({
        "userId": { "S": note.owner.as_str() },
        "idempotencyKey": { "S": "key" },
        "requestHash": { "B": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=" },
        "createdId": { "S": note.id.to_string() },
        "createdAt": { "N": note.created_at.as_millis().to_string() },
        "expiresAtMillis": { "N": "1795348800000" },
        "expiresAt": { "N": "1795348800" },
    })
}

/// A reference as it is stored.
pub fn reference(owner: &IdentityId, file: &FileName, id: NoteId) -> Value {
    json!({
        "userId": { "S": owner.as_str() },
        "noteId": { "S": format!("ref\\{file}\\{id}") },
    })
}

/// A note with two files, as it is created.
pub fn new_note() -> Note {
    let ids = SeededIds::new(1);
    let mut note = note(&identity(&ids), &ids, NOON, "the text");
    note.attachments = attachments(&["a.txt", "b/c.txt"]);
    note
}

/// A note without files, as it is created.
pub fn plain_note() -> Note {
    Note {
        attachments: attachments(&[]),
        ..new_note()
    }
}

/// The error and its causes, as sentences.
pub fn sentences(error: &StoreError) -> String {
    let mut sentences = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        sentences.push(error.to_string());
        cause = error.source();
    }
    sentences.join(": ")
}
