//! The keys of an issuer, got when they are wanted and kept for a while.
//!
//! A key that is not known makes them be got anew, as issuers rotate, but no more than once in an interval, however
//! many forged tokens come. While the issuer cannot be reached, the keys it last published go on for a day.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use notewarden_domain::{Timestamp, ports::Clock};
use tokio::sync::Mutex;

use crate::{
    discovery::{self, DiscoveryError},
    fetch::{DocumentUrl, Fetch, FetchError},
    key::VerificationKey,
    key_set::{KeySet, KeySetError},
};

/// Between two attempts to get the keys lies this much at least.
pub const REFETCH_INTERVAL: Duration = Duration::from_secs(30);
/// Keys are kept for as long as their server says, within these bounds.
pub const SHORTEST_KEPT: Duration = Duration::from_secs(5 * 60);
/// See [`SHORTEST_KEPT`].
pub const LONGEST_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Keys are kept for this long where their server does not say.
const USUALLY_KEPT: Duration = Duration::from_secs(60 * 60);
/// Keys that should have been got anew, and could not be, go on for this long.
pub const STALE_IF_ERROR: Duration = Duration::from_secs(24 * 60 * 60);

/// Where an issuer's keys are.
#[derive(Clone, Debug)]
pub enum KeysLocation {
    /// Where its discovery document says.
    Discovered {
        /// As tokens have it in `iss`, and the discovery document must too.
        issuer: String,
        /// Where the discovery document is.
        document: DocumentUrl,
    },
    /// Here.
    At(DocumentUrl),
}

/// The issuer's keys cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the issuer's keys cannot be had at present")]
pub struct KeysUnavailable;

/// Why the keys could not be got; for the log.
#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    #[error(transparent)]
    Keys(#[from] KeySetError),
}

/// The keys of one issuer.
pub(crate) struct IssuerKeys(Arc<Shared>);

struct Shared {
    location: KeysLocation,
    fetch: Arc<dyn Fetch>,
    clock: Arc<dyn Clock>,
    known: RwLock<Known>,
    refreshing: Arc<Mutex<()>>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<KeySet>,
    /// Until when they need not be got anew.
    fresh_until: Option<Timestamp>,
    /// When the keys were last asked for.
    attempted_at: Option<Timestamp>,
}

/// What is known of a key.
enum Found {
    Fresh(VerificationKey),
    /// It should be looked whether the issuer still has it.
    Stale(VerificationKey),
    /// The issuer had no such key.
    Unknown,
    /// There are no keys, or none that may be used.
    NoKeys,
}

impl IssuerKeys {
    pub(crate) fn new(
        location: KeysLocation,
        fetch: Arc<dyn Fetch>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Shared {
            location,
            fetch,
            clock,
            known: RwLock::default(),
            refreshing: Arc::default(),
        }))
    }

    /// The issuer's key `id`, if it has one.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<VerificationKey>, KeysUnavailable> {
        let shared = &self.0;
        let turn = Arc::clone(&shared.refreshing);
        let turn = match shared.look(id) {
            Found::Fresh(key) => return Ok(Some(key)),
            // Who has a key to go on with does not wait for another's attempt.
            Found::Stale(key) => match turn.try_lock_owned() {
                Ok(turn) => turn,
                Err(_) => return Ok(Some(key)),
            },
            Found::Unknown if !shared.may_attempt() => return Ok(None),
            Found::Unknown | Found::NoKeys => turn.lock_owned().await,
        };
        // Whoever had the turn before may have got it.
        if !matches!(shared.look(id), Found::Fresh(_)) && shared.may_attempt() {
            // An attempt goes on when the request that started it is gone: others count on it.
            let refreshing = Arc::clone(shared);
            let attempt = tokio::spawn(async move {
                refreshing.refresh().await;
                drop(turn);
            });
            if let Err(error) = attempt.await {
                tracing::error!(%error, "an attempt to get an issuer's keys broke off");
            }
        }
        match shared.look(id) {
            Found::Fresh(key) | Found::Stale(key) => Ok(Some(key)),
            Found::Unknown => Ok(None),
            Found::NoKeys => Err(KeysUnavailable),
        }
    }
}

impl Shared {
    fn look(&self, id: &str) -> Found {
        let now = self.clock.now();
        let known = self.known();
        let Some(fresh_until) = known.fresh_until else {
            return Found::NoKeys;
        };
        let is_fresh = now < fresh_until;
        if !is_fresh && now >= fresh_until.plus(STALE_IF_ERROR) {
            return Found::NoKeys;
        }
        match known.keys.get(id).cloned() {
            Some(key) if is_fresh => Found::Fresh(key),
            Some(key) => Found::Stale(key),
            None => Found::Unknown,
        }
    }

    /// Whether the last attempt is long enough ago. A clock that was set back holds nobody up.
    fn may_attempt(&self) -> bool {
        let now = self.clock.now();
        self.known()
            .attempted_at
            .is_none_or(|at| at > now || now.since(at) >= REFETCH_INTERVAL)
    }

    async fn refresh(&self) {
        let now = self.clock.now();
        self.change(|known| known.attempted_at = Some(now));
        match self.get().await {
            Ok((keys, kept)) => self.change(|known| {
                known.keys = Arc::new(keys);
                known.fresh_until = Some(now.plus(kept));
            }),
            Err(error) => tracing::warn!(
                location = ?self.location,
                error = &error as &dyn std::error::Error,
                "the keys of an issuer could not be got"
            ),
        }
    }

    async fn get(&self) -> Result<(KeySet, Duration), RefreshError> {
        let discovered;
        let location = match &self.location {
            KeysLocation::At(location) => location,
            KeysLocation::Discovered { issuer, document } => {
                let fetched = self.fetch.get(document).await?;
                discovered = discovery::keys_location(&fetched.body, issuer, document)?;
                &discovered
            }
        };
        let fetched = self.fetch.get(location).await?;
        let kept = fetched.max_age.unwrap_or(USUALLY_KEPT);
        let keys = KeySet::parse(&fetched.body)?;
        Ok((keys, kept.clamp(SHORTEST_KEPT, LONGEST_KEPT)))
    }

    fn known(&self) -> Known {
        let known = self.known.read();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
    }
}
