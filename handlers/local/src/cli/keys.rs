//! `notewarden keys`.

use std::{path::Path, sync::Arc};

use clap::{Args, Subcommand};
use notewarden_embedded::database::OpenError;

use super::{CliError, RunningServer, ask, say};
use crate::{
    deployment::Deployment,
    wiring::{self, Settings},
};

/// What to do with the keys.
#[derive(Debug, Args)]
pub struct KeysOptions {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Sign with new keys from now on; what the old ones have signed stays valid until it ends
    Rotate(RunningServer),
}

pub async fn run(options: KeysOptions) -> Result<(), CliError> {
    let KeysCommand::Rotate(server) = options.command;
    if !rotate_alone(&server.data_dir).await? {
        ask::post(&server, "/_local/keys/rotate")
            .await?
            .ok_or("the server is of a version that does not rotate keys")?;
    }
    say("tokens are signed with new keys from now on");
    Ok(())
}

/// Rotates the keys of a data directory that no server has; whether none had it.
async fn rotate_alone(data_dir: &Path) -> Result<bool, CliError> {
    if !Deployment::exists(data_dir) {
        return Err(format!("`{}` is no data directory", data_dir.display()).into());
    }
    match wiring::open(Settings::new(data_dir.to_owned(), Arc::new(|_| ()))).await {
        Ok(app) => {
            app.user_pool.rotate_keys().await?;
            Ok(true)
        }
        Err(error) if matches!(error.downcast_ref(), Some(OpenError::InUse(_))) => Ok(false),
        Err(error) => Err(error),
    }
}
