//! The access keys of one data directory, in the form in which signatures are verified.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use lru::LruCache;
use notewarden_sigv4::KeySource;
use notewarden_userpool::{Credential, Credentials};

use super::system_time;

/// How many keys are kept in that form.
const KEPT: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// Finds keys for the verifier. Those in use are not made again for every request.
pub(super) struct Keys {
    credentials: Credentials,
    made: Mutex<LruCache<String, Made>>,
}

struct Made {
    of: Arc<Credential>,
    keys: Arc<notewarden_sigv4::Credentials>,
}

impl Keys {
    pub(super) fn of(credentials: Credentials) -> Self {
        Self {
            credentials,
            made: Mutex::new(LruCache::new(KEPT)),
        }
    }
}

impl KeySource for Keys {
    fn find(&self, access_key_id: &str) -> Option<Arc<notewarden_sigv4::Credentials>> {
        // What is kept never speaks for itself: a key that was revoked is not found here.
        let credential = self
            .credentials
            .find(access_key_id)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the access keys cannot be read");
                None
            })?;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(access_key_id)
            && Arc::ptr_eq(&known.of, &credential)
        {
            return Some(Arc::clone(&known.keys));
        }
        let keys = Arc::new(keys_of(&credential));
        let new = Made {
            of: credential,
            keys: Arc::clone(&keys),
        };
        made.put(access_key_id.to_owned(), new);
        Some(keys)
    }
}

/// What requests are signed and verified with.
pub(crate) fn keys_of(credential: &Credential) -> notewarden_sigv4::Credentials {
    let id = credential.access_key_id.as_str();
    let keys = notewarden_sigv4::Credentials::new(id, credential.secret_access_key.expose());
    match (&credential.session_token, credential.expires_at) {
        (Some(token), Some(end)) => keys.with_session(token.expose(), system_time(end)),
        _ => keys,
    }
}
