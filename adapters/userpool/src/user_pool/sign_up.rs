//! Signing up, and confirming it with a code or by an administrator.

use serde_json::Map;
use uuid::Uuid;

use super::{
    AppClient, ClientData, Delivery, UserPool, UserPoolError,
    attributes::{Changes, Writer},
    messages::NewCode,
    sign_in::compute,
};
use crate::{
    codes::{self, SIGN_UP_CODE_LIFETIME, SentCodes},
    email::EmailAddress,
    inbox::{self, Message, MessagePurpose},
    passwords::KeptPassword,
    random,
    secret::Secret,
    triggers::Source,
    users::{self, User, UserState},
};

/// A new user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUp {
    /// The user's id.
    pub id: Uuid,
    /// Whether the user may sign in at once.
    pub is_confirmed: bool,
    /// Where the code went, if one is needed.
    pub delivery: Option<Delivery>,
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
        let data = ClientData::default();
        self.sign_up_with(client, username, password, attributes, &data)
            .await
    }

    /// As [`sign_up`](Self::sign_up), with what the client says to the functions of the pool's owner.
    ///
    /// # Errors
    /// As those of `sign_up`; or a function refuses, or fails.
    pub async fn sign_up_with(
        &self,
        client: AppClient<'_>,
        username: &str,
        password: &str,
        attributes: &[(String, String)],
        data: &ClientData,
    ) -> Result<SignedUp, UserPoolError> {
        self.client(client.id)?
            .check_secret_hash(username, client.secret_hash)?;
        let email: EmailAddress = username.parse().map_err(|_| UserPoolError::NotAnEmail)?;
        let schema = &self.shared.settings.custom_attributes;
        let attributes = Changes::of_new_user(schema, attributes, &email, Writer::Client)?;
        self.shared.settings.password_policy.check(password)?;

        let now = self.now();
        let id = random::uuid(self.ids());
        let code = codes::generate(self.ids());
        let digest = codes::digest(&self.shared.vault, id, code.expose());
        let password = self.keep_password(id, password).await?;
        let state = UserState::Unconfirmed {
            codes: SentCodes::first(digest, now, SIGN_UP_CODE_LIFETIME),
        };
        let mut user = User::new(id, email, password, state, now);
        attributes.apply_others(&mut user);
        let decision = self.before_sign_up(Source::SignUp, Some(client.id), &user, data);
        let decision = decision.await?;
        if decision.confirms {
            user.confirm(decision.verifies_email, now)?;
        }
        if decision.verifies_phone && user.attributes.contains_key("phone_number") {
            let verified = ("phone_number_verified".to_owned(), true.to_string());
            user.attributes.extend([verified]);
        }
        let is_confirmed = decision.confirms;
        let message = (!is_confirmed).then(|| Message {
            to: user.email.clone(),
            purpose: MessagePurpose::SignUp,
            code,
            sent_at: now,
        });
        let delivery = message.as_ref().map(|message| Delivery::to(&message.to));
        self.insert_user(user.clone(), message).await?;
        if is_confirmed {
            let (source, client) = (Source::ConfirmSignUp, Some(client.id));
            self.after_confirmation(source, client, &user, &data.metadata)
                .await?;
        }
        Ok(SignedUp {
            id,
            is_confirmed,
            delivery,
        })
    }

    /// Confirms a sign-up with the code that was sent last.
    ///
    /// # Errors
    /// The code is refused, or there is nothing to confirm. Of an unknown user, and of one who has nothing to
    /// confirm, every code is wrong, unless the client may know.
    pub async fn confirm_sign_up(
        &self,
        client: AppClient<'_>,
        username: &str,
        code: &str,
    ) -> Result<(), UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let subject = self.subject(username)?;
        let digest = codes::digest(&self.shared.vault, subject.id, code);
        let refused = match subject.user.filter(|user| user.is_enabled) {
            None => UserPoolError::UserNotFound,
            Some(mut user) => match user.sign_up_codes() {
                Err(state) => state.into(),
                Ok(_) => {
                    let now = self.now();
                    let confirm = move |user: &mut User| {
                        user.sign_up_codes()?.check(&digest, now)?;
                        user.confirm(true, now)?;
                        Ok::<_, UserPoolError>(user.clone())
                    };
                    let id = subject.id;
                    let confirmed =
                        self.commit(move |transaction| users::update(transaction, id, confirm));
                    let user = confirmed.await??;
                    return self.tell_confirmed(Some(client.id), &user).await;
                }
            },
        };
        if settings.prevents_user_existence_errors {
            let wrong = self.check_shadow_code(subject.id, MessagePurpose::SignUp);
            return Err(wrong.await?.into());
        }
        Err(refused)
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
        let subject = self.subject(username)?;
        let purpose = MessagePurpose::SignUp;
        let refused = match subject.user.filter(|user| user.is_enabled) {
            None => UserPoolError::UserNotFound,
            Some(mut user) => match user.sign_up_codes() {
                Err(state) => state.into(),
                Ok(_) => {
                    let another = |user: &mut User, NewCode { digest, now }| {
                        let codes = user.sign_up_codes()?;
                        Ok(codes.another(digest, now, SIGN_UP_CODE_LIFETIME)?)
                    };
                    return self.send_code(user.id, user.email, purpose, another).await;
                }
            },
        };
        if settings.prevents_user_existence_errors {
            let lifetime = SIGN_UP_CODE_LIFETIME;
            return self
                .pretend_to_send_code(subject.id, username, purpose, lifetime)
                .await;
        }
        Err(refused)
    }

    /// Confirms a sign-up without a code; the address stays unverified.
    ///
    /// # Errors
    /// There is no such user, or nothing to confirm.
    pub async fn admin_confirm_sign_up(&self, username: &str) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?;
        let now = self.now();
        let confirmed = self.commit(move |transaction| {
            users::update(transaction, user.id, |user| {
                user.confirm(false, now).map(|()| user.clone())
            })
        });
        let user = confirmed.await??;
        self.tell_confirmed(None, &user).await
    }

    /// Tells the owner's function that the sign-up of `user` was confirmed.
    async fn tell_confirmed(
        &self,
        client_id: Option<&str>,
        user: &User,
    ) -> Result<(), UserPoolError> {
        let source = Source::ConfirmSignUp;
        self.after_confirmation(source, client_id, user, &Map::new())
            .await
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
            .transpose()?
            .flatten();
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
            self.deliver(message).await?;
        }
        Ok(())
    }
}
