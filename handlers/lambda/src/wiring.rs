//! The one place where concrete adapters are chosen and put together.

mod broker;
mod issuers;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_s3::config::IdentityCache;
use aws_types::{SdkConfig, region::Region};
use http::Uri;
use notewarden_archiver::{JobError, Jobs};
use notewarden_domain::{
    Timestamp, api_keys::ApiKeys, notes::Notes, ports::Clock, sign_ins::SignIns, work::Work,
};
use notewarden_dynamodb::{DynamoApiKeys, DynamoLinks, DynamoNotes, Tables};
use notewarden_s3::S3Files;
use notewarden_system::{SystemClock, SystemIds};

pub(crate) use self::issuers::IssuersError;
use self::{broker::LazyIdentities, issuers::issuers};
use crate::{
    Api, Records,
    archiver::Archiver,
    authorizer::Authorizer,
    aws_http::AwsHttp,
    entry::InitError,
    environment::{ApiSettings, AuthorizerSettings, AwsSettings, RuntimeSettings},
};

/// How long the start may wait for connections. A start has a whole processor for itself, which the requests of a
/// small function do not have: handshakes are cheapest here.
const PATIENCE: Duration = Duration::from_secs(1);

/// The HTTP API's function, connected to its stores.
pub(crate) async fn api(
    settings: &ApiSettings,
    runtime: &RuntimeSettings,
) -> Result<Api, rustls::Error> {
    let http = AwsHttp::new()?;
    let aws = &settings.aws;
    let tables = Tables {
        notes: settings.notes_table.clone(),
        idempotency: settings.idempotency_table.clone(),
    };
    let store = DynamoNotes::new(
        &sdk_config(aws, &http, aws.dynamodb_endpoint.as_deref()),
        tables,
    );
    let api_keys = ApiKeys::new(
        Arc::new(DynamoApiKeys::beside(&store, &settings.api_keys_table)),
        Arc::new(SystemClock),
        Arc::new(SystemIds::default()),
    );
    let identities = LazyIdentities::new(
        sdk_config(aws, &http, aws.identity_endpoint.as_deref()),
        settings.identity_pool.clone(),
    );
    let links = DynamoLinks::beside(&store, &settings.identity_links_table);
    let sign_ins = SignIns::new(Arc::new(links), Arc::new(identities));
    let notes = Notes::new(
        Arc::new(store),
        Arc::new(S3Files::new(
            &sdk_config(aws, &http, aws.s3_endpoint.as_deref()),
            settings.bucket.clone(),
        )),
        Arc::new(SystemClock),
        Arc::new(SystemIds::default()),
    );
    http.open(places(settings).await, PATIENCE).await;
    let router = notewarden_api::router(notewarden_api::App {
        notes,
        storage: None,
        api_keys,
        sign_ins,
    });
    let records = Records::to_stdout(runtime.function.clone());
    Ok(Api::new(router, Arc::new(SystemClock), records))
}

/// The function that tells who comes.
pub(crate) fn authorizer(
    settings: &AuthorizerSettings,
    runtime: &RuntimeSettings,
) -> Result<Authorizer, InitError> {
    let http = AwsHttp::new()?;
    let aws = &settings.aws;
    let config = sdk_config(aws, &http, aws.dynamodb_endpoint.as_deref());
    let keys = DynamoApiKeys::new(&config, &settings.api_keys_table);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Authorizer {
        api_keys: ApiKeys::new(
            Arc::new(keys),
            clock.clone(),
            Arc::new(SystemIds::default()),
        ),
        issuers: issuers(settings, &clock)?,
        clock,
        records: Records::to_stdout(runtime.function.clone()),
    })
}

/// The archive worker's function.
pub(crate) fn archiver(runtime: &RuntimeSettings) -> Archiver {
    let records = Records::to_stdout(runtime.function.clone());
    Archiver::new(Arc::new(NoJobs), Arc::new(SystemClock), records)
}

/// What all AWS clients share, but for the endpoint. Retries and time-outs are their adapters' affair.
fn sdk_config(aws: &AwsSettings, http: &AwsHttp, endpoint: Option<&str>) -> SdkConfig {
    // The key and its session are good for as long as Lambda lets this process live.
    let credentials = Credentials::new(
        &aws.access_key_id,
        &aws.secret_access_key,
        aws.session_token.clone(),
        None,
        "environment",
    );
    let mut config = SdkConfig::builder()
        .region(Region::new(aws.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        // They are at hand: a cache would only add to it.
        .identity_cache(IdentityCache::no_cache())
        .http_client(http.clone());
    config.set_endpoint_url(endpoint.map(str::to_owned));
    config.build()
}

/// Where the stores are reached; none of a store whose place is not known before its first request.
async fn places(settings: &ApiSettings) -> Vec<Uri> {
    let aws = &settings.aws;
    let dynamodb = match &aws.dynamodb_endpoint {
        Some(url) => Some(url.clone()),
        None => dynamodb_endpoint(&aws.region).await,
    };
    let s3 = match &aws.s3_endpoint {
        Some(url) => Some(url.clone()),
        None => s3_endpoint(&aws.region, &settings.bucket).await,
    };
    let places = [dynamodb, s3].into_iter().flatten();
    places.filter_map(|url| url.parse().ok()).collect()
}

async fn dynamodb_endpoint(region: &str) -> Option<String> {
    use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
    let place = Params::builder().region(region).build().ok()?;
    let resolver = DefaultResolver::new();
    let endpoint = resolver.resolve_endpoint(&place).await;
    endpoint.ok().map(|endpoint| endpoint.url().to_owned())
}

async fn s3_endpoint(region: &str, bucket: &str) -> Option<String> {
    use aws_sdk_s3::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
    let place = Params::builder()
        .region(region)
        .bucket(bucket)
        .build()
        .ok()?;
    let resolver = DefaultResolver::new();
    let endpoint = resolver.resolve_endpoint(&place).await;
    endpoint.ok().map(|endpoint| endpoint.url().to_owned())
}

/// No jobs: a message is kept until there are, or ends among the dead letters.
struct NoJobs;

#[async_trait]
impl Jobs for NoJobs {
    async fn run(&self, _: &Work, _: Timestamp) -> Result<(), JobError> {
        Err("this deployment has no archive jobs".into())
    }
}
