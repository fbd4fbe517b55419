//! The two places: the local server over HTTP, and the function in its own process with moto's tables and bucket.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_smithy_http_client::Builder;
use aws_types::{SdkConfig, region::Region};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use notewarden_domain::{IdentityId, ObjectKey};
use notewarden_system::SystemIds;
use notewarden_testkit::{
    aws::endpoint,
    fixtures::{file, identity, request_context, unsigned_request_context},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::steps::{Step, Who};
use crate::{
    function::Function,
    local::{self, Actor, Signing},
};

/// An answer, as far as API Gateway leaves it to the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub status: u16,
    /// Lines of one name are joined.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Where a person has notes.
#[async_trait]
pub trait Place {
    /// The person's identity id.
    fn identity(&self) -> String;

    /// What a step is answered with, its path filled in.
    async fn send(&self, step: &Step, path: &str) -> Seen;
}

/// The local server.
pub struct Local(Actor);

impl Local {
    pub async fn new(server: &Arc<local::Place>) -> Self {
        let alice = Actor::sign_up(server, "alice").await;
        alice.put("a", "a file").await.ok();
        Self(alice)
    }
}

#[async_trait]
impl Place for Local {
    fn identity(&self) -> String {
        self.0.identity_id.clone()
    }

    async fn send(&self, step: &Step, path: &str) -> Seen {
        let method: Method = step.method.parse().unwrap();
        let mut request = self
            .0
            .request(method, path, &step.headers, step.body.clone());
        let keys = match step.who {
            Who::Person => Some(self.0.keys.clone()),
            Who::Administrator => Some(self.0.place.admin_keys()),
            Who::Nobody => None,
        };
        if let Some(keys) = keys {
            Signing::new(&keys, "execute-api").sign(&mut request);
        }
        let answer = self.0.place.send(request).await;
        let mut headers = BTreeMap::new();
        for name in answer.headers.keys() {
            let name = name.as_str();
            // The gateway and the connection add these by themselves.
            let is_added = matches!(name, "date" | "content-length" | "connection")
                || name.starts_with("access-control-");
            if !is_added {
                let values = answer.headers.get_all(name).iter();
                let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
                headers.insert(name.to_owned(), values.join(","));
            }
        }
        Seen {
            status: answer.status.as_u16(),
            headers,
            body: answer.text().to_owned(),
        }
    }
}

/// The function.
pub struct Aws {
    function: Function,
    alice: IdentityId,
}

impl Aws {
    /// A function with tables and a bucket of its own.
    pub async fn new() -> Self {
        let endpoint = endpoint();
        let alice = identity(&SystemIds::default());
        let (_, suffix) = alice.as_str().split_once(':').unwrap();
        let name = |name: &str| format!("{name}-{suffix}");
        let (notes, idempotency, bucket) = (name("notes"), name("idempotency"), name("files"));
        let (archives, files) = (name("archives"), name("index"));
        let api_keys = name("api-keys");
        let config = config(&endpoint);
        create_table(&config, &notes, "noteId").await;
        create_table(&config, &idempotency, "idempotencyKey").await;
        create_table(&config, &archives, "archiveId").await;
        create_table(&config, &files, "fileName").await;
        create_table(&config, &api_keys, "keyId").await;
        let queue = create_queue(&config, &name("queue")).await;
        create_bucket(&config, &bucket, &ObjectKey::private(&alice, &file("a"))).await;
        let function = Function::start(
            "api",
            &[
                ("AWS_ENDPOINT_URL", &endpoint),
                ("NOTES_TABLE", &notes),
                ("IDEMPOTENCY_TABLE", &idempotency),
                ("ARCHIVES_TABLE", &archives),
                ("FILES_TABLE", &files),
                ("QUEUE_URL", &queue),
                ("USER_POOL", "no-pool"),
                ("API_KEYS_TABLE", &api_keys),
                ("IDENTITY_LINKS_TABLE", "no-table"),
                ("IDENTITY_POOL", "no-pool"),
                ("BUCKET", &bucket),
            ],
        )
        .await;
        Self { function, alice }
    }
}

#[async_trait]
impl Place for Aws {
    fn identity(&self) -> String {
        self.alice.to_string()
    }

    async fn send(&self, step: &Step, path: &str) -> Seen {
        let event = event(step, path, &self.alice);
        let reply = self.function.invoke(&event).await.unwrap();
        assert_eq!(reply["isBase64Encoded"], false);
        let headers = reply["headers"].as_object().unwrap().iter();
        let headers =
            headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        Seen {
            status: reply["statusCode"].as_u64().unwrap().try_into().unwrap(),
            headers: headers.collect(),
            body: reply["body"].as_str().unwrap().to_owned(),
        }
    }
}

/// The event that an HTTP API makes of a request.
fn event(step: &Step, path: &str, alice: &IdentityId) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut context = match step.who {
        Who::Nobody => unsigned_request_context(step.method, path),
        Who::Person | Who::Administrator => request_context(alice, step.method, path),
    };
    if step.who == Who::Administrator {
        context["authorizer"]["iam"]["cognitoIdentity"] = Value::Null;
    }
    let headers = step.headers.iter();
    let headers: BTreeMap<_, _> = headers.copied().collect();
    let (body, is_base64_encoded) = match str::from_utf8(&step.body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(&step.body), true),
    };
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": percent_decode_str(path).decode_utf8().unwrap(),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": is_base64_encoded
    })
}

fn config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "test");
    SdkConfig::builder()
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Builder::new().build_http())
        .endpoint_url(endpoint)
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .build()
}

/// A table with the keys of the template's.
async fn create_table(config: &SdkConfig, name: &str, sort_key: &str) {
    let mut request = aws_sdk_dynamodb::Client::new(config)
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in [("userId", KeyType::Hash), (sort_key, KeyType::Range)] {
        let key = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind);
        let attribute = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S);
        request = request
            .key_schema(key.build().unwrap())
            .attribute_definitions(attribute.build().unwrap());
    }
    request.send().await.unwrap();
}

/// The URL of a queue.
async fn create_queue(config: &SdkConfig, name: &str) -> String {
    let client = aws_sdk_sqs::Client::new(config);
    let created = client.create_queue().queue_name(name).send().await.unwrap();
    created.queue_url.unwrap()
}

/// A bucket with one file.
async fn create_bucket(config: &SdkConfig, bucket: &str, key: &ObjectKey) {
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    let client = aws_sdk_s3::Client::from_conf(config.build());
    client.create_bucket().bucket(bucket).send().await.unwrap();
    let file = client.put_object().bucket(bucket).key(key.as_str());
    file.body(b"a file".to_vec().into()).send().await.unwrap();
}
