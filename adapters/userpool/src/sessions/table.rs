//! Sessions in the database, and the challenges that opened them.

use notewarden_domain::{StoreError, Timestamp};
use notewarden_embedded::{
    Database,
    database::{Fault, existing},
};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use uuid::Uuid;

use super::{Session, SessionId};

/// (user id, origin) → [`Session`].
const SESSIONS: TableDefinition<'_, (u128, u128), &[u8]> = TableDefinition::new("sessions");
/// (expiry in milliseconds, user id, origin), so that collecting reads nothing that stays.
const BY_EXPIRY: TableDefinition<'_, (u64, u128, u128), ()> =
    TableDefinition::new("sessions_by_expiry");
/// (expiry in milliseconds, id) of challenges that were answered.
const SPENT: TableDefinition<'_, (u64, u128), ()> = TableDefinition::new("spent_challenges");

/// How much is collected with each sign-in: more than it adds, so that nothing grows without end, and little
/// enough that nobody waits for it.
const COLLECTED_AT_ONCE: usize = 8;

/// The sessions of a data directory.
#[derive(Clone)]
pub(crate) struct Sessions {
    database: Database,
}

impl Sessions {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(crate) fn find(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.database.read(|transaction| {
            let Some(sessions) = existing(transaction.open_table(SESSIONS))? else {
                return Ok(None);
            };
            let item = sessions.get(key(id)).map_err(Fault::from)?;
            item.map(|item| decode(id, item.value())).transpose()
        })
    }

    /// Up to `limit` sessions of `user`, ended ones included, in no order that means anything.
    pub(crate) fn of_user(&self, user: Uuid, limit: usize) -> Result<Vec<Session>, StoreError> {
        self.database.read(|transaction| {
            let Some(sessions) = existing(transaction.open_table(SESSIONS))? else {
                return Ok(Vec::new());
            };
            let found = all(&sessions, user, limit)?.into_iter();
            Ok(found.map(|(_, session)| session).collect())
        })
    }
}

/// Keeps a new session, and forgets some that have expired.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    id: SessionId,
    session: &Session,
    now: Timestamp,
) -> Result<(), Fault> {
    let item = encode(session)?;
    let mut sessions = transaction.open_table(SESSIONS)?;
    sessions.insert(key(id), item.as_slice())?;
    let (user, origin) = key(id);
    let mut by_expiry = transaction.open_table(BY_EXPIRY)?;
    by_expiry.insert((session.expires_at.as_millis(), user, origin), ())?;
    for _ in 0..COLLECTED_AT_ONCE {
        let Some(expired) = by_expiry.first()?.map(|(key, _)| key.value()) else {
            break;
        };
        let (expires_at, user, origin) = expired;
        if expires_at > now.as_millis() {
            break;
        }
        by_expiry.remove(expired)?;
        sessions.remove((user, origin))?;
    }
    Ok(())
}

/// Ends the session `id`, if it is there.
pub(crate) fn end(transaction: &WriteTransaction, id: SessionId) -> Result<(), Fault> {
    let mut sessions = transaction.open_table(SESSIONS)?;
    let found = match sessions.get(key(id))? {
        Some(item) => decode(id, item.value())?,
        None => return Ok(()),
    };
    let ended = Session {
        has_ended: true,
        ..found
    };
    sessions.insert(key(id), encode(&ended)?.as_slice())?;
    Ok(())
}

/// Ends every session of `user`.
pub(crate) fn end_all(transaction: &WriteTransaction, user: Uuid) -> Result<(), Fault> {
    for (id, _) in of_user(transaction, user)? {
        end(transaction, id)?;
    }
    Ok(())
}

/// Ends every session of a user but the one that is `kept`.
pub(crate) fn end_others(transaction: &WriteTransaction, kept: SessionId) -> Result<(), Fault> {
    for (id, _) in of_user(transaction, kept.user)? {
        if id != kept {
            end(transaction, id)?;
        }
    }
    Ok(())
}

/// Forgets every session of `user`.
pub(crate) fn forget_all(transaction: &WriteTransaction, user: Uuid) -> Result<(), Fault> {
    let all = of_user(transaction, user)?;
    let mut sessions = transaction.open_table(SESSIONS)?;
    let mut by_expiry = transaction.open_table(BY_EXPIRY)?;
    for (id, session) in all {
        let (user, origin) = key(id);
        sessions.remove((user, origin))?;
        by_expiry.remove((session.expires_at.as_millis(), user, origin))?;
    }
    Ok(())
}

/// Whether the challenge `id` was not answered yet.
pub(crate) fn check_unspent(
    transaction: &WriteTransaction,
    id: Uuid,
    expires_at: Timestamp,
) -> Result<bool, Fault> {
    let spent = transaction.open_table(SPENT)?;
    let entry = spent.get((expires_at.as_millis(), id.as_u128()))?;
    Ok(entry.is_none())
}

/// Notes that the challenge `id` was answered, and forgets some that nobody can answer any more.
pub(crate) fn spend(
    transaction: &WriteTransaction,
    id: Uuid,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    let mut spent = transaction.open_table(SPENT)?;
    spent.insert((expires_at.as_millis(), id.as_u128()), ())?;
    for _ in 0..COLLECTED_AT_ONCE {
        let first = spent.first()?.map(|(key, _)| key.value());
        match first {
            Some(old) if old.0 <= now.as_millis() => spent.remove(old)?,
            _ => break,
        };
    }
    Ok(())
}

fn of_user(transaction: &WriteTransaction, user: Uuid) -> Result<Vec<(SessionId, Session)>, Fault> {
    all(&transaction.open_table(SESSIONS)?, user, usize::MAX)
}

fn all(
    sessions: &impl ReadableTable<(u128, u128), &'static [u8]>,
    user: Uuid,
    limit: usize,
) -> Result<Vec<(SessionId, Session)>, Fault> {
    let range = (user.as_u128(), 0)..=(user.as_u128(), u128::MAX);
    let mut all = Vec::new();
    for entry in sessions.range(range)?.take(limit) {
        let (key, item) = entry?;
        let id = SessionId {
            user,
            origin: Uuid::from_u128(key.value().1),
        };
        all.push((id, decode(id, item.value())?));
    }
    Ok(all)
}

const fn key(id: SessionId) -> (u128, u128) {
    (id.user.as_u128(), id.origin.as_u128())
}

fn encode(session: &Session) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(session).map_err(StoreError::unavailable)
}

fn decode(id: SessionId, item: &[u8]) -> Result<Session, StoreError> {
    serde_json::from_slice(item)
        .map_err(|error| StoreError::corrupt(format!("session {}", id.origin), error))
}
