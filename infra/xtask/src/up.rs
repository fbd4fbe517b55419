//! `cargo xtask up`: builds the web client and the local server, and becomes the server.

use std::{ffi::OsString, process::Command};

use clap::Args;

use crate::{
    command::{self, Failure},
    web, workspace,
};

/// Build the web client, where there is Node, and the local server, and start it
///
/// Everything after the options goes to `notewarden serve`, as in `cargo xtask up --listen 127.0.0.1:0`.
#[derive(Args)]
pub(crate) struct Up {
    /// Build with optimizations
    #[arg(long)]
    release: bool,
    /// Arguments of `notewarden serve`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Up {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if let Some(missing) = web::build()? {
            println!("without the web client: {missing}");
        }
        let mut server = Command::new(workspace::build_server(self.release)?);
        server.arg("serve").args(self.arguments);
        become_it(&mut server)
    }
}

/// Replaces this process, so that signals reach the server and its exit code is ours.
#[cfg(unix)]
fn become_it(server: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;

    let source = server.exec();
    Err(Failure::Run {
        command: command::shown(server),
        source,
    })
}

#[cfg(not(unix))]
fn become_it(server: &mut Command) -> Result<(), Failure> {
    command::run(server)
}
