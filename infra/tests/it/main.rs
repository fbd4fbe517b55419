//! What the bundled template says, for a deployment as the local server makes one.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod decisions;
mod policies;
mod settings;

use notewarden_infra::{Deployment, Stack, Template};

fn stack() -> Stack {
    let deployment = Deployment::new("us-east-1", "000000000000")
        .with("UserPool", "us-east-1_Pool00000")
        .with("UserPoolClient", "client00000000000000000000")
        .with(
            "IdentityPool",
            "us-east-1:00000000-0000-4000-8000-00000000000a",
        )
        .with("AuthRole", "notewarden-AuthRole")
        .with("Api", "api0000000")
        .with("Bucket", "notewarden-files");
    Template::bundled().unwrap().deploy(&deployment).unwrap()
}
