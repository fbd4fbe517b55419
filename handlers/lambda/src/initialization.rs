//! How Lambda, and so whoever deployed the function, learns why it did not begin (“Using the Lambda runtime API for
//! custom runtimes”, initialization error).

use std::error::Error;

use lambda_runtime_api_client::{BoxError, Client, body::Body, build_request};

use crate::environment::Environment;

/// Tells Lambda, as far as it can be reached; the log has it in any case.
pub(crate) async fn report(environment: &Environment, error: &dyn Error) {
    if let Err(error) = try_report(environment, error).await {
        tracing::error!(
            error = error.as_ref() as &dyn Error,
            "lambda cannot be told"
        );
    }
}

async fn try_report(environment: &Environment, error: &dyn Error) -> Result<(), BoxError> {
    let Some(place) = environment.get("AWS_LAMBDA_RUNTIME_API") else {
        return Err("`AWS_LAMBDA_RUNTIME_API` is not set".into());
    };
    let client = Client::builder().with_endpoint(place.try_into()?).build()?;
    let body = serde_json::json!({
        "errorType": "Runtime.InvalidConfiguration",
        "errorMessage": error.to_string(),
        "stackTrace": [],
    });
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header(
            "lambda-runtime-function-error-type",
            "Runtime.InvalidConfiguration",
        )
        .body(Body::from(body.to_string()))?;
    client.call(request).await.map(drop)
}
