//! Somebody signed up and signed in.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use super::{Answer, Keys, Place, Signing};

pub const PASSWORD: &str = "Passw0rd!";

/// A person with an identity and temporary credentials.
#[derive(Clone)]
pub struct Actor {
    pub place: Arc<Place>,
    pub name: String,
    pub identity_id: String,
    pub keys: Keys,
    pub id_token: String,
    pub access_token: String,
}

impl Actor {
    /// Signs up as `name@example.com`, confirms, signs in, and takes credentials.
    pub async fn sign_up(place: &Arc<Place>, name: &str) -> Self {
        let name = format!("{name}@example.com");
        let client = place.output("UserPoolClient");
        let account = json!({ "ClientId": client, "Username": name, "Password": PASSWORD });
        place.idp("SignUp", account).await.ok();
        let code = place.code_for(&name).await;
        let confirmation =
            json!({ "ClientId": client, "Username": name, "ConfirmationCode": code });
        place.idp("ConfirmSignUp", confirmation).await.ok();
        Self::sign_in(place, &name).await
    }

    /// Signs in with a password, and takes credentials.
    pub async fn sign_in(place: &Arc<Place>, name: &str) -> Self {
        let sign_in = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": place.output("UserPoolClient"),
            "AuthParameters": { "USERNAME": name, "PASSWORD": PASSWORD },
        });
        let tokens = place.idp("InitiateAuth", sign_in).await.ok().json();
        let token = |kind: &str| {
            tokens["AuthenticationResult"][kind]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let logins = logins(place, &token("IdToken"));
        let wanted = json!({ "IdentityPoolId": place.output("IdentityPool"), "Logins": logins });
        let identity_id = place.identity("GetId", wanted).await.ok().json()["IdentityId"]
            .as_str()
            .unwrap()
            .to_owned();
        let wanted = json!({ "IdentityId": identity_id, "Logins": logins });
        let given = place
            .identity("GetCredentialsForIdentity", wanted)
            .await
            .ok()
            .json();
        let part = |name: &str| given["Credentials"][name].as_str().unwrap().to_owned();
        Self {
            place: Arc::clone(place),
            name: name.to_owned(),
            identity_id,
            id_token: token("IdToken"),
            access_token: token("AccessToken"),
            keys: Keys {
                id: part("AccessKeyId"),
                secret: part("SecretKey"),
                token: Some(part("SessionToken")),
            },
        }
    }

    /// The key of a file in the own folder.
    pub fn key(&self, name: &str) -> String {
        format!("private/{}/{name}", self.identity_id)
    }

    /// Where in the bucket a file of the own folder is: its key percent-encoded, as clients send it.
    pub fn path(&self, name: &str) -> String {
        self.place.object(&self.key(name).replace(':', "%3A"))
    }

    /// Calls the HTTP API.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let body = body.map_or_else(Bytes::new, |value| value.to_string().into());
        self.signed("execute-api", method, path, &[], body).await
    }

    /// Posts to the HTTP API with an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [("idempotency-key", key)];
        let body = body.to_string().into();
        self.signed("execute-api", Method::POST, path, &headers, body)
            .await
    }

    /// `GET` of the HTTP API.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    /// Calls S3: `path` with its first slash, percent-encoded.
    pub async fn s3(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.signed("s3", method, path, headers, body.into()).await
    }

    /// Stores a file in the own folder.
    pub async fn put(&self, name: &str, body: impl Into<Bytes>) -> Answer {
        self.s3(Method::PUT, &self.path(name), &[], body).await
    }

    /// Creates a note and answers its id.
    pub async fn note(&self, content: &str) -> String {
        let created = self
            .call(Method::POST, "/notes", Some(json!({ "content": content })))
            .await
            .status(201);
        created.json()["noteId"].as_str().unwrap().to_owned()
    }

    /// Makes an API key with these scopes.
    pub async fn api_key(&self, scopes: &[&str]) -> Value {
        let body = json!({ "name": "a script", "scopes": scopes });
        let made = self.call(Method::POST, "/api-keys", Some(body)).await;
        made.status(201).json()
    }

    /// Asks for an archive, and answers its id once it is ready.
    pub async fn archive(&self, wanted: &Value) -> String {
        let asked = self.call(Method::POST, "/archives", Some(wanted.clone()));
        self.ready(&asked.await.status(202).json()).await
    }

    /// Answers the id of an archive that was asked for, once it is ready.
    pub async fn ready(&self, job: &Value) -> String {
        let id = job["archiveId"].as_str().unwrap().to_owned();
        loop {
            let job = self.get(&format!("/archives/{id}")).await.ok().json();
            match job["status"].as_str().unwrap() {
                "ready" => return id,
                // The worker is at it: from outside there is nothing to wait on but the job itself.
                "queued" | "running" => tokio::time::sleep(Duration::from_millis(20)).await,
                other => panic!("an archive is {other}: {job}"),
            }
        }
    }

    /// A request to this place, not signed.
    pub fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Request<Bytes> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.place.endpoint));
        request = request.header("host", self.place.host());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body.into()).unwrap()
    }

    async fn signed(
        &self,
        service: &'static str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let mut request = self.request(method, path, headers, body);
        Signing::new(&self.keys, service).sign(&mut request);
        self.place.send(request).await
    }
}

fn logins(place: &Place, id_token: &str) -> Value {
    json!({ format!("cognito-idp.us-east-1.amazonaws.com/{}", place.output("UserPool")): id_token })
}
