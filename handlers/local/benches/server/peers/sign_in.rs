//! Sign-ins by password, by refresh token and by SRP, through Cognito's own operations.

use std::path::Path;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use super::{
    CONNECTIONS, ROUND,
    srp::{self, Person},
};
use crate::support::{
    load::{self, Connection, Figures, Until, load},
    millis,
    process::Process,
};

const NAME: &str = "bench@example.com";
const PASSWORD: &str = "Passw0rd!";

/// The pool that people sign in to.
pub enum Pool {
    /// The one that the server has.
    Ours {
        /// Its id.
        pool: String,
        /// The id of its client.
        client: String,
    },
    /// One that is yet to be made.
    New,
}

impl Pool {
    /// The pool of our server on `dir`.
    pub fn ours(dir: &Path) -> Self {
        let outputs = std::fs::read(dir.join("outputs.json")).unwrap();
        let outputs: Value = serde_json::from_slice(&outputs).unwrap();
        let output = |name: &str| outputs[name].as_str().unwrap().to_owned();
        Self::Ours {
            pool: output("UserPool"),
            client: output("UserPoolClient"),
        }
    }
}

/// Sign-ins of one person, all over again, in every way that the server has.
pub async fn measure(name: &str, server: &Process, pool: Pool) {
    let mut cognito = Cognito {
        connection: Connection::open(server.address).await,
        host: server.address.to_string(),
    };
    let (pool, client) = match pool {
        Pool::Ours { pool, client } => (pool, cognito.sign_up(client).await),
        Pool::New => cognito.found().await,
    };
    let sign_in = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": client,
        "AuthParameters": { "USERNAME": NAME, "PASSWORD": PASSWORD },
    });
    let tokens = cognito.call("InitiateAuth", &sign_in).await;
    let tokens = &tokens["AuthenticationResult"];
    assert!(tokens["IdToken"].is_string());
    let refresh = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "ClientId": client,
        "AuthParameters": { "REFRESH_TOKEN": tokens["RefreshToken"] },
    });
    for (way, request) in [("password", sign_in), ("refresh", refresh)] {
        let lists = vec![vec![cognito.request("InitiateAuth", &request)]; CONNECTIONS];
        let figures = load(server.address, &lists, Until::Elapsed(ROUND), true).await;
        print(name, way, &figures);
    }
    let person = Person {
        host: cognito.host,
        pool,
        client,
        name: NAME,
        password: PASSWORD,
    };
    match srp::load(server.address, &person, CONNECTIONS, ROUND).await {
        Ok(figures) => print(name, "srp", &figures),
        Err(answer) => {
            let answer: String = answer.to_string().chars().take(60).collect();
            println!("  {name:<22} sign-in by srp      is not Cognito's: {answer}…");
        }
    }
}

fn print(name: &str, way: &str, figures: &Figures) {
    println!(
        "  {name:<22} sign-in by {way:<8} {:>7.0} a second, median {}",
        figures.per_second(),
        millis(figures.quantile(0.5))
    );
}

/// Somebody who calls a user pool.
struct Cognito {
    connection: Connection,
    host: String,
}

impl Cognito {
    /// A person of our pool, confirmed by the code in the inbox.
    async fn sign_up(&mut self, client: String) -> String {
        let person = json!({ "ClientId": client, "Username": NAME, "Password": PASSWORD });
        self.call("SignUp", &person).await;
        let inbox = format!("GET /_local/inbox HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        let inbox = parse(self.connection.exchange(inbox.as_bytes()).await.ok().body);
        let code = &inbox[0]["code"];
        let confirmation =
            json!({ "ClientId": client, "Username": NAME, "ConfirmationCode": code });
        self.call("ConfirmSignUp", &confirmation).await;
        client
    }

    /// A new pool with a client and a person: the pool's id and the client's.
    async fn found(&mut self) -> (String, String) {
        let pool = self
            .call("CreateUserPool", &json!({ "PoolName": "bench" }))
            .await;
        let pool = &pool["UserPool"]["Id"];
        let client = json!({
            "UserPoolId": pool,
            "ClientName": "bench",
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        let client = self.call("CreateUserPoolClient", &client).await;
        let person = json!({
            "UserPoolId": pool,
            "Username": NAME,
            "TemporaryPassword": PASSWORD,
            "MessageAction": "SUPPRESS",
            "UserAttributes": [{ "Name": "email", "Value": NAME }],
        });
        self.call("AdminCreateUser", &person).await;
        let password = json!({
            "UserPoolId": pool,
            "Username": NAME,
            "Password": PASSWORD,
            "Permanent": true,
        });
        self.call("AdminSetUserPassword", &password).await;
        let client = &client["UserPoolClient"]["ClientId"];
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        (id(pool), id(client))
    }

    async fn call(&mut self, operation: &str, body: &Value) -> Value {
        let request = self.request(operation, body);
        parse(self.connection.exchange(&request).await.ok().body)
    }

    fn request(&self, operation: &str, body: &Value) -> Bytes {
        request(&self.host, operation, body)
    }
}

/// A request for `operation`.
pub(super) fn request(host: &str, operation: &str, body: &Value) -> Bytes {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/")
        .header("host", host)
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            format!("AWSCognitoIdentityProviderService.{operation}"),
        )
        .body(body.to_string().into())
        .unwrap();
    load::encode(&request)
}

/// The JSON of a body, chunked or not.
pub(super) fn parse(body: &[u8]) -> Value {
    let text = std::str::from_utf8(body).unwrap();
    let start = text.find(['{', '[']);
    let end = text.rfind(['}', ']']);
    match (start, end) {
        (Some(start), Some(end)) => serde_json::from_str(&text[start..=end]).unwrap(),
        _ => Value::Null,
    }
}
