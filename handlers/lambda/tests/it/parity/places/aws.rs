//! The functions, with moto's tables, bucket and queue.

use std::{collections::BTreeMap, mem};

use async_trait::async_trait;
use aws_sdk_sqs::types::Message;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http::Request;
use notewarden_domain::{IdentityId, ObjectKey};
use notewarden_system::SystemIds;
use notewarden_testkit::{
    aws::endpoint,
    fixtures::{identity, request_context, unsigned_request_context},
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::{
    Followed, MAX_BYTES, Place, Seen,
    calls::{Calls, kind},
    followed,
    resources::Resources,
};
use crate::{
    function::{Function, bucket_event},
    parity::steps::{Ask, Who},
};

/// The functions, each in a process of its own.
pub struct Aws {
    resources: Resources,
    api: Function,
    authorizer: Function,
    archiver: Function,
    alice: IdentityId,
    bob: IdentityId,
    bucket: Listened,
    /// The latest key that was shown, and who it is of.
    authorized: Option<(String, Value)>,
    pub calls: Calls,
}

impl Aws {
    /// Functions with everything of their own.
    pub async fn new() -> Self {
        let calls = Calls::to(endpoint()).await;
        let resources = Resources::create(&calls.endpoint()).await;
        let alice: IdentityId = resources.alice.identity_id.parse().unwrap();
        let mut bucket = Listened::new(&resources, &alice).await;
        let a = ObjectKey::private(&alice, &"a".parse().unwrap());
        let put = resources.s3().put_object().key(a.as_str());
        let put = put.bucket(resources.variable("BUCKET"));
        let put = put.body(b"a file".to_vec().into());
        put.send().await.unwrap();
        bucket.tell().await;
        let mut variables = resources.variables();
        variables.push(("MAX_BYTES", MAX_BYTES));
        let api = Function::start("api", &variables).await;
        let authorizer = Function::start("authorizer", &variables).await;
        let archiver = Function::start("archiver", &variables).await;
        for function in [&api, &authorizer, &archiver] {
            // What opens connections is no request's.
            function.lambda.asked(1).await;
        }
        Self {
            api,
            authorizer,
            archiver,
            bob: identity(&SystemIds::default()),
            alice,
            bucket,
            authorized: None,
            resources,
            calls,
        }
    }

    /// The event that an HTTP API makes of a request.
    async fn event(&mut self, ask: &Ask, path: &str, key: &str) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut context = match ask.who {
            Who::Nobody | Who::Key | Who::Token => unsigned_request_context(ask.method, path),
            Who::Neighbour => request_context(&self.bob, ask.method, path),
            Who::Person | Who::Administrator => request_context(&self.alice, ask.method, path),
        };
        match ask.who {
            Who::Nobody | Who::Neighbour => {}
            Who::Person => {
                let methods = &mut context["authorizer"]["iam"]["cognitoIdentity"]["amr"];
                *methods = self.methods();
            }
            Who::Administrator => context["authorizer"]["iam"]["cognitoIdentity"] = Value::Null,
            Who::Key => context["authorizer"] = json!({ "lambda": self.authorize(key).await }),
            Who::Token => {
                let claims = claims(&self.resources.alice.access_token);
                context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
            }
        }
        let headers = ask.headers.iter();
        let headers: BTreeMap<_, _> = headers.copied().collect();
        let (body, is_base64_encoded) = match str::from_utf8(&ask.body) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (STANDARD.encode(&ask.body), true),
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

    /// How the person has signed in, as the identity pool tells it.
    fn methods(&self) -> Value {
        let alice = &self.resources.alice;
        let pool = self.resources.variable("USER_POOL");
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{pool}");
        let claims = claims(&alice.id_token);
        let sign_in = format!(
            "{provider}:CognitoSignIn:{}",
            claims["sub"].as_str().unwrap()
        );
        json!(["authenticated", provider, sign_in])
    }

    /// What the authorizer tells the API about an API key, which the gateway remembers.
    async fn authorize(&mut self, key: &str) -> Value {
        if let Some((known, context)) = &self.authorized
            && known == key
        {
            return context.clone();
        }
        let event = json!({
            "version": "2.0",
            "type": "REQUEST",
            "routeArn": "arn:aws:execute-api:us-east-1:000000000000:abcde12345/$default/GET/notes",
            "headers": { "x-api-key": key }
        });
        let verdict = self.authorizer.invoke(&event).await.unwrap();
        assert_eq!(verdict["isAuthorized"], true, "{verdict}");
        let context = verdict["context"].clone();
        self.authorized = Some((key.to_owned(), context.clone()));
        context
    }

    /// Has the worker do what the next message says, and tells what that was.
    async fn work_on_next(&self) -> String {
        let message = self.next_message().await;
        // The members that the worker reads, and what tells whose event it is.
        let event = json!({ "Records": [{
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "eventSource": "aws:sqs",
            "awsRegion": "us-east-1"
        }] });
        let report = self.archiver.invoke(&event).await.unwrap();
        assert_eq!(report, json!({ "batchItemFailures": [] }), "{event}");
        let delete = self.resources.sqs().delete_message();
        let delete = delete.queue_url(self.resources.variable("QUEUE_URL"));
        let delete = delete.set_receipt_handle(message.receipt_handle);
        delete.send().await.unwrap();
        let work: Value = serde_json::from_str(&message.body.unwrap()).unwrap();
        work["do"].as_str().unwrap().to_owned()
    }

    /// A message of the queue.
    async fn next_message(&self) -> Message {
        let sqs = self.resources.sqs();
        let receive = sqs
            .receive_message()
            .queue_url(self.resources.variable("QUEUE_URL"))
            .wait_time_seconds(1);
        let mut messages = receive.send().await.unwrap().messages.unwrap_or_default();
        messages.pop().expect("a message waits")
    }
}

#[async_trait]
impl Place for Aws {
    fn names(&self) -> Vec<(String, &'static str)> {
        vec![
            (self.alice.to_string(), "<identity>"),
            (self.bob.to_string(), "<neighbour>"),
            (
                self.resources.variable("USER_POOL").to_owned(),
                "<user pool>",
            ),
            (self.resources.variable("BUCKET").to_owned(), "<bucket>"),
        ]
    }

    async fn send(&mut self, ask: &Ask, path: &str, key: &str) -> Seen {
        let event = self.event(ask, path, key).await;
        self.calls.forget();
        let reply = self.api.invoke(&event).await.unwrap();
        if reply["statusCode"].as_u64().unwrap() < 400 {
            self.calls.were_for(kind(ask));
        }
        if ask.method != "GET" {
            self.bucket.tell().await;
        }
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

    async fn follow(&mut self, link: Request<Bytes>) -> Followed {
        let answer = self.resources.alice.place.send(link).await;
        self.bucket.tell().await;
        let mut followed = followed(answer);
        // So moto answers links to what is not there.
        if followed.status == 403 {
            followed.status = 404;
        }
        followed
    }

    async fn work(&mut self, waiting: &[&str]) {
        for what in waiting {
            self.calls.forget();
            // What deleted notes have left comes a minute later, whatever else is done then.
            while self.work_on_next().await == "orphans" {
                self.calls.forget();
            }
            self.calls.were_for_work(what);
        }
        self.bucket.tell().await;
    }
}

/// The claims of a token, as an HTTP API's own authorizer hands them over: all of them text.
fn claims(token: &str) -> Map<String, Value> {
    let payload = token.split('.').nth(1).unwrap();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: Map<String, Value> = serde_json::from_slice(&payload).unwrap();
    let as_text = |value: Value| match value {
        Value::String(text) => Value::String(text),
        other => Value::String(other.to_string()),
    };
    let claims = claims.into_iter();
    claims.map(|(name, value)| (name, as_text(value))).collect()
}

/// The person's folder, of whose changes the function hears that keeps the index, as of the bucket's events.
struct Listened {
    alice: IdentityId,
    bucket: String,
    client: aws_sdk_s3::Client,
    indexer: Function,
    known: BTreeMap<String, String>,
    changes: u64,
}

impl Listened {
    async fn new(resources: &Resources, alice: &IdentityId) -> Self {
        Self {
            alice: alice.clone(),
            bucket: resources.variable("BUCKET").to_owned(),
            client: resources.s3(),
            indexer: Function::start("indexer", &resources.variables()).await,
            known: BTreeMap::new(),
            changes: 0,
        }
    }

    /// Tells of what has changed since the last time.
    async fn tell(&mut self) {
        let folder = ObjectKey::private_prefix(&self.alice);
        let list = self.client.list_objects_v2().bucket(&self.bucket);
        let listed = list.prefix(&folder).send().await.unwrap();
        let objects = listed.contents().iter();
        let objects = objects.map(|object| {
            let tag = object.e_tag().unwrap();
            (object.key().unwrap().to_owned(), tag.to_owned())
        });
        let there: BTreeMap<_, _> = objects.collect();
        let known = mem::replace(&mut self.known, there);
        let is_new = |(key, tag): &(&String, &String)| known.get(*key) != Some(*tag);
        let stored = self.known.iter().filter(is_new);
        let stored = stored.map(|(key, _)| ("Object Created", key));
        let is_gone = |key: &&String| !self.known.contains_key(*key);
        let removed = known.keys().filter(is_gone);
        let removed = removed.map(|key| ("Object Deleted", key));
        for (kind, key) in stored.chain(removed) {
            self.changes += 1;
            let event = bucket_event(kind, &self.bucket, key, self.changes);
            self.indexer.invoke(&event).await.unwrap();
        }
    }
}
