//! The codes of those who have none: of names that nobody has, and of users who may not have one. They are
//! sent and tried as real ones are, as often and at the same cost, so that neither limits nor errors tell
//! who is a user.

use std::time::Duration;

use notewarden_domain::{StoreError, Timestamp};
use notewarden_embedded::database::Fault;
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use uuid::Uuid;

use super::{CodeError, SentCodes};
use crate::vault::{Purpose, Vault};

/// Place → [`SentCodes`] of which none is right.
const SHADOWS: TableDefinition<'_, u16, &[u8]> = TableDefinition::new("shadow_codes");

/// Where the codes of somebody who has none are counted: one of a fixed number of places, by a keyed hash of
/// who they seem to be and of what the codes are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shadow(u16);

impl Shadow {
    pub(crate) fn new(vault: &Vault, user: Uuid, use_of_code: &str) -> Self {
        let parts: [&[u8]; 2] = [use_of_code.as_bytes(), user.as_bytes()];
        let [first, second, ..] = vault.digest(Purpose::ShadowCodes, &parts);
        Self(u16::from_be_bytes([first, second]))
    }

    /// A code seems to be sent.
    ///
    /// # Errors
    /// Inside, as [`SentCodes::another`].
    pub(crate) fn send(
        self,
        transaction: &WriteTransaction,
        digest: [u8; 32],
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Result<(), CodeError>, Fault> {
        self.update(transaction, now, |codes| {
            codes.another(digest, now, lifetime)
        })
    }

    /// A code is tried, and is wrong.
    ///
    /// # Errors
    /// Inside, as [`SentCodes::check`].
    pub(crate) fn check(
        self,
        transaction: &WriteTransaction,
        now: Timestamp,
    ) -> Result<CodeError, Fault> {
        // INVARIANT: no digest is its own complement, whatever a place that is shared was sent.
        let refused = self.update(transaction, now, |codes| {
            let wrong = codes.digest.map(|byte| !byte);
            codes.check(&wrong, now)
        })?;
        Ok(refused.err().unwrap_or(CodeError::Mismatch))
    }

    fn update<T>(
        self,
        transaction: &WriteTransaction,
        now: Timestamp,
        change: impl FnOnce(&mut SentCodes) -> T,
    ) -> Result<T, Fault> {
        let mut table = transaction.open_table(SHADOWS)?;
        let corrupt = |error| StoreError::corrupt("shadow codes", error);
        let mut codes = match table.get(self.0)? {
            Some(item) => serde_json::from_slice(item.value()).map_err(corrupt)?,
            None => SentCodes::none(now),
        };
        let outcome = change(&mut codes);
        let item = serde_json::to_vec(&codes).map_err(StoreError::unavailable)?;
        table.insert(self.0, item.as_slice())?;
        Ok(outcome)
    }
}
