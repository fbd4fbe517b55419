//! What administrators do with users.

use notewarden_domain::ports::IdSource;
use uuid::Uuid;

use super::{
    ClientData, Profile, UserPool, UserPoolError,
    attributes::{Changes, Writer},
};
use crate::{
    credentials::Credentials,
    email::EmailAddress,
    groups,
    identities::{Identities, Login},
    identity_pool::UserPoolLogin,
    inbox::{Message, MessagePurpose},
    random,
    secret::Secret,
    sessions,
    triggers::Source,
    users::{self, User, UserState},
};

/// A user whom an administrator makes.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// The e-mail address.
    pub username: &'a str,
    /// Until the first sign-in; one is made up if there is none.
    pub temporary_password: Option<&'a Secret>,
    /// Attributes, among which may be `email_verified`.
    pub attributes: &'a [(String, String)],
    /// Whether the user gets a message with the password.
    pub is_invited: bool,
}

impl UserPool {
    /// Makes a user who must choose a password at the first sign-in.
    ///
    /// # Errors
    /// The name is taken or no address, the password too weak, or an attribute not to be had.
    pub async fn admin_create_user(&self, new: NewUser<'_>) -> Result<Profile, UserPoolError> {
        let email: EmailAddress = new
            .username
            .parse()
            .map_err(|_| UserPoolError::NotAnEmail)?;
        let schema = &self.shared.settings.custom_attributes;
        let writer = Writer::Administrator;
        let attributes = Changes::of_new_user(schema, new.attributes, &email, writer)?;
        let password = match new.temporary_password {
            Some(password) => password.clone(),
            None => temporary_password(self.ids()),
        };
        self.shared
            .settings
            .password_policy
            .check(password.expose())?;
        let now = self.now();
        let id = random::uuid(self.ids());
        let password_kept = self.keep_password(id, password.expose()).await?;
        let state = UserState::MustChangePassword {
            until: now.plus(self.shared.settings.temporary_password_lifetime),
        };
        let mut user = User::new(id, email, password_kept, state, now);
        user.is_email_verified = attributes.is_email_verified.unwrap_or_default();
        attributes.apply_others(&mut user);
        // Whatever the function answers but a refusal, the user must still choose a password.
        let (source, data) = (Source::AdminCreateUser, ClientData::default());
        self.before_sign_up(source, None, &user, &data).await?;
        let message = new.is_invited.then(|| Message {
            to: user.email.clone(),
            purpose: MessagePurpose::Invitation,
            code: password,
            sent_at: now,
        });
        let profile = user.clone().into();
        self.insert_user(user, message).await?;
        Ok(profile)
    }

    /// The user whose address or id is `username`.
    ///
    /// # Errors
    /// There is none.
    pub fn admin_get_user(&self, username: &str) -> Result<Profile, UserPoolError> {
        Ok(self.existing_user(username)?.into())
    }

    /// Gives a user another password, for good or until the next sign-in, and ends their sessions.
    ///
    /// # Errors
    /// There is no such user, or the password is too weak.
    pub async fn admin_set_user_password(
        &self,
        username: &str,
        password: &str,
        is_permanent: bool,
    ) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?;
        self.shared.settings.password_policy.check(password)?;
        let kept = self.keep_password(user.id, password).await?;
        let now = self.now();
        let until = now.plus(self.shared.settings.temporary_password_lifetime);
        let until = (!is_permanent).then_some(until);
        self.commit(move |transaction| {
            users::update(transaction, user.id, |user| {
                user.set_password(kept, until, now);
            })?;
            sessions::end_all(transaction, user.id)
        })
        .await?;
        Ok(())
    }

    /// Lets a user sign in, or no longer; those who may not have no sessions either.
    ///
    /// # Errors
    /// There is no such user.
    pub async fn admin_set_enabled(
        &self,
        username: &str,
        is_enabled: bool,
    ) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?;
        let now = self.now();
        self.commit(move |transaction| {
            users::update(transaction, user.id, |user| {
                user.is_enabled = is_enabled;
                user.modified_at = now;
            })?;
            if is_enabled {
                Ok(())
            } else {
                sessions::end_all(transaction, user.id)
            }
        })
        .await?;
        Ok(())
    }

    /// Ends every session of a user.
    ///
    /// # Errors
    /// There is no such user.
    pub async fn admin_user_global_sign_out(&self, username: &str) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?.id;
        Ok(self
            .commit(move |transaction| sessions::end_all(transaction, user))
            .await?)
    }

    /// Forgets a user and everything about them.
    ///
    /// # Errors
    /// There is no such user.
    pub async fn admin_delete_user(&self, username: &str) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?.id;
        self.forget_user(user).await
    }

    /// Forgets `user` and everything that is kept of them. The identity that they signed in as is not theirs any more,
    /// and its credentials end.
    pub(super) async fn forget_user(&self, user: Uuid) -> Result<(), UserPoolError> {
        let login = Login {
            provider: UserPoolLogin::provider_name(self).to_owned(),
            subject: user.to_string(),
        };
        let now = self.now();
        let ended = self.commit(move |transaction| {
            users::delete(transaction, user)?;
            groups::leave_all(transaction, user)?;
            sessions::forget_all(transaction, user)?;
            match Identities::forget_login_within(transaction, &login, now)? {
                Some(identity) => Ok(Credentials::revoke_identity_within(transaction, &identity)?),
                None => Ok(Vec::new()),
            }
        });
        let ended = ended.await?;
        if let Some(credentials) = self.shared.credentials.get() {
            credentials.forget(&ended);
        }
        Ok(())
    }
}

/// A password of 16 characters that every policy of that length takes.
fn temporary_password(ids: &dyn IdSource) -> Secret {
    const CLASSES: [&[u8]; 4] = [
        b"ABCDEFGHJKLMNPQRSTUVWXYZ",
        b"abcdefghijkmnopqrstuvwxyz",
        b"23456789",
        b"!#%+-=?@",
    ];
    let pick = |class: &[u8]| {
        let length = u32::try_from(class.len()).unwrap_or(u32::MAX);
        let index = usize::try_from(random::below(length, ids)).unwrap_or_default();
        class.get(index).map_or('x', |&byte| char::from(byte))
    };
    Secret::new(
        CLASSES
            .iter()
            .cycle()
            .take(16)
            .map(|class| pick(class))
            .collect::<String>(),
    )
}
