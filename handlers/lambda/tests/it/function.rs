//! A function in a process of its own: the real binary.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use notewarden_domain::ports::Clock;
use notewarden_system::SystemClock;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::watch,
};

use crate::runtime_api::{Invocation, Outcome, RuntimeApi};

/// What Lambda gives every function.
const GIVEN: [(&str, &str); 7] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "notewarden-api"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "ASIAXXXXXXXXXXXXXXXX"),
    ("AWS_SECRET_ACCESS_KEY", "a-secret-access-key"),
    ("AWS_SESSION_TOKEN", "a-session-token"),
];

/// A running function.
pub struct Function {
    pub lambda: RuntimeApi,
    process: Child,
    log: watch::Receiver<Vec<Value>>,
}

impl Function {
    /// Starts a function with Lambda's environment and these variables.
    pub async fn start(handler: &str, variables: &[(&str, &str)]) -> Self {
        let lambda = RuntimeApi::start().await;
        let mut process = Command::new(env!("CARGO_BIN_EXE_notewarden-lambda"))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", lambda.address.to_string())
            .env("_HANDLER", handler)
            .envs(GIVEN)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (lines, log) = watch::channel(Vec::new());
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Some(line) = output.next_line().await.unwrap() {
                let line = serde_json::from_str(&line).unwrap_or_else(|error| {
                    panic!("a line of the log is not JSON: {error}: {line}")
                });
                lines.send_modify(|lines| lines.push(line));
            }
        });
        Self {
            lambda,
            process,
            log,
        }
    }

    /// Starts the API's function with its stores at this endpoint.
    pub async fn api(endpoint: &str) -> Self {
        let variables = [("AWS_ENDPOINT_URL", endpoint)];
        Self::start("api", &[&variables[..], &STORES].concat()).await
    }

    /// What the function makes of an event, with time enough.
    pub async fn invoke(&self, event: &Value) -> Outcome {
        self.invoke_within(event, Duration::from_secs(30)).await
    }

    /// What the function makes of an event if Lambda gives it this long.
    pub async fn invoke_within(&self, event: &Value, time: Duration) -> Outcome {
        let invocation = Invocation {
            event: event.to_string(),
            deadline: SystemClock.now().plus(time).as_millis(),
            trace_id: Some(TRACE_ID.to_owned()),
        };
        self.lambda.invoke(invocation).await
    }

    /// The lines of the log, once the `is_there` one is.
    pub async fn log_with(&self, is_there: impl Fn(&Value) -> bool) -> Vec<Value> {
        self.log_when(|lines| lines.iter().any(&is_there)).await
    }

    /// The lines of the log, once they are what is waited for.
    pub async fn log_when(&self, are_there: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut log = self.log.clone();
        let found = log.wait_for(|lines| are_there(lines)).await;
        found.expect("the lines are logged").clone()
    }

    /// Waits for the process to end by itself, and gives the log too.
    pub async fn ended(mut self) -> (ExitStatus, Vec<Value>) {
        let status = self.process.wait().await.unwrap();
        // The reader drops its end behind the last line.
        while self.log.changed().await.is_ok() {}
        let lines = self.log.borrow().clone();
        (status, lines)
    }
}

/// The trace that every invocation is part of.
pub const TRACE_ID: &str =
    "Root=1-5e1b4151-43a0913a12345678901234567;Parent=a3a3a3a3a3a3a3a3;Sampled=1";

/// The names that the template gives the API's function.
pub const STORES: [(&str, &str); 10] = [
    ("NOTES_TABLE", "notes"),
    ("IDEMPOTENCY_TABLE", "idempotency"),
    ("ARCHIVES_TABLE", "archives"),
    ("FILES_TABLE", "files"),
    ("QUEUE_URL", "http://127.0.0.1:9/000000000000/queue"),
    ("USER_POOL", "us-east-1_a1B2c3D4e"),
    ("API_KEYS_TABLE", "api-keys"),
    ("IDENTITY_LINKS_TABLE", "identity-links"),
    (
        "IDENTITY_POOL",
        "us-east-1:5d1f9d6a-7f4e-4c37-8f5b-0b8c7a9e2d10",
    ),
    ("BUCKET", "files"),
];

/// An event of an HTTP API for a request with this `requestContext` and body.
pub fn http_event(context: &Value, body: Option<&str>) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": context["http"]["path"],
        "rawQueryString": "",
        "headers": { "content-type": "application/json" },
        "requestContext": context,
        "body": body,
        "isBase64Encoded": false
    })
}

/// An event as EventBridge hands it over: that the object with this key has changed, for the `number`th time.
pub fn bucket_event(kind: &str, bucket: &str, key: &str, number: u64) -> Value {
    json!({
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": kind,
        "source": "aws.s3",
        "account": "000000000000",
        "time": "2026-11-28T00:00:00Z",
        "region": "us-east-1",
        "resources": [format!("arn:aws:s3:::{bucket}")],
        "detail": {
            "version": "0",
            "bucket": { "name": bucket },
            "object": { "key": key, "sequencer": format!("{number:016x}") },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "000000000000"
        }
    })
}
