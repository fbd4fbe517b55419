//! What the bundled template says, for a deployment as the local server makes one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod decisions;
mod functions;
mod graphql;
mod identity_pool;
mod permissions;
mod policies;
mod settings;
mod token_api;
mod variants;

use notewarden_infra::{Deployment, Stack, Template};

/// With every parameter's default.
fn stack() -> Stack {
    stack_with([])
}

/// Where everything that the settings refer to exists.
fn place() -> Deployment {
    Deployment::new("us-east-1", "000000000000")
        .with("UserPool", "us-east-1_Pool00000")
        .with("UserPoolClient", "client00000000000000000000")
        .with(
            "IdentityPool",
            "us-east-1:00000000-0000-4000-8000-00000000000a",
        )
        .with("AuthRole", "notewarden-AuthRole")
        .with("Api", "api0000000")
        .with("Bucket", "notewarden-files")
        .with("ApiFunction", "notewarden-ApiFunction")
        .with("ApiFunctionUrl", "url0000000")
        .with("ApiDomain", "d-api00000")
        .with("GraphQlApi", "graphql000")
        .with("TokenApi", "tokens0000")
        .with("TokenApiDomain", "d-tokens00")
        .with("JwtAuthorizer", "jwt0000000")
        .with("FunctionAuthorizer", "function00")
}

fn stack_with<const N: usize>(parameters: [(&str, &str); N]) -> Stack {
    let deployment = parameters
        .into_iter()
        .fold(place(), |deployment, (name, value)| {
            deployment.with_parameter(name, value)
        });
    Template::bundled().unwrap().deploy(&deployment).unwrap()
}
