//! The one place where concrete adapters are chosen and put together.

mod issuers;
mod ledger;
mod places;
mod stores;

use std::{sync::Arc, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_s3::config::IdentityCache;
use aws_types::{SdkConfig, region::Region};
use axum::Router;
use notewarden_archiver::Worker;
use notewarden_domain::{
    api_keys::ApiKeys, archives::Archives, files::Files, ports::Clock, sign_ins::SignIns,
};
use notewarden_dynamodb::{DynamoApiKeys, DynamoFiles, DynamoLinks};
use notewarden_graphql::Resolver;
use notewarden_s3::{S3Files, S3Links, S3Objects};
use notewarden_system::{SystemClock, SystemIds};

pub(crate) use self::issuers::IssuersError;
use self::{issuers::issuers, stores::Stores};
use crate::{
    Api, Records,
    archiver::Archiver,
    authorizer::Authorizer,
    aws_http::AwsHttp,
    cors,
    entry::InitError,
    environment::{
        ApiSettings, AuthorizerSettings, AwsSettings, IndexerSettings, RuntimeSettings,
        StoreSettings,
    },
    graphql::GraphQl,
    indexer::Indexer,
};

/// How long the start may wait for connections. A start has a whole processor for itself, which the requests of a
/// small function do not have: handshakes are cheapest here.
const PATIENCE: Duration = Duration::from_secs(1);

/// The HTTP API's function, connected to its stores.
pub(crate) async fn api(
    settings: &ApiSettings,
    runtime: &RuntimeSettings,
) -> Result<Api, rustls::Error> {
    let (router, clock) = router(settings).await?;
    let records = Records::to_stdout(runtime.function.clone());
    let origins = settings.allowed_origins.clone();
    let cors = (!origins.is_empty()).then(|| cors::of_api(origins));
    Ok(Api::new(router, cors, clock, records))
}

/// The function that resolves AppSync's fields, connected to the same stores.
pub(crate) async fn graphql(
    settings: &ApiSettings,
    runtime: &RuntimeSettings,
) -> Result<GraphQl, rustls::Error> {
    let (router, clock) = router(settings).await?;
    Ok(GraphQl {
        resolver: Resolver::new(router),
        clock,
        records: Records::to_stdout(runtime.function.clone()),
    })
}

/// The HTTP API's router, connected to its stores, and the time that they keep.
async fn router(settings: &ApiSettings) -> Result<(Router, Arc<dyn Clock>), rustls::Error> {
    let http = AwsHttp::new()?;
    let stores = Stores::new(&settings.stores, &http);
    let (clock, ids) = (stores.clock.clone(), stores.ids.clone());
    let api_keys = ApiKeys::new(stores.api_keys.clone(), clock.clone(), ids.clone());
    let logins = DynamoLinks::beside(&stores.notes, &settings.identity_links_table);
    let sign_ins = SignIns::new(Arc::new(logins), stores.identities.clone());
    let aws = &settings.stores.aws;
    let s3 = sdk_config(aws, &http, aws.s3_endpoint.as_deref());
    let links = Arc::new(S3Links::new(&s3, &settings.stores.bucket, clock.clone()));
    let files = Files {
        store: stores.files.clone(),
        index: stores.index.clone(),
        links: links.clone(),
        notes: stores.notes.clone(),
        claims: stores.claims.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        quota: settings.stores.allowances.quota,
    };
    let archives = Archives {
        store: stores.archives.clone(),
        files: stores.files.clone(),
        index: stores.index.clone(),
        links,
        claims: stores.claims.clone(),
        queue: stores.queue.clone(),
        clock: clock.clone(),
        ids,
        limits: settings.stores.allowances.limits,
    };
    connect(&http, aws, &settings.stores.bucket).await;
    let router = notewarden_api::router(notewarden_api::App {
        notes: stores.notes(),
        files,
        archives,
        account: stores.account(),
        api_keys,
        sign_ins,
    });
    Ok((router, clock))
}

/// The function that tells who comes.
pub(crate) async fn authorizer(
    settings: &AuthorizerSettings,
    runtime: &RuntimeSettings,
) -> Result<Authorizer, InitError> {
    let http = AwsHttp::new()?;
    let aws = &settings.aws;
    let config = sdk_config(aws, &http, aws.dynamodb_endpoint.as_deref());
    let keys = DynamoApiKeys::new(&config, &settings.api_keys_table);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    http.open(places::dynamodb(aws), PATIENCE).await;
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

/// The function behind the queue of what is done later, connected to its stores.
pub(crate) async fn archiver(
    settings: &StoreSettings,
    runtime: &RuntimeSettings,
) -> Result<Archiver, rustls::Error> {
    let http = AwsHttp::new()?;
    let stores = Stores::new(settings, &http);
    let s3 = sdk_config(&settings.aws, &http, settings.aws.s3_endpoint.as_deref());
    let worker = Worker {
        archiver: notewarden_archiver::Archiver {
            archives: stores.archives.clone(),
            objects: Arc::new(S3Objects::new(&s3, &settings.bucket)),
            files: stores.files.clone(),
            index: stores.index.clone(),
            notes: stores.notes.clone(),
            clock: stores.clock.clone(),
            settings: notewarden_archiver::Settings {
                limits: settings.allowances.limits,
                ..Default::default()
            },
        },
        notes: stores.notes(),
        account: stores.account(),
    };
    connect(&http, &settings.aws, &settings.bucket).await;
    let records = Records::to_stdout(runtime.function.clone());
    Ok(Archiver::new(
        Arc::new(worker),
        stores.clock.clone(),
        records,
    ))
}

/// The function that hears of the bucket's changes, connected to the bucket and the index.
pub(crate) async fn indexer(
    settings: &IndexerSettings,
    runtime: &RuntimeSettings,
) -> Result<Indexer, rustls::Error> {
    let http = AwsHttp::new()?;
    let aws = &settings.aws;
    let dynamodb = sdk_config(aws, &http, aws.dynamodb_endpoint.as_deref());
    let s3 = sdk_config(aws, &http, aws.s3_endpoint.as_deref());
    let indexer = Indexer {
        bucket: settings.bucket.clone(),
        store: Arc::new(S3Files::new(&s3, &settings.bucket)),
        ledger: Arc::new(DynamoFiles::new(&dynamodb, &settings.files_table)),
        quota: settings.allowances.quota,
        clock: Arc::new(SystemClock),
        records: Records::to_stdout(runtime.function.clone()),
    };
    connect(&http, aws, &settings.bucket).await;
    Ok(indexer)
}

/// Opens the connections to the stores of notes and of files.
async fn connect(http: &AwsHttp, aws: &AwsSettings, bucket: &str) {
    let places = [places::dynamodb(aws), places::bucket(aws, bucket)];
    http.open(places.into_iter().flatten(), PATIENCE).await;
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
