//! Signing up, and confirming it with a code or by an administrator.

use std::sync::Arc;

use notewarden_domain::Timestamp;
use uuid::Uuid;

use super::{
    AppClient, UserPool, UserPoolError,
    attributes::{self, Writer},
    sign_in::compute,
};
use crate::{
    codes::{self, CodeError, SIGN_UP_CODE_LIFETIME, SentCodes},
    email::EmailAddress,
    inbox::{self, Message, MessagePurpose},
    passwords::KeptPassword,
    random,
    secret::Secret,
    users::{self, User, UserState},
};

/// A new user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUp {
    /// The user's id.
    pub id: Uuid,
    /// Where the code went.
    pub delivery: Delivery,
}

/// Where a code went, or seems to have gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The masked address.
    pub destination: String,
}

impl UserPool {
    /// Makes an unconfirmed user and sends them a code.
    ///
    /// # Errors
    /// The name is taken or no address, the password too weak, or an attribute not to be had.
    pub async fn sign_up(
        &self,
        client: AppClient<'_>,
        username: &str,
        password: &str,
        attributes: &[(String, String)],
    ) -> Result<SignedUp, UserPoolError> {
        self.client(client.id)?
            .check_secret_hash(username, client.secret_hash)?;
        let email: EmailAddress = username.parse().map_err(|_| UserPoolError::NotAnEmail)?;
        let attributes = attributes::of_new_user(attributes, &email, Writer::Client)?;
        self.shared.settings.password_policy.check(password)?;

        let now = self.now();
        let id = random::uuid(self.ids());
        let code = codes::generate(self.ids());
        let digest = codes::digest(&self.shared.vault, id, code.expose());
        let user = User {
            id,
            email,
            is_email_verified: false,
            attributes: attributes.others,
            password: self.keep_password(id, password).await?,
            state: UserState::Unconfirmed {
                codes: SentCodes::first(digest, now, SIGN_UP_CODE_LIFETIME),
            },
            is_enabled: true,
            created_at: now,
            modified_at: now,
        };
        let message = Message {
            to: user.email.clone(),
            purpose: MessagePurpose::SignUp,
            code,
            sent_at: now,
        };
        let delivery = Delivery::to(&user.email);
        self.insert_user(user, Some(message)).await?;
        Ok(SignedUp { id, delivery })
    }

    /// Confirms a sign-up with the code that was sent last.
    ///
    /// # Errors
    /// The code is refused, or there is nothing to confirm. Of an unknown user the code has always expired,
    /// unless the client may know.
    pub async fn confirm_sign_up(
        &self,
        client: AppClient<'_>,
        username: &str,
        code: &str,
    ) -> Result<(), UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let Some(user) = self.find_user(username)?.filter(|user| user.is_enabled) else {
            return Err(if settings.prevents_user_existence_errors {
                CodeError::Expired.into()
            } else {
                UserPoolError::UserNotFound
            });
        };
        let digest = codes::digest(&self.shared.vault, user.id, code);
        let now = self.now();
        self.commit(move |transaction| {
            users::update(transaction, user.id, |user| {
                user.sign_up_codes()?.check(&digest, now)?;
                Ok(user.confirm(true, now)?)
            })
        })
        .await?
    }

    /// Sends an unconfirmed user another code. An unknown user, and one who needs none, seem to get one too,
    /// unless the client may know.
    ///
    /// # Errors
    /// Too many codes were sent.
    pub async fn resend_confirmation_code(
        &self,
        client: AppClient<'_>,
        username: &str,
    ) -> Result<Delivery, UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let outcome = match self.find_user(username)?.filter(|user| user.is_enabled) {
            Some(user) => self.send_another_code(user).await,
            None => Err(UserPoolError::UserNotFound),
        };
        match outcome {
            Err(UserPoolError::UserNotFound | UserPoolError::CannotBeConfirmed(_))
                if settings.prevents_user_existence_errors =>
            {
                Ok(Delivery::pretended(username))
            }
            other => other,
        }
    }

    /// Confirms a sign-up without a code; the address stays unverified.
    ///
    /// # Errors
    /// There is no such user, or nothing to confirm.
    pub async fn admin_confirm_sign_up(&self, username: &str) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?;
        let now = self.now();
        let confirmed = self.commit(move |transaction| {
            users::update(transaction, user.id, |user| user.confirm(false, now))
        });
        Ok(confirmed.await??)
    }

    /// The user whose address or id is `username`, for those who may know that there is none.
    pub(super) fn existing_user(&self, username: &str) -> Result<User, UserPoolError> {
        self.find_user(username)?.ok_or(UserPoolError::UserNotFound)
    }

    /// What is kept of `password` for the user `id`.
    pub(super) async fn keep_password(
        &self,
        id: Uuid,
        password: &str,
    ) -> Result<KeptPassword, UserPoolError> {
        let (pool, password) = (self.clone(), Secret::new(password));
        let kept = compute(move || {
            pool.with_claimant(id, |claimant| {
                KeptPassword::new(claimant, password.expose(), &pool.shared.vault, pool.ids())
            })
        });
        Ok(kept.await??)
    }

    /// Makes `user` and sends `message`, both or neither.
    pub(super) async fn insert_user(
        &self,
        user: User,
        message: Option<Message>,
    ) -> Result<(), UserPoolError> {
        let sealed = message
            .as_ref()
            .map(|message| self.seal(message))
            .transpose()?;
        self.commit(move |transaction| {
            users::check_is_new(transaction, &user)?;
            users::insert(transaction, &user)?;
            if let Some(sealed) = &sealed {
                inbox::insert(transaction, sealed)?;
            }
            Ok(())
        })
        .await?;
        if let Some(message) = &message {
            (self.shared.on_message)(message);
        }
        Ok(())
    }

    async fn send_another_code(&self, user: User) -> Result<Delivery, UserPoolError> {
        let now = self.now();
        let code = codes::generate(self.ids());
        let digest = codes::digest(&self.shared.vault, user.id, code.expose());
        let message = Message {
            to: user.email,
            purpose: MessagePurpose::SignUp,
            code,
            sent_at: now,
        };
        let sealed = self.seal(&message)?;
        self.commit(move |transaction| {
            let sent = users::update(transaction, user.id, |user| another(user, digest, now))?;
            if sent.is_ok() {
                inbox::insert(transaction, &sealed)?;
            }
            Ok(sent)
        })
        .await??;
        (self.shared.on_message)(&message);
        Ok(Delivery::to(&message.to))
    }

    fn seal(&self, message: &Message) -> Result<Vec<u8>, UserPoolError> {
        let ids = Arc::clone(&self.shared.ids);
        Ok(inbox::seal(message, &self.shared.vault, ids.as_ref())?)
    }
}

fn another(user: &mut User, digest: [u8; 32], now: Timestamp) -> Result<(), UserPoolError> {
    let codes = user.sign_up_codes()?;
    Ok(codes.another(digest, now, SIGN_UP_CODE_LIFETIME)?)
}

impl Delivery {
    fn to(address: &EmailAddress) -> Self {
        Self {
            destination: address.masked(),
        }
    }

    /// As if the name were an address with a user behind it.
    fn pretended(username: &str) -> Self {
        match username.parse() {
            Ok(address) => Self::to(&address),
            Err(_) => Self {
                destination: "a***@e***".to_owned(),
            },
        }
    }
}
