//! What the pool has "sent": kept for whoever owns the data directory, sealed like everything secret.

use std::fmt;

use notewarden_domain::{StoreError, Timestamp, ports::IdSource};
use notewarden_embedded::{
    Database,
    database::{Fault, existing},
};
use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize, Serializer};

use crate::{
    email::EmailAddress,
    secret::Secret,
    vault::{Purpose, Vault},
};

/// Number, in the order of sending → sealed [`Message`].
const MESSAGES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("inbox");

/// How many messages are kept.
const KEPT: u64 = 1_000;

/// Why a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MessagePurpose {
    /// Its code confirms a sign-up.
    SignUp,
    /// Its code is the temporary password of a user whom an administrator made.
    Invitation,
    /// With its code the user chooses another password.
    PasswordReset,
    /// Its code verifies the address that it was sent to.
    Verification,
    /// Its code signs in: in place of the password, or after it.
    SignIn,
}

impl fmt::Display for MessagePurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignUp => "sign-up",
            Self::Invitation => "invitation",
            Self::PasswordReset => "password-reset",
            Self::Verification => "verification",
            Self::SignIn => "sign-in",
        })
    }
}

/// A message to a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The address.
    pub to: EmailAddress,
    /// Why it was sent.
    pub purpose: MessagePurpose,
    /// The code or temporary password in it.
    #[serde(serialize_with = "expose", deserialize_with = "hide")]
    pub code: Secret,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// The inbox exists to show codes.
fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn hide<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

/// `message` as it is kept.
pub(crate) fn seal(
    message: &Message,
    vault: &Vault,
    ids: &dyn IdSource,
) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(message).map_err(StoreError::unavailable)?;
    vault
        .seal(Purpose::Message, &plain, ids)
        .map_err(StoreError::unavailable)
}

/// Keeps a sealed message, and forgets the oldest if there are too many.
pub(crate) fn insert(transaction: &WriteTransaction, sealed: &[u8]) -> Result<(), Fault> {
    let mut messages = transaction.open_table(MESSAGES)?;
    let next = match messages.last()? {
        Some((last, _)) => last.value() + 1,
        None => 0,
    };
    messages.insert(next, sealed)?;
    while messages.len()? > KEPT {
        messages.pop_first()?;
    }
    Ok(())
}

/// All that is kept, newest first.
pub(crate) fn newest_first(database: &Database, vault: &Vault) -> Result<Vec<Message>, StoreError> {
    database.read(|transaction| Ok(read_all(transaction, vault)?))
}

fn read_all(transaction: &redb::ReadTransaction, vault: &Vault) -> Result<Vec<Message>, Fault> {
    let Some(table) = existing(transaction.open_table(MESSAGES))? else {
        return Ok(Vec::new());
    };
    let mut messages = Vec::new();
    for entry in table.iter()?.rev() {
        let (number, sealed) = entry?;
        let corrupt = || format!("message {}", number.value());
        let plain = vault
            .unseal(Purpose::Message, sealed.value())
            .map_err(|error| StoreError::corrupt(corrupt(), error))?;
        let message = serde_json::from_slice(&plain)
            .map_err(|error| StoreError::corrupt(corrupt(), error))?;
        messages.push(message);
    }
    Ok(messages)
}
