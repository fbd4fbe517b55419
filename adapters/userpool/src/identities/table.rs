//! The stored form of identities, and the tables that find them by id and by login.

use std::{collections::BTreeMap, ops::Bound};

use notewarden_domain::{IdentityId, StoreError, Timestamp};
use notewarden_embedded::database::{Fault, existing};
use redb::{
    ReadOnlyTable, ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction,
};
use serde::{Deserialize, Serialize};

use super::{Identity, Login, Resolution, judge};

/// Identity id → [`IdentityItem`] as JSON.
const IDENTITIES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("identities");
/// (Provider, subject) → identity id.
const LOGINS: TableDefinition<'_, (&str, &str), &str> = TableDefinition::new("identity_logins");

#[derive(Serialize, Deserialize)]
struct IdentityItem {
    logins: BTreeMap<String, String>,
    created_at: Timestamp,
    modified_at: Timestamp,
    #[serde(default)]
    disabled: bool,
}

impl IdentityItem {
    fn decode(id: IdentityId, bytes: &[u8]) -> Result<Identity, StoreError> {
        let item: Self = serde_json::from_slice(bytes).map_err(|error| corrupt(&id, error))?;
        Ok(Identity {
            id,
            logins: item.logins,
            created_at: item.created_at,
            modified_at: item.modified_at,
            is_disabled: item.disabled,
        })
    }
}

/// Both tables, as one transaction reads them.
pub(super) struct Tables<I, L> {
    identities: I,
    logins: L,
}

pub(super) type Reader = Tables<
    ReadOnlyTable<&'static str, &'static [u8]>,
    ReadOnlyTable<(&'static str, &'static str), &'static str>,
>;
pub(super) type Writer<'t> = Tables<
    Table<'t, &'static str, &'static [u8]>,
    Table<'t, (&'static str, &'static str), &'static str>,
>;

impl Reader {
    /// `None` if nothing was ever written.
    pub(super) fn open(transaction: &ReadTransaction) -> Result<Option<Self>, Fault> {
        let identities = existing(transaction.open_table(IDENTITIES))?;
        let logins = existing(transaction.open_table(LOGINS))?;
        Ok(identities
            .zip(logins)
            .map(|(identities, logins)| Self { identities, logins }))
    }
}

impl<I, L> Tables<I, L>
where
    I: ReadableTable<&'static str, &'static [u8]>,
    L: ReadableTable<(&'static str, &'static str), &'static str>,
{
    pub(super) fn identity(&self, id: &IdentityId) -> Result<Option<Identity>, Fault> {
        let Some(bytes) = self.identities.get(id.as_str())? else {
            return Ok(None);
        };
        Ok(Some(IdentityItem::decode(id.clone(), bytes.value())?))
    }

    /// Up to `limit` identities behind `after`, in the order of their ids, without the disabled ones if they are to
    /// be left out; and how far was read, if there may be more. So that one page reads little, a page may have fewer.
    pub(super) fn page(
        &self,
        after: Option<&str>,
        limit: usize,
        hides_disabled: bool,
    ) -> Result<(Vec<Identity>, Option<String>), Fault> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut identities = Vec::new();
        let mut rows = self.identities.range::<&str>((start, Bound::Unbounded))?;
        let mut last = None;
        for row in rows.by_ref().take(limit) {
            let (id, bytes) = row?;
            let id: IdentityId = id
                .value()
                .parse()
                .map_err(|invalid| StoreError::corrupt("identity id", invalid))?;
            last = Some(id.to_string());
            let identity = IdentityItem::decode(id, bytes.value())?;
            if !(hides_disabled && identity.is_disabled) {
                identities.push(identity);
            }
        }
        let is_end = rows.next().transpose()?.is_none();
        Ok((identities, if is_end { None } else { last }))
    }

    pub(super) fn resolve(&self, logins: &[Login]) -> Result<Resolution, Fault> {
        let linked = logins
            .iter()
            .map(|login| self.owner(login))
            .collect::<Result<_, _>>()?;
        Ok(judge(logins, linked))
    }

    pub(super) fn owner(&self, login: &Login) -> Result<Option<Identity>, Fault> {
        let key = (login.provider.as_str(), login.subject.as_str());
        let Some(stored) = self.logins.get(key)? else {
            return Ok(None);
        };
        let id: IdentityId = stored
            .value()
            .parse()
            .map_err(|invalid| StoreError::corrupt("link of a login", invalid))?;
        match self.identity(&id)? {
            Some(identity) => Ok(Some(identity)),
            None => Err(corrupt(&id, "a login is linked to it, and it is not there").into()),
        }
    }
}

impl<'t> Writer<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            identities: transaction.open_table(IDENTITIES)?,
            logins: transaction.open_table(LOGINS)?,
        })
    }

    /// Keeps `identity` with `logins` added to its own.
    pub(super) fn link(
        &mut self,
        mut identity: Identity,
        logins: Vec<Login>,
    ) -> Result<IdentityId, Fault> {
        let id = identity.id;
        for Login { provider, subject } in logins {
            self.logins
                .insert((provider.as_str(), subject.as_str()), id.as_str())?;
            identity.logins.insert(provider, subject);
        }
        self.put(&Identity {
            id: id.clone(),
            ..identity
        })?;
        Ok(id)
    }

    /// Keeps `identity` without its logins at `providers`. Without any login left it is nobody's, for ever.
    pub(super) fn unlink(
        &mut self,
        mut identity: Identity,
        providers: &[String],
        now: Timestamp,
    ) -> Result<(), Fault> {
        for provider in providers {
            let Some(subject) = identity.logins.remove(provider) else {
                continue;
            };
            self.logins.remove((provider.as_str(), subject.as_str()))?;
            identity.modified_at = now;
        }
        identity.is_disabled |= identity.logins.is_empty();
        self.put(&identity)
    }

    fn put(&mut self, identity: &Identity) -> Result<(), Fault> {
        let id = &identity.id;
        let item = IdentityItem {
            logins: identity.logins.clone(),
            created_at: identity.created_at,
            modified_at: identity.modified_at,
            disabled: identity.is_disabled,
        };
        let bytes = serde_json::to_vec(&item).map_err(|error| corrupt(id, error))?;
        self.identities.insert(id.as_str(), bytes.as_slice())?;
        Ok(())
    }

    pub(super) fn delete(&mut self, id: &IdentityId) -> Result<bool, Fault> {
        let Some(identity) = self.identity(id)? else {
            return Ok(false);
        };
        for (provider, subject) in &identity.logins {
            self.logins.remove((provider.as_str(), subject.as_str()))?;
        }
        self.identities.remove(id.as_str())?;
        Ok(true)
    }
}

fn corrupt(id: &IdentityId, source: impl Into<notewarden_domain::error::Source>) -> StoreError {
    StoreError::corrupt(format!("identity `{id}`"), source)
}
