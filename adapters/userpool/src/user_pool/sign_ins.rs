//! The sign-ins of a user, for whoever runs the pool.

use notewarden_domain::Timestamp;

use super::{UserPool, UserPoolError};

/// A sign-in, without anything that it could be continued by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The client that the user signed in through.
    pub client_id: String,
    /// When.
    pub signed_in_at: Timestamp,
    /// When its refresh token ends.
    pub expires_at: Timestamp,
    /// Whether the user has signed out of it.
    pub has_ended: bool,
}

impl UserPool {
    /// Sign-ins of the user `username`, the newest first: up to `limit`, of those that are still known.
    ///
    /// # Errors
    /// There is no such user, or the database cannot be read.
    pub fn sign_ins(&self, username: &str, limit: usize) -> Result<Vec<SignIn>, UserPoolError> {
        let user = self.existing_user(username)?;
        let sessions = self.shared.sessions.of_user(user.id, limit)?;
        let mut sign_ins: Vec<_> = sessions
            .into_iter()
            .map(|session| SignIn {
                has_ended: session.has_ended(),
                client_id: session.client_id,
                signed_in_at: session.signed_in_at,
                expires_at: session.expires_at,
            })
            .collect();
        sign_ins.sort_by_key(|sign_in| std::cmp::Reverse(sign_in.signed_in_at));
        Ok(sign_ins)
    }
}
