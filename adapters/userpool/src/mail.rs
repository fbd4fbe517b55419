//! The messages of the inbox as e-mails, for a pool that sends them.

use async_trait::async_trait;

use crate::{
    email::EmailAddress,
    inbox::{Message, MessagePurpose},
    secret::Secret,
};

/// An e-mail: plain text.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom.
    pub to: EmailAddress,
    /// One line that shows nothing secret.
    pub subject: &'static str,
    /// With the code.
    pub body: Secret,
}

/// Sends e-mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends `mail`: answers when somebody else is responsible for it. Whoever implements this logs a failure, and
    /// nothing of the mail but its failure.
    ///
    /// # Errors
    /// It was not taken.
    async fn send(&self, mail: Mail) -> Result<(), NotSent>;
}

/// An e-mail was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the e-mail could not be sent")]
pub struct NotSent;

impl From<&Message> for Mail {
    fn from(message: &Message) -> Self {
        let code = message.code.expose();
        let (subject, body) = match message.purpose {
            MessagePurpose::SignUp => (
                "Your verification code",
                format!("Your confirmation code is {code}"),
            ),
            MessagePurpose::Invitation => (
                "Your temporary password",
                format!(
                    "Your username is {} and temporary password is {code}",
                    message.to
                ),
            ),
            MessagePurpose::PasswordReset => (
                "Your password reset code",
                format!("Your password reset code is {code}"),
            ),
            MessagePurpose::Verification => (
                "Your verification code",
                format!("Your verification code is {code}"),
            ),
            MessagePurpose::SignIn => ("Your sign-in code", format!("Your sign-in code is {code}")),
        };
        Self {
            to: message.to.clone(),
            subject,
            body: Secret::new(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use notewarden_domain::Timestamp;

    use super::*;

    #[test]
    fn the_code_stands_in_the_body_alone() {
        for purpose in [
            MessagePurpose::SignUp,
            MessagePurpose::Invitation,
            MessagePurpose::PasswordReset,
            MessagePurpose::Verification,
            MessagePurpose::SignIn,
        ] {
            let message = Message {
                to: "alice@example.com".parse().unwrap(),
                purpose,
                code: Secret::new("123456"),
                sent_at: Timestamp::from_millis(0),
            };
            let mail = Mail::from(&message);
            assert!(mail.body.expose().contains("123456"), "{purpose}");
            assert!(!mail.subject.contains("123456"));
            assert!(!format!("{mail:?}").contains("123456"));
        }
    }
}
