//! The user pool's e-mails over SMTP, in place of the inbox.

mod settings;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use notewarden_domain::ports::IdSource;
use notewarden_userpool::mail::{Mail, Mailer, NotSent};
use tokio::time::timeout;
use uuid::Builder;

use self::settings::Settings;
pub use self::settings::SmtpError;

/// How long a server may take for one command.
const COMMAND_LIMIT: Duration = Duration::from_secs(5);
/// How long a server may take for a whole e-mail.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// Hands e-mails to a server.
pub struct SmtpMailer {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    ids: Arc<dyn IdSource>,
}

impl SmtpMailer {
    /// Reads which server, and how to reach it, from the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or does not say what it must.
    pub fn read(path: &Path, ids: Arc<dyn IdSource>) -> Result<Self, SmtpError> {
        let Settings {
            server,
            port,
            tls,
            credentials,
            from,
        } = settings::read(path)?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
            .port(port)
            .tls(tls)
            .timeout(Some(COMMAND_LIMIT));
        if let Some(credentials) = credentials {
            transport = transport.credentials(credentials);
        }
        Ok(Self {
            from,
            transport: transport.build(),
            ids,
        })
    }

    fn message(&self, mail: &Mail) -> Result<Message, lettre::error::Error> {
        let to: Address = mail
            .to
            .as_str()
            .parse()
            .map_err(|_| lettre::error::Error::MissingTo)?;
        let mut id = [0; 16];
        self.ids.fill(&mut id);
        let id = Builder::from_random_bytes(id).into_uuid();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.expose().to_owned())
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let message = self.message(mail)?;
        timeout(TIME_LIMIT, self.transport.send(message)).await??;
        Ok(())
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), NotSent> {
        self.hand_over(&mail).await.map_err(|error| {
            let (error, subject) = (error.as_ref() as &dyn std::error::Error, mail.subject);
            tracing::warn!(error, subject, "an e-mail was not taken by the mail server");
            NotSent
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use notewarden_userpool::Secret;
    use serde_json::json;

    use super::*;
    use crate::system::SystemIds;

    fn mailer(file: &serde_json::Value) -> Result<SmtpMailer, SmtpError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mail.json");
        fs::write(&path, file.to_string()).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        SmtpMailer::read(&path, Arc::new(SystemIds::default()))
    }

    fn plain() -> serde_json::Value {
        json!({ "server": "127.0.0.1", "security": "none", "from": "Notes <notes@example.com>" })
    }

    #[test]
    fn an_e_mail_is_plain_text_and_no_address_adds_a_header() {
        let mailer = mailer(&plain()).unwrap();
        for to in [
            "alice@example.com",
            "alice+a=b!#%@example.com",
            "bcc&x@example.com",
        ] {
            let mail = Mail {
                to: to.parse().unwrap(),
                subject: "Your verification code",
                body: Secret::new("Your confirmation code is 123456"),
            };
            let message = mailer.message(&mail).unwrap();
            assert_eq!(message.envelope().to().len(), 1);
            let text = String::from_utf8(message.formatted()).unwrap();
            let (headers, body) = text.split_once("\r\n\r\n").unwrap();
            let mut names: Vec<_> = headers
                .lines()
                .filter(|line| !line.starts_with([' ', '\t']))
                .filter_map(|line| line.split_once(':'))
                .map(|(name, _)| name)
                .collect();
            names.sort_unstable();
            assert_eq!(
                names,
                [
                    "Content-Transfer-Encoding",
                    "Content-Type",
                    "Date",
                    "From",
                    "Message-ID",
                    "Subject",
                    "To"
                ]
            );
            assert_eq!(body.trim_end(), "Your confirmation code is 123456");
            assert!(!headers.contains("123456"));
        }
    }

    #[test]
    fn what_is_wrong_with_the_file_is_named() {
        for (change, named) in [
            (json!({ "server": "" }), "server"),
            (json!({ "host": "x" }), "host"),
            (json!({ "from": "notes" }), "from"),
            (
                json!({ "from": "a@example.com\r\nBcc: b@example.com" }),
                "from",
            ),
            (json!({ "security": "maybe" }), "maybe"),
            (json!({ "username": "u" }), "password"),
            (
                json!({ "server": "mail.example.com", "username": "u", "password": "p" }),
                "security",
            ),
            (
                json!({ "certificateAuthority": "ca.pem" }),
                "certificateAuthority",
            ),
        ] {
            let mut file = plain();
            file.as_object_mut()
                .unwrap()
                .extend(change.as_object().unwrap().clone());
            let Err(error) = mailer(&file) else {
                panic!("{change} is taken");
            };
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            let message = format!("{error}: {}", cause.unwrap_or_default());
            assert!(message.contains(named), "{change}: {message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_a_password_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mail.json");
        let mut file = plain();
        file["username"] = "u".into();
        file["password"] = "p".into();
        fs::write(&path, file.to_string()).unwrap();
        let read = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            SmtpMailer::read(&path, Arc::new(SystemIds::default()))
        };
        assert!(read(0o600).is_ok());
        assert!(matches!(read(0o644), Err(SmtpError::Readable(_))));
    }
}
