//! Links of logins to identities in a table of their own: an item that a login leads to, and one in the partition of
//! its identity.

use async_trait::async_trait;
use notewarden_domain::{IdentityId, StoreError, ports::IdentityLinks, sign_ins::Login};

use crate::{
    DynamoNotes,
    attributes::{Item, Unreadable, item, take_parsed, take_text, text},
    commit::{Effect, Found},
    table::{IS_NEW, OWNER, Table},
};

const LOGIN: &str = "login";
const IDENTITY: &str = "identityId";

/// What stands for the login in the item that it leads to, whose partition names it.
const ITSELF: &str = "-";

/// Links in DynamoDB.
#[derive(Clone, Debug)]
pub struct DynamoLinks {
    table: Table,
}

impl DynamoLinks {
    /// The links in `table`, which has `userId` and `login` as keys and is asked as those of `notes` are: clients are dear
    /// to make.
    pub fn beside(notes: &DynamoNotes, table: impl Into<String>) -> Self {
        Self {
            table: notes.table(table),
        }
    }
}

#[async_trait]
impl IdentityLinks for DynamoLinks {
    async fn find(&self, login: &Login) -> Result<Option<IdentityId>, StoreError> {
        let login = login.to_string();
        let stored = self.table.get(of_login(&login)).await?;
        stored.map(|stored| decode(&login, stored)).transpose()
    }

    async fn link(&self, login: &Login, identity: &IdentityId) -> Result<IdentityId, StoreError> {
        let login = login.to_string();
        let mut stored = of_login(&login);
        stored.insert(IDENTITY.to_owned(), text(identity.as_str()));
        let changes = [
            self.table.change(Effect::Put(stored), Some(IS_NEW)),
            self.table
                .change(Effect::Put(of_identity(identity, &login)), None),
        ];
        match self.table.commit(&changes).await? {
            None => Ok(identity.clone()),
            Some(mut refused) => match refused.take(0) {
                Some(Found::Item(earlier)) => decode(&login, earlier),
                _ => Err(StoreError::PreconditionFailed),
            },
        }
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        for mut stored in self.table.partition(identity.as_str()).await? {
            let login = take_text(&mut stored, LOGIN);
            let login = login.map_err(|cause| corrupt(identity.as_str(), cause))?;
            let changes = [of_login(&login), of_identity(identity, &login)]
                .map(|key| self.table.change(Effect::Delete(key), None));
            self.table.commit(&changes).await?;
        }
        Ok(())
    }
}

/// The key of the item that the login leads to. No identity id begins like it.
fn of_login(login: &str) -> Item {
    item([
        (OWNER, text(format!("login\\{login}"))),
        (LOGIN, text(ITSELF)),
    ])
}

/// The item in the partition of the identity, of nothing but its key.
fn of_identity(identity: &IdentityId, login: &str) -> Item {
    item([(OWNER, text(identity.as_str())), (LOGIN, text(login))])
}

fn decode(login: &str, mut stored: Item) -> Result<IdentityId, StoreError> {
    take_parsed(&mut stored, IDENTITY).map_err(|cause| corrupt(login, cause))
}

fn corrupt(login: &str, cause: Unreadable) -> StoreError {
    StoreError::corrupt(format!("link of the login `{login}`"), cause)
}
