//! Which identity a login was exchanged for, found from either side.

use async_trait::async_trait;
use notewarden_domain::{IdentityId, StoreError, ports::IdentityLinks, sign_ins::Login};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use crate::database::{Database, Fault, existing};

/// Login → identity.
const IDENTITIES: TableDefinition<'_, &str, &str> = TableDefinition::new("linked_identities");

/// (identity, login).
const LOGINS: TableDefinition<'_, (&str, &str), ()> = TableDefinition::new("linked_logins");

/// Links in the database of a data directory.
#[derive(Clone, Debug)]
pub struct EmbeddedLinks {
    database: Database,
}

impl EmbeddedLinks {
    /// The links in `database`.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl IdentityLinks for EmbeddedLinks {
    async fn find(&self, login: &Login) -> Result<Option<IdentityId>, StoreError> {
        self.database
            .read(|transaction| Ok(find(transaction, &login.to_string())?))
    }

    async fn link(&self, login: &Login, identity: &IdentityId) -> Result<IdentityId, StoreError> {
        let (login, identity) = (login.to_string(), identity.clone());
        self.database
            .write(move |transaction| Ok(link(transaction, &login, &identity)?))
            .await
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        let identity = identity.clone();
        self.database
            .write(move |transaction| Ok(forget(transaction, &identity)?))
            .await
    }
}

fn find(transaction: &ReadTransaction, login: &str) -> Result<Option<IdentityId>, Fault> {
    match existing(transaction.open_table(IDENTITIES))? {
        Some(identities) => get(&identities, login),
        None => Ok(None),
    }
}

fn get(
    identities: &impl ReadableTable<&'static str, &'static str>,
    login: &str,
) -> Result<Option<IdentityId>, Fault> {
    let Some(stored) = identities.get(login)? else {
        return Ok(None);
    };
    let identity = stored.value().parse();
    let corrupt = |cause| StoreError::corrupt(format!("link of the login `{login}`"), cause);
    Ok(Some(identity.map_err(corrupt)?))
}

fn link(
    transaction: &WriteTransaction,
    login: &str,
    identity: &IdentityId,
) -> Result<IdentityId, Fault> {
    let mut identities = transaction.open_table(IDENTITIES)?;
    if let Some(earlier) = get(&identities, login)? {
        return Ok(earlier);
    }
    identities.insert(login, identity.as_str())?;
    let mut logins = transaction.open_table(LOGINS)?;
    logins.insert((identity.as_str(), login), ())?;
    Ok(identity.clone())
}

fn forget(transaction: &WriteTransaction, identity: &IdentityId) -> Result<(), Fault> {
    let mut logins = transaction.open_table(LOGINS)?;
    let linked: Result<Vec<String>, Fault> = logins
        .range((identity.as_str(), "")..)?
        .map(|entry| {
            let (key, _) = entry?;
            let (of, login) = key.value();
            Ok((of == identity.as_str()).then(|| login.to_owned()))
        })
        .map_while(Result::transpose)
        .collect();
    let mut identities = transaction.open_table(IDENTITIES)?;
    for login in linked? {
        identities.remove(login.as_str())?;
        logins.remove((identity.as_str(), login.as_str()))?;
    }
    Ok(())
}
