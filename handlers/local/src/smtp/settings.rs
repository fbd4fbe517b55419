//! The file that says which mail server to use.
//!
//! ```json
//! {
//!   "server": "mail.example.com",
//!   "port": 587,
//!   "security": "starttls",
//!   "username": "notes",
//!   "password": "…",
//!   "from": "Notes <notes@example.com>"
//! }
//! ```
//!
//! `security` is `starttls` (the default), `tls` or `none`; `port` follows from it; `certificateAuthority` names a PEM
//! file with a certificate to trust besides the public ones.

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use lettre::{
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use serde::Deserialize;

/// How a server is reached.
pub(super) struct Settings {
    pub(super) server: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) credentials: Option<Credentials>,
    pub(super) from: Mailbox,
}

/// Why the server is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpError {
    /// A file cannot be read.
    #[error("the mail file `{path}` cannot be read")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// It is no JSON, or has a member that there is not.
    #[error("the mail file `{path}` is not valid")]
    Form {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// It holds a password, and others than its owner may read it.
    #[error(
        "the mail file `{0}` holds a password and can be read by others than its owner: `chmod 600` it"
    )]
    Readable(PathBuf),
    /// A member is not what it must be.
    #[error("`{member}` in the mail file: {reason}")]
    Member {
        /// Which.
        member: &'static str,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct File {
    server: String,
    port: Option<u16>,
    #[serde(default)]
    security: Security,
    username: Option<String>,
    password: Option<String>,
    from: String,
    certificate_authority: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Security {
    #[default]
    StartTls,
    Tls,
    None,
}

impl Security {
    /// The port that servers have it at (RFC 6409, RFC 8314).
    const fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

pub(super) fn read(path: &Path) -> Result<Settings, SmtpError> {
    let io = |source| SmtpError::Io {
        path: path.to_owned(),
        source,
    };
    let text = fs::read(path).map_err(io)?;
    let file: File = serde_json::from_slice(&text).map_err(|source| SmtpError::Form {
        path: path.to_owned(),
        source,
    })?;
    if file.password.is_some() && !is_owners(path).map_err(io)? {
        return Err(SmtpError::Readable(path.to_owned()));
    }
    let wrong = |member, reason: &str| SmtpError::Member {
        member,
        reason: reason.to_owned(),
    };
    if file.server.is_empty() {
        return Err(wrong("server", "it is empty"));
    }
    let from = file
        .from
        .parse()
        .map_err(|error| wrong("from", &format!("{error}")))?;
    let tls = file.tls(path)?;
    let credentials = match (file.username, file.password) {
        (None, None) => None,
        (Some(username), Some(password)) => {
            if file.security == Security::None && !is_here(&file.server) {
                return Err(wrong("security", "a password is not sent in the clear"));
            }
            Some(Credentials::new(username, password))
        }
        (Some(_), None) => return Err(wrong("password", "it is missing")),
        (None, Some(_)) => return Err(wrong("username", "it is missing")),
    };
    Ok(Settings {
        port: file.port.unwrap_or(file.security.port()),
        server: file.server,
        tls,
        credentials,
        from,
    })
}

impl File {
    fn tls(&self, path: &Path) -> Result<Tls, SmtpError> {
        let wrong = |reason: String| SmtpError::Member {
            member: "certificateAuthority",
            reason,
        };
        let mut parameters = TlsParameters::builder(self.server.clone());
        if let Some(authority) = &self.certificate_authority {
            if self.security == Security::None {
                return Err(wrong("there is no tls to use it for".to_owned()));
            }
            let file = path.parent().unwrap_or(Path::new("")).join(authority);
            let pem = fs::read(&file).map_err(|source| SmtpError::Io { path: file, source })?;
            let certificate = Certificate::from_pem(&pem);
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            parameters = parameters.add_root_certificate(certificate);
        }
        let parameters = || parameters.build().map_err(|error| wrong(error.to_string()));
        Ok(match self.security {
            Security::StartTls => Tls::Required(parameters()?),
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::None => Tls::None,
        })
    }
}

/// Whether what is sent to `server` stays on this machine.
fn is_here(server: &str) -> bool {
    server == "localhost" || server.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Whether nobody but its owner may read the file.
#[cfg(unix)]
fn is_owners(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;

    Ok(fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the file's mode is asked for elsewhere"
)]
fn is_owners(_path: &Path) -> io::Result<bool> {
    Ok(true)
}
