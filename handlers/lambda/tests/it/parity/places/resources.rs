//! What the template has, made in moto, and the local server in the place of Cognito, which moto has in parts only.

use std::{collections::HashMap, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_smithy_http_client::Builder;
use aws_types::{SdkConfig, region::Region};
use notewarden::ephemeral::Ephemeral;
use notewarden_testkit::aws::endpoint;

use crate::local::{Actor, Place};

/// The tables by the variables that name them to functions, and their sort keys.
const TABLES: [(&str, &str); 6] = [
    ("NOTES_TABLE", "noteId"),
    ("IDEMPOTENCY_TABLE", "idempotencyKey"),
    ("ARCHIVES_TABLE", "archiveId"),
    ("FILES_TABLE", "fileName"),
    ("API_KEYS_TABLE", "keyId"),
    ("IDENTITY_LINKS_TABLE", "login"),
];

/// A deployment of its own, with one person.
pub struct Resources {
    pub alice: Actor,
    /// How moto is asked.
    pub config: SdkConfig,
    /// What functions are told.
    variables: HashMap<&'static str, String>,
}

impl Resources {
    /// Functions reach everything of AWS at `aws` but Cognito.
    pub async fn create(aws: &str) -> Self {
        let server = Ephemeral::start().await.unwrap();
        let administrator = (*server.administrator().principal).clone();
        let issuing = server.app().credentials.clone();
        let hour = Duration::from_secs(60 * 60);
        let session = issuing.issue_session(administrator, hour).await.unwrap();
        let cognito = Place::of(server);
        let alice = Actor::sign_up(&cognito, "alice").await;
        let config = config(&endpoint());
        let (_, suffix) = alice.identity_id.split_once(':').unwrap();
        let mut variables = HashMap::from([
            ("AWS_ENDPOINT_URL", aws.to_owned()),
            (
                "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
                cognito.endpoint.clone(),
            ),
            (
                "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
                cognito.endpoint.clone(),
            ),
            ("USER_POOL", cognito.output("UserPool").to_owned()),
            ("IDENTITY_POOL", cognito.output("IdentityPool").to_owned()),
            ("AWS_ACCESS_KEY_ID", session.access_key_id.clone()),
            (
                "AWS_SECRET_ACCESS_KEY",
                session.secret_access_key.expose().to_owned(),
            ),
            (
                "AWS_SESSION_TOKEN",
                session.session_token.as_ref().unwrap().expose().to_owned(),
            ),
            // Nobody's: tokens are shown to no function here.
            ("USER_POOL_ISSUER", "https://issuer.example".to_owned()),
            (
                "USER_POOL_CLIENT",
                cognito.output("UserPoolClient").to_owned(),
            ),
        ]);
        for (variable, sort_key) in TABLES {
            let name = format!("{}-{suffix}", variable.to_lowercase());
            create_table(&config, &name, sort_key).await;
            variables.insert(variable, name);
        }
        let bucket = format!("files-{suffix}");
        create_bucket(&config, &bucket).await;
        variables.insert("BUCKET", bucket);
        variables.insert("QUEUE_URL", create_queue(&config, suffix).await);
        Self {
            alice,
            config,
            variables,
        }
    }

    /// One of the variables.
    pub fn variable(&self, name: &str) -> &str {
        &self.variables[name]
    }

    /// All of them.
    pub fn variables(&self) -> Vec<(&str, &str)> {
        let variables = self.variables.iter();
        variables.map(|(name, value)| (*name, &**value)).collect()
    }

    /// The bucket's client.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        s3(&self.config)
    }

    /// The queue's client.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }
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

async fn create_bucket(config: &SdkConfig, bucket: &str) {
    let created = s3(config).create_bucket().bucket(bucket).send().await;
    created.unwrap();
}

fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}
