//! Codes on their way to users, and those that only seem to be.

use std::{sync::Arc, time::Duration};

use notewarden_domain::Timestamp;
use uuid::Uuid;

use super::{UserPool, UserPoolError};
use crate::{
    codes::{self, CodeError, Shadow},
    email::EmailAddress,
    inbox::{self, Message, MessagePurpose},
    users::{self, User},
};

/// Where a code went, or seems to have gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The masked address.
    pub destination: String,
}

/// A code that is about to be sent: what is kept of it, and when it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewCode {
    pub(super) digest: [u8; 32],
    pub(super) now: Timestamp,
}

impl UserPool {
    /// Sends `user` a code at `address`, once `keep` has kept it: both in one commit, or neither.
    pub(super) async fn send_code(
        &self,
        user: Uuid,
        address: EmailAddress,
        purpose: MessagePurpose,
        keep: impl FnOnce(&mut User, NewCode) -> Result<(), UserPoolError> + Send + 'static,
    ) -> Result<Delivery, UserPoolError> {
        let (message, code) = self.new_code(user, address, purpose);
        let sealed = self.seal(&message)?;
        self.commit(move |transaction| {
            let kept = users::update(transaction, user, |user| keep(user, code))?;
            if let (Ok(()), Some(sealed)) = (&kept, &sealed) {
                inbox::insert(transaction, sealed)?;
            }
            Ok(kept)
        })
        .await??;
        match purpose {
            // Whoever asks has signed in.
            MessagePurpose::Verification => self.deliver(&message).await?,
            _ => self.deliver_unseen(&message),
        }
        Ok(Delivery::to(&message.to))
    }

    /// Does what sending a code to `username` would do, for somebody, `user`, to whom none is sent: as much
    /// work, the same limit, the same answer.
    pub(super) async fn pretend_to_send_code(
        &self,
        user: Uuid,
        username: &str,
        purpose: MessagePurpose,
        lifetime: Duration,
    ) -> Result<Delivery, UserPoolError> {
        let address: Option<EmailAddress> = username.parse().ok();
        let delivery = address
            .as_ref()
            .map_or_else(Delivery::to_nobody, Delivery::to);
        if let Some(address) = address {
            let (message, _) = self.new_code(user, address, purpose);
            drop(self.seal(&message)?);
        }
        let shadow = self.shadow(user, purpose);
        let code = codes::generate(self.ids());
        let digest = codes::digest(&self.shared.vault, user, code.expose());
        let now = self.now();
        let sent = self.commit(move |transaction| shadow.send(transaction, digest, now, lifetime));
        sent.await??;
        Ok(delivery)
    }

    /// Checks a code for somebody, `user`, to whom none was sent: it is wrong.
    pub(super) async fn check_shadow_code(
        &self,
        user: Uuid,
        purpose: MessagePurpose,
    ) -> Result<CodeError, UserPoolError> {
        let (shadow, now) = (self.shadow(user, purpose), self.now());
        let refused = self.commit(move |transaction| shadow.check(transaction, now));
        Ok(refused.await?)
    }

    /// `message`, as it is kept, if it is.
    pub(super) fn seal(&self, message: &Message) -> Result<Option<Vec<u8>>, UserPoolError> {
        if !self.has_inbox() {
            return Ok(None);
        }
        let ids = Arc::clone(&self.shared.ids);
        let sealed = inbox::seal(message, &self.shared.vault, ids.as_ref())?;
        Ok(Some(sealed))
    }

    fn new_code(
        &self,
        user: Uuid,
        to: EmailAddress,
        purpose: MessagePurpose,
    ) -> (Message, NewCode) {
        let (code, now) = (codes::generate(self.ids()), self.now());
        let digest = codes::digest(&self.shared.vault, user, code.expose());
        let message = Message {
            to,
            purpose,
            code,
            sent_at: now,
        };
        (message, NewCode { digest, now })
    }

    fn shadow(&self, user: Uuid, purpose: MessagePurpose) -> Shadow {
        Shadow::new(&self.shared.vault, user, &purpose.to_string())
    }
}

impl Delivery {
    pub(super) fn to(address: &EmailAddress) -> Self {
        Self {
            destination: address.masked(),
        }
    }

    /// To somebody whose address is not known.
    fn to_nobody() -> Self {
        Self {
            destination: "a***@e***".to_owned(),
        }
    }
}
