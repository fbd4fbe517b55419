//! Everything that answering a request needs, made once by the wiring.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use notewarden_domain::{
    StoreError,
    ports::{ArchiveStore, Clock, IdSource, LinkSigner},
};
use notewarden_embedded::{Database, Objects, database::Counters};
use notewarden_infra::BucketSettings;
use notewarden_userpool::{Credential, Credentials, IdentityPool, Roles, UserPool};

use crate::{
    access::Access, appsync::GraphQl, deployment::Deployment, endpoint::Endpoint, gateway::Gateway,
    later::Later, lifecycle::Overdue, local::playground::Playground, outputs::Outputs,
};

/// The server's parts.
pub struct App {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn IdSource>,
    /// What the resources are called.
    pub deployment: Deployment,
    /// Where clients find the server, once it listens.
    pub endpoint: Endpoint,
    /// Who may do what.
    pub access: Access,
    /// The HTTP API.
    pub gateway: Gateway,
    /// The GraphQL API, if there is one.
    pub graphql: Option<GraphQl>,
    /// The User Pool.
    pub user_pool: UserPool,
    /// The Identity Pool.
    pub identity_pool: IdentityPool,
    /// Access keys.
    pub credentials: Credentials,
    /// The roles of the template.
    pub roles: Arc<Roles>,
    /// The bucket's rules.
    pub bucket: BucketSettings,
    /// The bucket's objects.
    pub objects: Objects,
    /// Links to them.
    pub links: Arc<dyn LinkSigner>,
    /// The jobs of archives.
    pub archives: Arc<dyn ArchiveStore>,
    /// What policies are tried with.
    pub(crate) playground: Playground,
    pub(crate) web: Option<PathBuf>,
    /// What is done later.
    pub later: Later,
    /// What becomes of archives whose time is over.
    pub overdue: Overdue,
    /// What all stores are in, but for the bytes of large objects.
    pub database: Database,
    pub(crate) data_dir: PathBuf,
    pub(crate) admin: Arc<Credential>,
    pub(crate) auth_role_arn: String,
}

impl App {
    /// Tells clients how to reach the server that listens at `address`: writes the AWS files and `outputs`
    /// (by default `outputs.json` in the data directory).
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn publish(&self, address: SocketAddr, outputs: Option<&Path>) -> io::Result<Outputs> {
        let endpoint = format!("http://{address}");
        let made = self.outputs(&endpoint);
        let default = self.data_dir.join("outputs.json");
        let secret = self.admin.secret_access_key.expose();
        made.publish(
            outputs.unwrap_or(&default),
            &self.admin.access_key_id,
            secret,
        )?;
        Ok(made)
    }

    /// What clients are told that reach the server at `endpoint`.
    pub(crate) fn outputs(&self, endpoint: &str) -> Outputs {
        Outputs::new(
            &self.deployment,
            endpoint,
            &self.auth_role_arn,
            &self.data_dir,
            self.graphql.is_some(),
        )
    }

    /// Whether the stores answer.
    ///
    /// # Errors
    /// They do not.
    pub fn health(&self) -> Result<(), StoreError> {
        self.database.read(|_| Ok(()))
    }

    /// How many writes, commits and flushes the database has made since it was opened.
    pub fn counters(&self) -> Counters {
        self.database.counters()
    }
}
