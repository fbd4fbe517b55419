//! API keys in a table of their own: each in its owner's partition, and for each id an item that says whose it is.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use notewarden_aws::Tuning;
use notewarden_domain::{
    IdentityId, Scopes, StoreError, Timestamp,
    api_key::{ApiKey, ApiKeyId, SecretHash},
    ports::ApiKeyStore,
};

use crate::{
    DynamoNotes,
    attributes::{
        Item, Unreadable, bytes, item, millis, take, take_hash, take_millis, take_parsed,
        take_text, text,
    },
    commit::{Effect, Found},
    table::{EXISTS, IS_NEW, OWNER, Table},
};

const ID: &str = "keyId";
const NAME: &str = "name";
const SCOPES: &str = "scopes";
const HASH: &str = "secretHash";
const CREATED_AT: &str = "createdAt";
const EXPIRES_AT: &str = "expiresAtMillis";
const LAST_USED_AT: &str = "lastUsedAt";
/// Whose a key is, in the item that its id leads to.
const HOLDER: &str = "owner";

/// API keys in DynamoDB.
#[derive(Clone, Debug)]
pub struct DynamoApiKeys {
    table: Table,
}

impl DynamoApiKeys {
    /// The keys in `table`, which has `userId` and `keyId` as keys, in the account and region of `config`.
    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            table: Table::connected(config, table, &Tuning::default()),
        }
    }

    /// The keys in `table`, which has `userId` and `keyId` as keys and is asked as those of `notes` are: clients are dear
    /// to make.
    pub fn beside(notes: &DynamoNotes, table: impl Into<String>) -> Self {
        Self {
            table: notes.table(table),
        }
    }

    async fn get(&self, owner: &IdentityId, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let stored = self.table.get(key(owner, id)).await?;
        stored.map(|stored| decode(owner, stored)).transpose()
    }
}

#[async_trait]
impl ApiKeyStore for DynamoApiKeys {
    async fn create(&self, key: &ApiKey) -> Result<(), StoreError> {
        let mut pointer = pointer(key.id);
        pointer.insert(HOLDER.to_owned(), text(key.owner.as_str()));
        let changes = [
            self.table.change(Effect::Put(encode(key)), Some(IS_NEW)),
            self.table.change(Effect::Put(pointer), Some(IS_NEW)),
        ];
        match self.table.commit(&changes).await? {
            None => Ok(()),
            // The same transaction, sent again, is made once: somebody else has the id.
            Some(_) => Err(StoreError::AlreadyExists),
        }
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let Some(mut stored) = self.table.get(pointer(id)).await? else {
            return Ok(None);
        };
        let owner = take_parsed::<IdentityId>(&mut stored, HOLDER);
        let owner = owner.map_err(|cause| corrupt(&id.to_string(), cause))?;
        self.get(&owner, id).await
    }

    async fn list(&self, owner: &IdentityId) -> Result<Vec<ApiKey>, StoreError> {
        let stored = self.table.partition(owner.as_str()).await?;
        let keys = stored.into_iter().map(|stored| decode(owner, stored));
        keys.collect()
    }

    /// By replacing the item that was read, unless it is gone by then. Nothing else of a key ever changes.
    async fn note_use(
        &self,
        owner: &IdentityId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut key = self.get(owner, id).await?.ok_or(StoreError::NotFound)?;
        key.last_used_at = Some(at);
        let change = self.table.change(Effect::Put(encode(&key)), Some(EXISTS));
        match self.table.commit(&[change]).await? {
            None => Ok(()),
            Some(_) => Err(StoreError::NotFound),
        }
    }

    async fn delete(&self, owner: &IdentityId, id: ApiKeyId) -> Result<(), StoreError> {
        let changes = [
            self.table
                .change(Effect::Delete(key(owner, id)), Some(EXISTS)),
            self.table.change(Effect::Delete(pointer(id)), None),
        ];
        match self.table.commit(&changes).await? {
            None => Ok(()),
            Some(mut refused) => match refused.take(0) {
                Some(Found::Item(_)) => Err(StoreError::PreconditionFailed),
                _ => Err(StoreError::NotFound),
            },
        }
    }
}

fn key(owner: &IdentityId, id: ApiKeyId) -> Item {
    item([(OWNER, text(owner.as_str())), (ID, text(id.to_string()))])
}

/// The key of the item that says whose the key is. No identity id begins like it.
fn pointer(id: ApiKeyId) -> Item {
    item([
        (OWNER, text(format!("key\\{id}"))),
        (ID, text(id.to_string())),
    ])
}

fn encode(api_key: &ApiKey) -> Item {
    let scopes = api_key.scopes.names().map(text).collect();
    let mut encoded = key(&api_key.owner, api_key.id);
    encoded.extend(item([
        (NAME, text(api_key.name.as_str())),
        (SCOPES, AttributeValue::L(scopes)),
        (HASH, bytes(api_key.hash.0)),
        (CREATED_AT, millis(api_key.created_at)),
    ]));
    for (name, at) in [
        (EXPIRES_AT, api_key.expires_at),
        (LAST_USED_AT, api_key.last_used_at),
    ] {
        encoded.extend(at.map(|at| (name.to_owned(), millis(at))));
    }
    encoded
}

fn decode(owner: &IdentityId, mut stored: Item) -> Result<ApiKey, StoreError> {
    let id = take_text(&mut stored, ID).unwrap_or_default();
    read(owner, &id, stored).map_err(|cause| corrupt(&id, cause))
}

fn read(owner: &IdentityId, id: &str, mut stored: Item) -> Result<ApiKey, Unreadable> {
    Ok(ApiKey {
        id: id.parse().map_err(|_| Unreadable::Key)?,
        owner: owner.clone(),
        name: take_parsed(&mut stored, NAME)?,
        scopes: take_scopes(&mut stored)?,
        hash: SecretHash(take_hash(&mut stored, HASH)?),
        created_at: take_millis(&mut stored, CREATED_AT)?,
        expires_at: take_moment(&mut stored, EXPIRES_AT)?,
        last_used_at: take_moment(&mut stored, LAST_USED_AT)?,
    })
}

fn take_moment(stored: &mut Item, name: &'static str) -> Result<Option<Timestamp>, Unreadable> {
    match stored.contains_key(name) {
        true => take_millis(stored, name).map(Some),
        false => Ok(None),
    }
}

fn take_scopes(stored: &mut Item) -> Result<Scopes, Unreadable> {
    let AttributeValue::L(names) = take(stored, SCOPES)? else {
        return Err(Unreadable::Type(SCOPES, "L"));
    };
    names.iter().try_fold(Scopes::default(), |all, name| {
        let name = name
            .as_s()
            .map_err(|_| Unreadable::Type(SCOPES, "L of S"))?;
        let scope = Scopes::named(name).ok_or(Unreadable::Scope)?;
        Ok(all.and(scope))
    })
}

fn corrupt(id: &str, cause: Unreadable) -> StoreError {
    StoreError::corrupt(format!("API key `{id}`"), cause)
}
