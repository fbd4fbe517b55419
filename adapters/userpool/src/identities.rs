//! The identities of the pool: one id for each person, for ever, whichever of their logins they show.

mod table;

use std::{collections::BTreeMap, sync::Arc};

use notewarden_domain::{
    IdentityId, StoreError, Timestamp,
    ports::{Clock, IdSource},
};
use notewarden_embedded::Database;
use redb::WriteTransaction;
use uuid::Builder;

/// A person as a provider knows them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Login {
    /// The provider's name, such as `cognito-idp.<region>.amazonaws.com/<pool id>`.
    pub provider: String,
    /// The token's `sub`: unique within the provider, and never given to somebody else.
    pub subject: String,
}

/// What is known of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// The subject at each provider that it is linked to; empty for a guest.
    pub logins: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a login was last linked or unlinked.
    pub modified_at: Timestamp,
    /// Whether it is nobody's any more: its last login was unlinked, or it was a guest's that has become another.
    pub is_disabled: bool,
}

/// Part of the list of all identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPage {
    /// In the order of their ids.
    pub identities: Vec<Identity>,
    /// Where the next page goes on, if there may be one.
    pub next: Option<String>,
}

impl Identity {
    /// Whether nobody has signed in as it.
    pub fn is_guest(&self) -> bool {
        self.logins.is_empty() && !self.is_disabled
    }

    /// Whether `login` is one of its own.
    pub fn has(&self, login: &Login) -> bool {
        self.logins.get(&login.provider) == Some(&login.subject)
    }
}

/// Why logins do not give an identity.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// They belong to different identities, or to one that has another subject at that provider.
    #[error("the logins are linked to different identities")]
    Conflict,
    /// The database cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the stored links say about a set of logins.
enum Resolution {
    /// All are linked to this identity.
    Known(IdentityId),
    /// Some are linked to this identity, and the others to none.
    Partial(Identity),
    /// None is linked.
    Unknown,
    /// See [`ResolveError::Conflict`].
    Conflict,
}

/// The identities kept in one data directory. Clones share them.
#[derive(Clone)]
pub struct Identities {
    region: Arc<str>,
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Identities {
    /// The identities in `region` kept in `database`.
    pub fn new(
        region: &str,
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self {
            region: region.into(),
            database,
            clock,
            ids,
        }
    }

    /// The identity `id`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find(&self, id: &IdentityId) -> Result<Option<Identity>, StoreError> {
        self.database.read(|transaction| {
            let Some(table) = table::Reader::open(transaction)? else {
                return Ok(None);
            };
            Ok(table.identity(id)?)
        })
    }

    /// The identity that `login` is linked to.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn of_login(&self, login: &Login) -> Result<Option<Identity>, StoreError> {
        self.database.read(|transaction| {
            let Some(table) = table::Reader::open(transaction)? else {
                return Ok(None);
            };
            Ok(table.owner(login)?)
        })
    }

    /// The identity of the person who showed `logins`, made and kept now if they are new. Logins shown
    /// together with a known one are linked to its identity. However many ask at once, one person gets
    /// one id; and a known person costs no write. Nobody's logins, an empty slice, make a new guest each time.
    ///
    /// # Errors
    /// See [`ResolveError`].
    pub async fn resolve(&self, logins: &[Login]) -> Result<IdentityId, ResolveError> {
        let known = self.database.read(|transaction| {
            let Some(table) = table::Reader::open(transaction)? else {
                return Ok(Resolution::Unknown);
            };
            Ok(table.resolve(logins)?)
        })?;
        match known {
            Resolution::Known(id) => return Ok(id),
            Resolution::Conflict => return Err(ResolveError::Conflict),
            Resolution::Partial(_) | Resolution::Unknown => {}
        }
        let fresh = self.nobody()?;
        let logins = logins.to_vec();
        let resolved = self.database.write(move |transaction| {
            let mut tables = table::Writer::open(transaction)?;
            // Whoever came first may have made or linked it since.
            let identity = match tables.resolve(&logins)? {
                Resolution::Known(id) => return Ok(Some(id)),
                Resolution::Conflict => return Ok(None),
                Resolution::Partial(known) => Identity {
                    modified_at: fresh.modified_at,
                    ..known
                },
                Resolution::Unknown => fresh,
            };
            Ok(Some(tables.link(identity, logins)?))
        });
        resolved.await?.ok_or(ResolveError::Conflict)
    }

    /// Makes the guest `id` the identity of the person who showed `logins`. Where they have one already, that stays
    /// theirs, and the guest's is nobody's from now on.
    ///
    /// # Errors
    /// [`ResolveError::Conflict`] also if `id` is no guest's any more.
    pub async fn adopt(
        &self,
        id: &IdentityId,
        logins: &[Login],
    ) -> Result<IdentityId, ResolveError> {
        let (id, logins, now) = (id.clone(), logins.to_vec(), self.clock.now());
        let adopted = self.database.write(move |transaction| {
            let mut tables = table::Writer::open(transaction)?;
            let guest = tables.identity(&id)?.filter(Identity::is_guest);
            let Some(guest) = guest else {
                return Ok(None);
            };
            let owner = match tables.resolve(&logins)? {
                Resolution::Conflict => return Ok(None),
                Resolution::Unknown => {
                    let modified_at = now;
                    let guest = Identity {
                        modified_at,
                        ..guest
                    };
                    return Ok(Some(tables.link(guest, logins)?));
                }
                Resolution::Known(owner) => owner,
                Resolution::Partial(known) => tables.link(
                    Identity {
                        modified_at: now,
                        ..known
                    },
                    logins,
                )?,
            };
            tables.unlink(guest, &[], now)?;
            Ok(Some(owner))
        });
        adopted.await?.ok_or(ResolveError::Conflict)
    }

    /// Up to `limit` identities from where `after`, a page's `next`, says.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn list(
        &self,
        after: Option<&str>,
        limit: usize,
        hides_disabled: bool,
    ) -> Result<IdentityPage, StoreError> {
        let (identities, next) = self.database.read(|transaction| {
            let Some(table) = table::Reader::open(transaction)? else {
                return Ok(Default::default());
            };
            Ok(table.page(after, limit, hides_disabled)?)
        })?;
        Ok(IdentityPage { identities, next })
    }

    /// That `id` is still whose it was: has one of `logins`, or, without any, is a guest's. As part of `transaction`.
    pub(crate) fn check_is_theirs(
        transaction: &WriteTransaction,
        id: &IdentityId,
        logins: &[Login],
    ) -> Result<(), StoreError> {
        let identity = table::Writer::open(transaction)?.identity(id)?;
        let is_theirs = identity.is_some_and(|identity| match logins {
            [] => identity.is_guest(),
            logins => logins.iter().any(|login| identity.has(login)),
        });
        if is_theirs {
            Ok(())
        } else {
            Err(StoreError::NotFound)
        }
    }

    /// That `id` is still somebody's who has signed in, or a guest's if `is_guest`. As part of `transaction`.
    pub(crate) fn check_is_alive(
        transaction: &WriteTransaction,
        id: &IdentityId,
        is_guest: bool,
    ) -> Result<(), StoreError> {
        match table::Writer::open(transaction)?.identity(id)? {
            Some(identity) if !identity.is_disabled && identity.is_guest() == is_guest => Ok(()),
            _ => Err(StoreError::NotFound),
        }
    }

    /// Forgets `id` and its links: its logins, shown again, make a new identity. Answers whether it was there. As
    /// part of `transaction`.
    pub(crate) fn delete_within(
        transaction: &WriteTransaction,
        id: &IdentityId,
    ) -> Result<bool, StoreError> {
        Ok(table::Writer::open(transaction)?.delete(id)?)
    }

    /// Unlinks the logins of `id` at `providers`: shown again, they make a new identity. Without any login left, `id`
    /// is nobody's, for ever. As part of `transaction`.
    pub(crate) fn unlink_within(
        transaction: &WriteTransaction,
        id: &IdentityId,
        providers: &[String],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tables = table::Writer::open(transaction)?;
        let identity = tables.identity(id)?.ok_or(StoreError::NotFound)?;
        Ok(tables.unlink(identity, providers, now)?)
    }

    /// Unlinks `login`, whose account is gone, from the identity that it is linked to, and answers that one. As part of
    /// `transaction`.
    pub(crate) fn forget_login_within(
        transaction: &WriteTransaction,
        login: &Login,
        now: Timestamp,
    ) -> Result<Option<IdentityId>, StoreError> {
        let mut tables = table::Writer::open(transaction)?;
        let Some(identity) = tables.owner(login)? else {
            return Ok(None);
        };
        let id = identity.id.clone();
        tables.unlink(identity, std::slice::from_ref(&login.provider), now)?;
        Ok(Some(id))
    }

    /// Forgets `id`, as `delete_within` does.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn delete(&self, id: &IdentityId) -> Result<bool, StoreError> {
        let id = id.clone();
        self.database
            .write(move |transaction| Self::delete_within(transaction, &id))
            .await
    }

    fn nobody(&self) -> Result<Identity, StoreError> {
        let mut bytes = [0; 16];
        self.ids.fill(&mut bytes);
        let id = IdentityId::new(&self.region, Builder::from_random_bytes(bytes).into_uuid())
            .map_err(|invalid| StoreError::corrupt("region", invalid))?;
        let now = self.clock.now();
        Ok(Identity {
            id,
            logins: BTreeMap::new(),
            created_at: now,
            modified_at: now,
            is_disabled: false,
        })
    }
}

/// What `identities`, one for each login that is linked, mean for `logins`.
fn judge(logins: &[Login], linked: Vec<Option<Identity>>) -> Resolution {
    let all_linked = linked.iter().all(Option::is_some);
    let mut owners = linked.into_iter().flatten();
    let Some(owner) = owners.next() else {
        return Resolution::Unknown;
    };
    let others_agree = owners.all(|other| other.id == owner.id);
    let displaces = |login: &Login| {
        owner
            .logins
            .get(&login.provider)
            .is_some_and(|subject| *subject != login.subject)
    };
    if !others_agree || logins.iter().any(displaces) {
        Resolution::Conflict
    } else if all_linked {
        Resolution::Known(owner.id)
    } else {
        Resolution::Partial(owner)
    }
}
