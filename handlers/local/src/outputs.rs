//! What the server tells its clients about itself: `outputs.json` and the AWS profile.

use std::{
    io,
    path::{Path, PathBuf},
};

use notewarden_embedded::durable::{Readers, write_whole};
use serde::Serialize;

use crate::{
    appsync,
    deployment::{Deployment, REGION},
};

/// The outputs, by the names that the template gives them too.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Outputs {
    /// The HTTP API's base URL.
    pub api: String,
    /// The GraphQL API's URL, if there is one.
    #[serde(rename = "GraphQlApi", skip_serializing_if = "Option::is_none")]
    pub graphql_api: Option<String>,
    /// The base URL of every AWS service.
    pub endpoint: String,
    /// The region.
    pub region: &'static str,
    /// The user pool's id.
    pub user_pool: String,
    /// The app client's id.
    pub user_pool_client: String,
    /// The identity pool's id.
    pub identity_pool: String,
    /// The bucket's name.
    pub bucket: String,
    /// The role of signed-in people.
    pub auth_role_arn: String,
    /// The AWS configuration with the profile `notewarden`.
    pub aws_config_file: PathBuf,
    /// The credentials of that profile (mode 0600).
    pub aws_credentials_file: PathBuf,
}

impl Outputs {
    /// The outputs of `deployment`, which may have a GraphQL API, reached at `endpoint`, with the AWS files in `dir`.
    pub fn new(
        deployment: &Deployment,
        endpoint: &str,
        auth_role_arn: &str,
        dir: &Path,
        has_graphql: bool,
    ) -> Self {
        let aws = dir.join("aws");
        Self {
            api: endpoint.to_owned(),
            graphql_api: has_graphql.then(|| format!("{endpoint}{}", appsync::PATH)),
            endpoint: endpoint.to_owned(),
            region: REGION,
            user_pool: deployment.user_pool.clone(),
            user_pool_client: deployment.user_pool_client.clone(),
            identity_pool: deployment.identity_pool.clone(),
            bucket: deployment.bucket.clone(),
            auth_role_arn: auth_role_arn.to_owned(),
            aws_config_file: aws.join("config"),
            aws_credentials_file: aws.join("credentials"),
        }
    }

    /// Writes the AWS files, then `file`: who finds `file` finds everything.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn publish(
        &self,
        file: &Path,
        access_key_id: &str,
        secret_access_key: &str,
    ) -> io::Result<()> {
        if let Some(dir) = self.aws_config_file.parent() {
            std::fs::create_dir_all(dir)?;
        }
        // `default` too, so that commands need no `--profile`.
        let settings = format!(
            "region = {REGION}\nendpoint_url = {}\ns3 =\n    signature_version = s3v4\n    addressing_style = path\n",
            self.endpoint
        );
        let config = format!("[default]\n{settings}\n[profile notewarden]\n{settings}");
        write_whole(&self.aws_config_file, config.as_bytes(), Readers::Everyone)?;
        let keys = format!(
            "aws_access_key_id = {access_key_id}\naws_secret_access_key = {secret_access_key}\n"
        );
        let credentials = format!("[default]\n{keys}\n[notewarden]\n{keys}");
        write_whole(
            &self.aws_credentials_file,
            credentials.as_bytes(),
            Readers::Owner,
        )?;
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        write_whole(file, &text, Readers::Everyone)
    }
}
