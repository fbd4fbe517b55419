//! What becomes of attributes after the sign-up, and the verification of a changed address.

use notewarden_domain::StoreError;

use super::{
    Delivery, UserPool, UserPoolError,
    attributes::{Changes, Writer},
    messages::NewCode,
};
use crate::{
    codes::{self, CodeError, SentCodes, VERIFICATION_CODE_LIFETIME},
    email::EmailAddress,
    inbox::MessagePurpose,
    users::{self, User, Verification},
};

/// The one attribute that codes verify.
const EMAIL: &str = "email";

impl UserPool {
    /// Changes attributes of the user who has the access token. Another address gets a code, and what the
    /// address is until then is the pool's setting.
    ///
    /// # Errors
    /// The access token is refused, an attribute not the client's to write, the address another's, or too many
    /// codes were asked for.
    pub async fn update_user_attributes(
        &self,
        access_token: &str,
        attributes: &[(String, String)],
    ) -> Result<Option<Delivery>, UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        let schema = &self.shared.settings.custom_attributes;
        let changes = Changes::read(schema, attributes, Writer::Client)?;
        self.change_attributes(user, changes).await
    }

    /// Removes attributes of the user who has the access token.
    ///
    /// # Errors
    /// The access token is refused, or an attribute not the client's to remove.
    pub async fn delete_user_attributes(
        &self,
        access_token: &str,
        names: &[String],
    ) -> Result<(), UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        let schema = &self.shared.settings.custom_attributes;
        let changes = Changes::removing(schema, names, Writer::Client)?;
        self.change_attributes(user, changes).await.map(drop)
    }

    /// Changes attributes of a user. Another address is verified if the administrator says so, and gets a code
    /// otherwise.
    ///
    /// # Errors
    /// There is no such user, an attribute is not to be had, or the address is another's.
    pub async fn admin_update_user_attributes(
        &self,
        username: &str,
        attributes: &[(String, String)],
    ) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?;
        let schema = &self.shared.settings.custom_attributes;
        let changes = Changes::read(schema, attributes, Writer::Administrator)?;
        self.change_attributes(user, changes).await.map(drop)
    }

    /// Removes attributes of a user.
    ///
    /// # Errors
    /// There is no such user, or an attribute cannot be removed.
    pub async fn admin_delete_user_attributes(
        &self,
        username: &str,
        names: &[String],
    ) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?;
        let schema = &self.shared.settings.custom_attributes;
        let changes = Changes::removing(schema, names, Writer::Administrator)?;
        self.change_attributes(user, changes).await.map(drop)
    }

    /// Sends another code to the address that is to be verified: a new one, if there is one, or the user's.
    ///
    /// # Errors
    /// The access token is refused, the attribute is none that codes verify, or too many were asked for.
    pub async fn send_verification_code(
        &self,
        access_token: &str,
        attribute: &str,
    ) -> Result<Delivery, UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        check_verifiable(attribute)?;
        let pending = user.verification.map(|pending| pending.address);
        let address = pending.unwrap_or(user.email);
        let wanted = address.clone();
        let keep = move |user: &mut User, code: NewCode| expect_code(user, &wanted, code);
        self.send_code(user.id, address, MessagePurpose::Verification, keep)
            .await
    }

    /// Verifies the address that the code was sent to, which is the user's from now on.
    ///
    /// # Errors
    /// The access token or the code is refused, or another user has the address by now.
    pub async fn verify_user_attribute(
        &self,
        access_token: &str,
        attribute: &str,
        code: &str,
    ) -> Result<(), UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        check_verifiable(attribute)?;
        let digest = codes::digest(&self.shared.vault, user.id, code);
        let now = self.now();
        let verified = self.commit(move |transaction| {
            users::update(transaction, user.id, |user| {
                let Some(verification) = &mut user.verification else {
                    return Err(UserPoolError::Code(CodeError::Expired));
                };
                SentCodes::take(&mut verification.codes, &digest, now)?;
                let address = verification.address.clone();
                user.verification = None;
                if address.as_str() == user.email.as_str() {
                    user.is_email_verified = true;
                } else {
                    user.set_email(address, true);
                }
                user.modified_at = now;
                Ok(())
            })
        });
        verified.await.map_err(taken)?
    }

    async fn change_attributes(
        &self,
        user: User,
        mut changes: Changes,
    ) -> Result<Option<Delivery>, UserPoolError> {
        changes.check(&self.shared.settings.custom_attributes, &user)?;
        let wanted = changes.email.take();
        let is_verified = changes.is_email_verified;
        // Case is a difference here: its owner wants it written so, and must still be who reads it.
        let is_new = |email: &EmailAddress| email.as_str() != user.email.as_str();
        let (id, now) = (user.id, self.now());
        let new = match wanted {
            Some(email) if is_new(&email) => email,
            wanted => {
                let keep = move |user: &mut User| {
                    changes.apply_others(user);
                    user.is_email_verified = is_verified.unwrap_or(user.is_email_verified);
                    if wanted.is_some() {
                        user.keep_address(now);
                    }
                    user.modified_at = now;
                };
                let kept = self.commit(move |transaction| users::update(transaction, id, keep));
                kept.await?;
                return Ok(None);
            }
        };
        self.check_free(&new, &user)?;
        if is_verified == Some(true) {
            let change = move |user: &mut User| {
                changes.apply_others(user);
                user.set_email(new, true);
                user.verification = None;
                user.modified_at = now;
            };
            let changed = self.commit(move |transaction| users::update(transaction, id, change));
            changed.await.map_err(taken)?;
            return Ok(None);
        }
        let (address, counts_later) =
            (new.clone(), self.shared.settings.keeps_email_until_verified);
        let change = move |user: &mut User, code: NewCode| {
            expect_code(user, &new, code)?;
            changes.apply_others(user);
            if !counts_later {
                user.set_email(new, false);
            }
            user.modified_at = code.now;
            Ok(())
        };
        let sent = self.send_code(id, address, MessagePurpose::Verification, change);
        Ok(Some(sent.await.map_err(|error| match error {
            UserPoolError::UsernameExists => UserPoolError::EmailExists,
            UserPoolError::Code(CodeError::LimitExceeded) => UserPoolError::TooManyCodes,
            other => other,
        })?))
    }

    /// Makes sure that `email` is nobody's but `user`'s.
    fn check_free(&self, email: &EmailAddress, user: &User) -> Result<(), UserPoolError> {
        let owner = self.shared.users.find_by_email(&email.canonical())?;
        if owner.is_some_and(|owner| owner.id != user.id) {
            return Err(UserPoolError::EmailExists);
        }
        Ok(())
    }
}

/// Has `user` verify `address` with `code`, in place of the one before.
fn expect_code(
    user: &mut User,
    address: &EmailAddress,
    code: NewCode,
) -> Result<(), UserPoolError> {
    let verification = user.verification.get_or_insert_with(|| Verification {
        address: address.clone(),
        codes: None,
    });
    // The count goes on, whatever the address: nobody gets the pool to write to many.
    SentCodes::send(
        &mut verification.codes,
        code.digest,
        code.now,
        VERIFICATION_CODE_LIFETIME,
    )?;
    verification.address = address.clone();
    Ok(())
}

fn check_verifiable(attribute: &str) -> Result<(), UserPoolError> {
    if attribute == EMAIL {
        Ok(())
    } else {
        Err(UserPoolError::NotVerifiable(attribute.to_owned()))
    }
}

/// That another user has the address by now.
fn taken(error: StoreError) -> UserPoolError {
    match error {
        StoreError::AlreadyExists => UserPoolError::EmailExists,
        other => other.into(),
    }
}
