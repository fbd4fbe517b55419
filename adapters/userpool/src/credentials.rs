//! Access keys: the administrator's, and the temporary ones of sessions. Every signed request looks one
//! up, so those in use are kept in memory; all are durable, so that a restart signs nobody out.
//!
//! The database holds them readable, because verifying a signature needs the secret itself: the
//! data directory's file mode is what protects them.

mod cache;
mod key;
mod table;

use std::{sync::Arc, time::Duration};

use notewarden_domain::{
    IdentityId, StoreError, Timestamp,
    ports::{Clock, IdSource},
};
use notewarden_embedded::Database;
use redb::WriteTransaction;

pub(crate) use self::key::unique_id;
use self::{
    cache::Cache,
    key::{LongTermKey, TemporaryKey},
};
use crate::{principal::Principal, secret::Secret};

/// An access key with its secret, and whom it speaks for.
#[derive(Clone, Debug)]
pub struct Credential {
    /// 20 characters: `AKIA…`, or `ASIA…` if temporary.
    pub access_key_id: String,
    /// What requests are signed with: 40 characters.
    pub secret_access_key: Secret,
    /// What a request must carry too, if the credential is temporary.
    pub session_token: Option<Secret>,
    /// When it ends, if it is temporary.
    pub expires_at: Option<Timestamp>,
    /// Whom it speaks for.
    pub principal: Arc<Principal>,
}

impl Credential {
    /// Whether it has ended at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// The credentials of one data directory. Clones share them.
#[derive(Clone)]
pub struct Credentials {
    shared: Arc<Shared>,
}

struct Shared {
    account_id: String,
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    cache: Cache,
}

impl Credentials {
    /// The credentials of the account `account_id` kept in `database`.
    pub fn new(
        account_id: &str,
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                account_id: account_id.to_owned(),
                database,
                clock,
                ids,
                cache: Cache::default(),
            }),
        }
    }

    /// The account that they are of.
    pub(crate) fn account_id(&self) -> &str {
        &self.shared.account_id
    }

    /// The credential `access_key_id`, also for a day after it has expired, so that its user can be told
    /// why it is refused: ask [`Credential::is_expired`]. One in use is found without the database.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find(&self, access_key_id: &str) -> Result<Option<Arc<Credential>>, StoreError> {
        let cache = &self.shared.cache;
        if let Some(known) = cache.get(access_key_id) {
            return Ok(Some(known));
        }
        let epoch = cache.epoch();
        let stored = self
            .shared
            .database
            .read(|transaction| Ok(table::find(transaction, access_key_id)?))?;
        Ok(stored.map(|credential| cache.insert(Arc::new(credential), epoch)))
    }

    /// A new temporary credential of `principal` that lives for `lifetime`: durable when this answers, at
    /// the price of one commit.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn issue_session(
        &self,
        principal: Principal,
        lifetime: Duration,
    ) -> Result<Arc<Credential>, StoreError> {
        self.issue_session_if(principal, lifetime, |_| Ok(())).await
    }

    /// [`Credentials::issue_session`], unless `condition` refuses in the same transaction.
    pub(crate) async fn issue_session_if(
        &self,
        principal: Principal,
        lifetime: Duration,
        condition: impl FnOnce(&WriteTransaction) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<Arc<Credential>, StoreError> {
        let Shared {
            database,
            clock,
            ids,
            cache,
            ..
        } = &*self.shared;
        let now = clock.now();
        let key = TemporaryKey::generate(&**ids);
        let credential = Arc::new(Credential {
            access_key_id: key.id,
            secret_access_key: key.secret,
            session_token: Some(key.session_token),
            expires_at: Some(now.plus(lifetime)),
            principal: Arc::new(principal),
        });
        let epoch = cache.epoch();
        let issued = Arc::clone(&credential);
        let collected = database
            .write(move |transaction| {
                condition(transaction)?;
                table::insert(transaction, &issued)?;
                Ok(table::collect_expired(transaction, now)?)
            })
            .await?;
        let credential = cache.insert(credential, epoch);
        cache.remove(&collected);
        Ok(credential)
    }

    /// The administrator's credential, made on the first call of all.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub async fn admin(&self) -> Result<Arc<Credential>, StoreError> {
        let Shared {
            account_id,
            database,
            ids,
            ..
        } = &*self.shared;
        let known = database.read(|transaction| Ok(table::admin(transaction)?))?;
        let access_key_id = match known {
            Some(known) => known,
            None => {
                let key = LongTermKey::generate(&**ids);
                let made = Credential {
                    access_key_id: key.id,
                    secret_access_key: key.secret,
                    session_token: None,
                    expires_at: None,
                    principal: Arc::new(Principal::admin(account_id, key.user_id)),
                };
                database
                    .write(move |transaction| Ok(table::insert_admin(transaction, &made)?))
                    .await?
            }
        };
        self.find(&access_key_id)?.ok_or_else(|| {
            StoreError::corrupt(
                format!("credential `{access_key_id}`"),
                "the administrator's access key is not there",
            )
        })
    }

    /// Up to `limit` credentials of `identity`, some of which may have expired.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn of_identity(
        &self,
        identity: &IdentityId,
        limit: usize,
    ) -> Result<Vec<Credential>, StoreError> {
        let database = &self.shared.database;
        database.read(|transaction| Ok(table::of_identity(transaction, identity, limit)?))
    }

    /// Ends every credential of `identity` at once, and answers how many there were.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn revoke_identity(&self, identity: &IdentityId) -> Result<usize, StoreError> {
        let (revoked, ()) = self.revoke_identity_with(identity, |_| Ok(())).await?;
        Ok(revoked)
    }

    /// [`Credentials::revoke_identity`] in one transaction with `change`: neither happens without the other.
    pub(crate) async fn revoke_identity_with<T: Send + 'static>(
        &self,
        identity: &IdentityId,
        change: impl FnOnce(&WriteTransaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(usize, T), StoreError> {
        let identity = identity.clone();
        let (revoked, changed) = self
            .shared
            .database
            .write(move |transaction| {
                let changed = change(transaction)?;
                Ok((
                    Self::revoke_identity_within(transaction, &identity)?,
                    changed,
                ))
            })
            .await?;
        self.forget(&revoked);
        Ok((revoked.len(), changed))
    }

    /// Ends every credential of `identity` as part of `transaction`, and answers their access key ids, which must be
    /// [forgotten](Self::forget) once it is committed.
    pub(crate) fn revoke_identity_within(
        transaction: &WriteTransaction,
        identity: &IdentityId,
    ) -> Result<Vec<String>, StoreError> {
        Ok(table::remove_identity(transaction, identity)?)
    }

    /// Keeps nothing in memory of credentials that have been revoked.
    pub(crate) fn forget(&self, revoked: &[String]) {
        self.shared.cache.remove(revoked);
    }
}
