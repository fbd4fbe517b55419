//! The ids of this data directory's resources: made once, and the same after every restart.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use notewarden_domain::ports::IdSource;
use notewarden_embedded::durable::{Readers, write_whole};
use serde::{Deserialize, Serialize};
use uuid::Builder;

/// The region that the local server speaks for.
pub const REGION: &str = "us-east-1";
/// The account that owns the local resources.
pub const ACCOUNT_ID: &str = "000000000000";

const FILE: &str = "deployment.json";

/// What a deployment's resources are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    /// `<region>_<9 letters and digits>`.
    pub user_pool: String,
    /// 26 lower-case letters and digits.
    pub user_pool_client: String,
    /// `<region>:<uuid>`.
    pub identity_pool: String,
    /// 10 lower-case letters and digits.
    pub api_id: String,
    /// The bucket's name.
    pub bucket: String,
    /// What tells this deployment's role names from another's: 12 capital letters and digits.
    pub suffix: String,
}

/// Why the ids cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// The file cannot be read or written.
    #[error("`{path}` cannot be used")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is not what this server wrote.
    #[error("`{path}` is damaged: restore it, or remove the whole data directory to start anew")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
}

impl Deployment {
    /// The ids kept in `dir`, made and kept now if there are none yet.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn load_or_create(dir: &Path, ids: &dyn IdSource) -> Result<Self, DeploymentError> {
        let path = dir.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| DeploymentError::Damaged { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = Self::generate(ids);
                let text = serde_json::to_vec_pretty(&made).map_err(|source| {
                    DeploymentError::Damaged {
                        path: path.clone(),
                        source,
                    }
                })?;
                write_whole(&path, &text, Readers::Everyone)
                    .map_err(|source| DeploymentError::Io { path, source })?;
                Ok(made)
            }
            Err(source) => Err(DeploymentError::Io { path, source }),
        }
    }

    /// Whether `dir` has ids already.
    pub fn exists(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    /// Ids that are easy to read, for what is the same in every deployment.
    pub(crate) fn example() -> Self {
        Self {
            user_pool: format!("{REGION}_Pool"),
            user_pool_client: "client".to_owned(),
            identity_pool: format!("{REGION}:00000000-0000-4000-8000-000000000000"),
            api_id: "api".to_owned(),
            bucket: "the-bucket".to_owned(),
            suffix: "EXAMPLE".to_owned(),
        }
    }

    fn generate(ids: &dyn IdSource) -> Self {
        const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut uuid = [0; 16];
        ids.fill(&mut uuid);
        Self {
            user_pool: format!("{REGION}_{}", random_text(ids, MIXED, 9)),
            user_pool_client: random_text(ids, LOWER, 26),
            identity_pool: format!("{REGION}:{}", Builder::from_random_bytes(uuid).into_uuid()),
            api_id: random_text(ids, LOWER, 10),
            bucket: format!("notewarden-{}", random_text(ids, LOWER, 12)),
            suffix: random_text(ids, UPPER, 12),
        }
    }
}

/// `length` characters of `alphabet`, each as likely as the others.
fn random_text(ids: &dyn IdSource, alphabet: &[u8], length: usize) -> String {
    // Bytes at or over the largest multiple of the alphabet's length would favour its first letters.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        ids.fill(&mut bytes);
        let letters = bytes
            .iter()
            .map(|&byte| usize::from(byte))
            .filter(|&byte| byte < fair);
        let missing = length - text.len();
        text.extend(
            letters
                .filter_map(|byte| alphabet.get(byte % alphabet.len()))
                .take(missing)
                .map(|&b| char::from(b)),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemIds;

    #[test]
    fn ids_are_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let made = Deployment::load_or_create(dir.path(), &SystemIds::default()).unwrap();
        assert_eq!(
            Deployment::load_or_create(dir.path(), &SystemIds::default()).unwrap(),
            made
        );
        let other = tempfile::tempdir().unwrap();
        assert_ne!(
            Deployment::load_or_create(other.path(), &SystemIds::default()).unwrap(),
            made
        );
    }

    #[test]
    fn a_damaged_file_is_named_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), b"{").unwrap();
        let error = Deployment::load_or_create(dir.path(), &SystemIds::default()).unwrap_err();
        assert!(error.to_string().contains("deployment.json"), "{error}");
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), b"{");
    }
}
