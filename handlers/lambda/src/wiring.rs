//! The one place where concrete adapters are chosen and put together.

mod issuers;
mod lazy;
mod ledger;
mod stores;

use std::{sync::Arc, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_s3::config::IdentityCache;
use aws_types::{SdkConfig, region::Region};
use axum::Router;
use http::Uri;
use notewarden_archiver::Worker;
use notewarden_domain::{
    api_keys::ApiKeys, archives::Archives, files::Files, ports::Clock, sign_ins::SignIns,
};
use notewarden_dynamodb::{DynamoApiKeys, DynamoFiles, DynamoLinks};
use notewarden_graphql::Resolver;
use notewarden_s3::{S3Files, S3Links, S3Objects};
use notewarden_system::{SystemClock, SystemIds};

pub(crate) use self::issuers::IssuersError;
use self::{issuers::issuers, lazy::Lazy, stores::Stores};
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
    let api_keys = ApiKeys::new(
        Arc::new(DynamoApiKeys::beside(
            &stores.notes,
            &settings.api_keys_table,
        )),
        clock.clone(),
        ids.clone(),
    );
    let logins = DynamoLinks::beside(&stores.notes, &settings.identity_links_table);
    let sign_ins = SignIns::new(Arc::new(logins), stores.identities.clone());
    let aws = &settings.stores.aws;
    let s3 = sdk_config(aws, &http, aws.s3_endpoint.as_deref());
    let (bucket, signs_at) = (settings.stores.bucket.clone(), clock.clone());
    let links = Arc::new(Lazy::new(move || {
        S3Links::new(&s3, &bucket, signs_at.clone())
    }));
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
    http.open(places(aws, &settings.stores.bucket).await, PATIENCE)
        .await;
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
    http.open(places(&settings.aws, &settings.bucket).await, PATIENCE)
        .await;
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
    http.open(places(aws, &settings.bucket).await, PATIENCE)
        .await;
    Ok(indexer)
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
async fn places(aws: &AwsSettings, bucket: &str) -> Vec<Uri> {
    let dynamodb = match &aws.dynamodb_endpoint {
        Some(url) => Some(url.clone()),
        None => dynamodb_endpoint(&aws.region).await,
    };
    let s3 = match &aws.s3_endpoint {
        Some(url) => Some(url.clone()),
        None => s3_endpoint(&aws.region, bucket).await,
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
