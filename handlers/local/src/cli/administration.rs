//! Asking Cognito's administrative operations of a data directory's server, as its administrator does: signed with the
//! key that only who may read the data directory has. Where no server runs, one is started for the question.

use std::{fs, path::Path, sync::Arc};

use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use notewarden_domain::ports::Clock;
use notewarden_embedded::database::OpenError;
use notewarden_sigv4::{Credentials, Service, Signer};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{CliError, RunningServer};
use crate::{
    deployment::{Deployment, REGION},
    server::Server,
    system::SystemClock,
    wiring::{self, Settings},
};

/// A server to ask, and the right to.
pub struct Administration {
    endpoint: String,
    user_pool: String,
    signer: Signer,
    /// Started for this command, and stopped with it.
    own: Option<Server>,
}

impl Administration {
    /// The server that `server` names, or that its data directory needs.
    pub async fn of(server: &RunningServer) -> Result<Self, CliError> {
        if let Some(outputs) = &server.outputs {
            return Self::running(outputs);
        }
        let directory = &server.data_dir;
        if !Deployment::exists(directory) {
            return Err(format!("`{}` is no data directory", directory.display()).into());
        }
        match wiring::open(Settings::new(directory, Arc::new(|_| ()))).await {
            Ok(app) => {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let secret = app.admin.secret_access_key.expose();
                let keys = Credentials::new(app.admin.access_key_id.as_str(), secret);
                let user_pool = app.deployment.user_pool.clone();
                let own = Server::start(listener, app)?;
                Ok(Self {
                    endpoint: format!("http://{}", own.address()),
                    user_pool,
                    signer: signer(keys),
                    own: Some(own),
                })
            }
            Err(error) if matches!(error.downcast_ref(), Some(OpenError::InUse(_))) => {
                Self::running(&directory.join("outputs.json"))
            }
            Err(error) => Err(error),
        }
    }

    fn running(outputs: &Path) -> Result<Self, CliError> {
        let text = read(outputs)?;
        let outputs: Value = serde_json::from_str(&text)?;
        let output = |name: &str| {
            let value = outputs.get(name).and_then(Value::as_str);
            value.ok_or_else(|| format!("the outputs name no `{name}`"))
        };
        let file = output("AwsCredentialsFile")?;
        let keys = read(Path::new(file))?;
        let key = |name: &str| {
            let line = keys.lines().filter_map(|line| line.split_once('='));
            let mut values = line.filter(|(key, _)| key.trim() == name);
            let value = values.next().map(|(_, value)| value.trim());
            value.ok_or_else(|| format!("`{file}` has no `{name}`"))
        };
        let credentials =
            Credentials::new(key("aws_access_key_id")?, key("aws_secret_access_key")?);
        Ok(Self {
            endpoint: output("Endpoint")?.to_owned(),
            user_pool: output("UserPool")?.to_owned(),
            signer: signer(credentials),
            own: None,
        })
    }

    /// What the user pool's `operation` answers to `members`, which need not name the pool.
    ///
    /// # Errors
    /// What the pool says, in its words.
    pub async fn user_pool(&self, operation: &str, mut members: Value) -> Result<Value, CliError> {
        if let Some(members) = members.as_object_mut() {
            members.insert("UserPoolId".to_owned(), json!(self.user_pool));
        }
        let body = members.to_string();
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let host = self.endpoint.trim_start_matches("http://");
        let request = Request::post(format!("{}/", self.endpoint))
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(())?;
        let (mut parts, ()) = request.into_parts();
        let now = std::time::SystemTime::UNIX_EPOCH
            + std::time::Duration::from_millis(SystemClock.now().as_millis());
        self.signer.sign(&mut parts, body.as_bytes(), now)?;
        let request = Request::from_parts(parts, Full::new(Bytes::from(body)));
        let response = Client::builder(TokioExecutor::new())
            .build_http()
            .request(request)
            .await
            .map_err(|error| format!("no server answers at {} ({error})", self.endpoint))?;
        let is_done = response.status().is_success();
        let body = response.into_body().collect().await?.to_bytes();
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        if is_done {
            return Ok(answer);
        }
        let member = |name: &str| answer.get(name).and_then(Value::as_str);
        let kind = member("__type").unwrap_or("an error");
        let message = member("message").unwrap_or("without a reason");
        Err(format!("{kind}: {message}").into())
    }

    /// Stops the server if it was started for this.
    pub async fn end(self) {
        if let Some(server) = self.own {
            server.stop().await;
        }
    }
}

fn signer(credentials: Credentials) -> Signer {
    Signer::new(REGION, Service::COGNITO_IDP, Arc::new(credentials))
}

fn read(file: &Path) -> Result<String, CliError> {
    fs::read_to_string(file)
        .map_err(|error| format!("`{}` cannot be read ({error})", file.display()).into())
}
