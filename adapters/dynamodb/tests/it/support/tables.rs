//! Tables of one test's own, with the keys that the template gives them.

use std::hash::{BuildHasher, RandomState};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Builder},
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use notewarden_dynamodb::{DynamoNotes, Tables};
use notewarden_testkit::{
    aws,
    http::{Received, ScriptedServer, Step},
};

use super::{QUICK, config, tables, template::keys};

/// A region that stand-ins know.
const REGION: &str = "us-east-1";

/// New tables of a stand-in for DynamoDB, and a store in front of them, whose requests are seen.
pub struct Place {
    pub server: ScriptedServer,
    pub notes: DynamoNotes,
    pub tables: Tables,
    client: Client,
    more: Vec<String>,
}

impl Place {
    pub async fn new() -> Self {
        let config_of = |endpoint| {
            Builder::from(&config(endpoint, REGION))
                .behavior_version(BehaviorVersion::v2026_01_12())
        };
        let upstream = aws::endpoint();
        let client = Client::from_conf(config_of(&upstream).build());
        let tables = tables(&format!("-{:016x}", RandomState::new().hash_one("")));
        create(&client, &tables.notes, keys("Notes")).await;
        create(&client, &tables.idempotency, keys("Idempotency")).await;
        let server = ScriptedServer::start(Step::Forward(upstream)).await;
        let notes = DynamoNotes::tuned(&config(&server.endpoint(), REGION), tables.clone(), &QUICK);
        Self {
            server,
            notes,
            tables,
            client,
            more: Vec::new(),
        }
    }

    /// One more table, with the keys that the template gives the one of this name.
    pub async fn table(&mut self, of: &str) -> String {
        let name = format!("{}-{of}", self.tables.notes);
        create(&self.client, &name, keys(of)).await;
        self.more.push(name.clone());
        name
    }

    /// Removes the tables, and hands back what the store asked for.
    pub async fn close(self) -> Vec<Received> {
        let own = [self.tables.notes, self.tables.idempotency];
        for table in own.into_iter().chain(self.more) {
            let deleted = self.client.delete_table().table_name(table).send().await;
            deleted.unwrap();
        }
        self.server.requests()
    }
}

async fn create(client: &Client, table: &str, [partition, sort]: [&str; 2]) {
    let mut request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in [(partition, KeyType::Hash), (sort, KeyType::Range)] {
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
