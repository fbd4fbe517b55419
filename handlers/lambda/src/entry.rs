//! From the start of the process to the first event: which entry point it is, its parts, and the loop.

use std::{error::Error, process::ExitCode};

use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::{
    environment::{
        ApiSettings, AuthorizerSettings, Environment, EnvironmentError, IndexerSettings,
        StoreSettings,
    },
    initialization, log,
    wiring::{self, IssuersError},
};

/// Why a function cannot begin.
#[derive(Debug, Error)]
pub(crate) enum InitError {
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    #[error("the issuers of tokens cannot be trusted as they are described")]
    Issuers(#[from] IssuersError),
    #[error(
        "`_HANDLER` is `{0}`: it must be `api`, `archiver`, `authorizer`, `graphql` or `indexer`"
    )]
    UnknownHandler(String),
}

/// Runs the function that the environment names, until Lambda ends the process.
pub async fn run() -> ExitCode {
    let environment = Environment::of_process();
    log::start(&environment);
    match start(&environment).await {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            let error = error.as_ref() as &dyn Error;
            tracing::error!(error, "the runtime interface failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn Error, "the function cannot begin");
            initialization::report(&environment, &error).await;
            ExitCode::FAILURE
        }
    }
}

/// Prepares and runs the entry point; the outer error comes before the first event.
async fn start(environment: &Environment) -> Result<Result<(), lambda_runtime::Error>, InitError> {
    let runtime = environment.runtime()?;
    match runtime.handler.as_str() {
        "api" => {
            let api = wiring::api(&ApiSettings::read(environment)?, &runtime).await?;
            let answer =
                |event: LambdaEvent<Box<RawValue>>| api.answer(event.payload, event.context);
            Ok(Runtime::new(service_fn(answer)).run().await)
        }
        "archiver" => {
            let archiver = wiring::archiver(&StoreSettings::read(environment)?, &runtime).await?;
            let work =
                |event: LambdaEvent<Box<RawValue>>| archiver.work(event.payload, event.context);
            Ok(Runtime::new(service_fn(work)).run().await)
        }
        "authorizer" => {
            let settings = AuthorizerSettings::read(environment)?;
            let authorizer = wiring::authorizer(&settings, &runtime).await?;
            let answer =
                |event: LambdaEvent<Box<RawValue>>| authorizer.answer(event.payload, event.context);
            Ok(Runtime::new(service_fn(answer)).run().await)
        }
        "graphql" => {
            let graphql = wiring::graphql(&ApiSettings::read(environment)?, &runtime).await?;
            let answer =
                |event: LambdaEvent<Box<RawValue>>| graphql.answer(event.payload, event.context);
            Ok(Runtime::new(service_fn(answer)).run().await)
        }
        "indexer" => {
            let settings = IndexerSettings::read(environment)?;
            let indexer = wiring::indexer(&settings, &runtime).await?;
            let learn =
                |event: LambdaEvent<Box<RawValue>>| indexer.learn(event.payload, event.context);
            Ok(Runtime::new(service_fn(learn)).run().await)
        }
        other => Err(InitError::UnknownHandler(other.to_owned())),
    }
}
