//! Where a test's server is reached.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use notewarden::{app::App, ephemeral::Ephemeral, system::SystemIds, wiring::Settings};
use notewarden_domain::ports::IdSource;
use serde_json::{Value, json};

/// A server and its outputs.
pub struct Place {
    pub endpoint: String,
    pub outputs: Value,
    http: Client<HttpConnector, Full<Bytes>>,
    /// The server, where it runs in this process.
    own: Option<Ephemeral>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Place {
    /// Starts a server in this process, with an empty data directory.
    pub async fn start() -> Arc<Self> {
        Self::start_with(None, None).await
    }

    /// The same with a template, or a description of login providers, of its own.
    pub async fn start_with(template: Option<&str>, providers: Option<&str>) -> Arc<Self> {
        Self::start_as(|settings| {
            let file = |name: &str, text: Option<&str>| {
                let path = settings.data_dir.join(name);
                text.map(|text| {
                    std::fs::write(&path, text).unwrap();
                    path
                })
            };
            Settings {
                template: file("template.yaml", template),
                providers: file("providers.json", providers),
                ..settings
            }
        })
        .await
    }

    /// The same with a description of login providers, and values for the template's parameters.
    pub async fn start_trusting(providers: &str, parameters: &[(&str, &str)]) -> Arc<Self> {
        let parameters = parameters.iter();
        let parameters = parameters.map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Self::start_as(|settings| {
            let file = settings.data_dir.join("providers.json");
            std::fs::write(file, providers).unwrap();
            Settings {
                parameters: parameters.collect(),
                ..settings
            }
        })
        .await
    }

    /// The same with what `configure` changes in its settings.
    pub async fn start_as(configure: impl FnOnce(Settings) -> Settings) -> Arc<Self> {
        Self::of(Ephemeral::start_with(configure).await.unwrap())
    }

    /// A server in this process that was started elsewhere.
    pub fn of(server: Ephemeral) -> Arc<Self> {
        let outputs = serde_json::to_value(server.outputs()).unwrap();
        Arc::new(Self {
            own: Some(server),
            ..Self::at(outputs)
        })
    }

    /// Starts a server in this process with other settings.
    pub async fn start_where(change: impl FnOnce(&mut Settings)) -> Arc<Self> {
        let server = Ephemeral::start_with(|mut settings| {
            change(&mut settings);
            settings
        });
        let server = server.await.unwrap();
        let outputs = serde_json::to_value(server.outputs()).unwrap();
        Arc::new(Self {
            own: Some(server),
            ..Self::at(outputs)
        })
    }

    /// A server that runs elsewhere, by its outputs.
    pub fn at(outputs: Value) -> Self {
        let endpoint = outputs["Endpoint"].as_str().unwrap().to_owned();
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            endpoint,
            outputs,
            http: Client::builder(TokioExecutor::new()).build(connector),
            own: None,
        }
    }

    /// One of the outputs.
    pub fn output(&self, name: &str) -> &str {
        self.outputs[name].as_str().unwrap()
    }

    /// The parts of a server in this process.
    pub fn app(&self) -> &App {
        self.own.as_ref().unwrap().app()
    }

    /// The data directory of a server in this process.
    pub fn data_dir(&self) -> &Path {
        self.own.as_ref().unwrap().data_dir()
    }

    /// `host:port`.
    pub fn host(&self) -> &str {
        self.endpoint.strip_prefix("http://").unwrap()
    }

    /// Where in the bucket an object is, path style.
    pub fn object(&self, key: &str) -> String {
        // The colon of an identity id is signed encoded, as S3 reads it.
        format!("/{}/{}", self.output("Bucket"), key.replace(':', "%3A"))
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Bytes>) -> Answer {
        self.try_send(request).await.unwrap()
    }

    /// Sends a request to a server that may be killed meanwhile.
    pub async fn try_send(
        &self,
        request: Request<Bytes>,
    ) -> Result<Answer, Box<dyn std::error::Error>> {
        let response = self.http.request(request.map(Full::new)).await?;
        let (parts, body) = response.into_parts();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    /// `GET path`, unsigned.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(
            Request::get(format!("{}{path}", self.endpoint))
                .body(Bytes::new())
                .unwrap(),
        )
        .await
    }

    /// An unsigned operation of Cognito: `AWSCognitoIdentityService.GetId`.
    pub async fn cognito(&self, target: &str, body: Value) -> Answer {
        let request = Request::post(format!("{}/", self.endpoint))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(body.to_string().into())
            .unwrap();
        self.send(request).await
    }

    /// An unsigned operation of the User Pool.
    pub async fn idp(&self, operation: &str, body: Value) -> Answer {
        self.cognito(
            &format!("AWSCognitoIdentityProviderService.{operation}"),
            body,
        )
        .await
    }

    /// An unsigned operation of the Identity Pool.
    pub async fn identity(&self, operation: &str, body: Value) -> Answer {
        self.cognito(&format!("AWSCognitoIdentityService.{operation}"), body)
            .await
    }

    /// The latest code sent to `name`.
    pub async fn code_for(&self, name: &str) -> String {
        let inbox = self.get("/_local/inbox").await.json();
        let mail = inbox
            .as_array()
            .unwrap()
            .iter()
            .find(|mail| mail["to"] == name)
            .unwrap();
        mail["code"].as_str().unwrap().to_owned()
    }

    /// What the decision log says about the request that got this answer.
    pub async fn decision_on(&self, answer: &Answer) -> Value {
        let id = answer.headers["x-amzn-requestid"].to_str().unwrap();
        self.get(&format!("/_local/decisions/{id}"))
            .await
            .ok()
            .json()
    }

    /// The administrator's keys, from the credentials file.
    pub fn admin_keys(&self) -> super::Keys {
        let file = PathBuf::from(self.output("AwsCredentialsFile"));
        let text = std::fs::read_to_string(file).unwrap();
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap();
            line.trim_start_matches([' ', '=']).to_owned()
        };
        super::Keys {
            id: value("aws_access_key_id"),
            secret: value("aws_secret_access_key"),
            token: None,
        }
    }

    /// Random bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        SystemIds::default().fill(bytes);
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Fails unless the answer has this status.
    #[track_caller]
    pub fn status(self, expected: u16) -> Self {
        assert_eq!(self.status.as_u16(), expected, "{self:?}");
        self
    }

    /// Fails unless the answer is a success.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.status.is_success(), "{self:?}");
        self
    }

    /// Fails unless the answer is a refusal before the API.
    #[track_caller]
    pub fn forbidden(self) -> Self {
        let answer = self.status(403);
        assert_eq!(answer.json(), json!({ "message": "Forbidden" }));
        answer
    }

    /// Fails unless the answer is an S3 error with this code.
    #[track_caller]
    pub fn s3_error(self, status: u16, code: &str) -> Self {
        let answer = self.status(status);
        assert!(
            answer.text().contains(&format!("<Code>{code}</Code>")),
            "{answer:?}"
        );
        answer
    }
}
