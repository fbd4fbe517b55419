//! What the tables of the protocol's two services have in common: each operation's name and who may call it.

/// An operation of a service, and what becomes of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation<Support> {
    /// As it stands in `X-Amz-Target`.
    pub name: &'static str,
    /// Who may call it.
    pub way_in: WayIn,
    /// What becomes of it.
    pub support: Support,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    /// Anybody: what the request carries is what it proves.
    Anybody,
    /// Whoever has an access token, for the user that it is of.
    AccessToken,
    /// Whoever signs and is permitted `<service>:<name>` on the pool.
    Permitted,
}

impl<Support: Copy> Operation<Support> {
    /// One that [anybody](WayIn::Anybody) may call.
    pub const fn open(name: &'static str, support: Support) -> Self {
        Self::new(name, WayIn::Anybody, support)
    }

    /// One for whoever has an [access token](WayIn::AccessToken).
    pub const fn with_token(name: &'static str, support: Support) -> Self {
        Self::new(name, WayIn::AccessToken, support)
    }

    /// One for whoever is [permitted](WayIn::Permitted) it.
    pub const fn permitted(name: &'static str, support: Support) -> Self {
        Self::new(name, WayIn::Permitted, support)
    }

    const fn new(name: &'static str, way_in: WayIn, support: Support) -> Self {
        Self {
            name,
            way_in,
            support,
        }
    }
}
