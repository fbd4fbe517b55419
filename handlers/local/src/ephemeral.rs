//! A whole server for one test: in this process, on a free port, with a data directory that goes with it.
//!
//! ```
//! use notewarden::ephemeral::Ephemeral;
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let server = Ephemeral::start().await?;
//! let outputs = server.outputs();
//! assert!(outputs.endpoint.starts_with("http://127.0.0.1:"));
//! // Point AWS clients at `outputs.endpoint`, as the administrator or as whoever signs up.
//! let administrator = server.administrator();
//! assert!(!administrator.access_key_id.is_empty());
//! # Ok::<(), notewarden::wiring::WiringError>(())
//! # }).unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```

use std::{path::Path, sync::Arc};

use notewarden_userpool::Credential;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    app::App,
    outputs::Outputs,
    server::Server,
    wiring::{self, Settings, WiringError},
};

/// A running server; it ends, and what it kept is removed, when this is dropped.
pub struct Ephemeral {
    app: Arc<App>,
    outputs: Outputs,
    // Declared before the directory, so that it ends before what it writes to does.
    _server: Server,
    directory: TempDir,
}

impl Ephemeral {
    /// Starts a server of the template that it was built with. What its user pool sends is in
    /// [`UserPool::inbox`](notewarden_userpool::UserPool::inbox).
    ///
    /// # Errors
    /// There is no room for a data directory, or no free port.
    pub async fn start() -> Result<Self, WiringError> {
        Self::start_with(|settings| settings).await
    }

    /// Starts a server with what `configure` changes in the settings; it may put files into their data directory.
    ///
    /// # Errors
    /// As [`Ephemeral::start`], or what the settings name cannot be read.
    pub async fn start_with(
        configure: impl FnOnce(Settings) -> Settings,
    ) -> Result<Self, WiringError> {
        let directory = tempfile::tempdir()?;
        let settings = configure(Settings::new(directory.path(), Arc::new(|_| ())));
        let app = wiring::open(settings).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let server = Server::start(listener, Arc::clone(&app))?;
        let outputs = app.publish(server.address(), None)?;
        Ok(Self {
            app,
            outputs,
            _server: server,
            directory,
        })
    }

    /// How to reach it, and the names of its resources.
    pub const fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    /// The keys of the administrator.
    pub fn administrator(&self) -> &Credential {
        &self.app.admin
    }

    /// Its parts.
    pub const fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Its data directory.
    pub fn data_dir(&self) -> &Path {
        self.directory.path()
    }
}
