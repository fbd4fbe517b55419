//! The logins that somebody has shown, all found good, and what follows from them.

use std::collections::BTreeMap;

use super::{IdentityPoolError, IdentityPoolSettings, VerifiedLogin, role_mapping::AmbiguousRole};
use crate::identities::{Identity, Login};

/// The logins that somebody has shown, all found good, in the order of their providers' names.
pub(super) struct Shown(pub(super) Vec<(String, VerifiedLogin)>);

impl Shown {
    /// Whether nothing was shown.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The logins as identities are linked to them.
    pub(super) fn logins(&self) -> Vec<Login> {
        let login = |(provider, verified): &(String, VerifiedLogin)| Login {
            provider: provider.clone(),
            subject: verified.subject.clone(),
        };
        self.0.iter().map(login).collect()
    }

    /// How many of the logins are linked to `identity`.
    pub(super) fn linked_to(&self, identity: &Identity) -> usize {
        let logins = self.logins();
        logins.iter().filter(|login| identity.has(login)).count()
    }

    /// `cognito-identity.amazonaws.com:amr` of somebody who showed these logins.
    pub(super) fn methods(&self) -> Vec<String> {
        if self.is_empty() {
            return vec!["unauthenticated".to_owned()];
        }
        let logins = self.0.iter();
        let logins = logins.flat_map(|(provider, verified)| [provider, &verified.method]);
        ["authenticated".to_owned()]
            .into_iter()
            .chain(logins.cloned())
            .collect()
    }

    /// The tags of the session: of two logins that give one tag, the first has it.
    pub(super) fn tags(&self, settings: &IdentityPoolSettings) -> BTreeMap<String, String> {
        let mut tags = BTreeMap::new();
        for (provider, login) in &self.0 {
            let Some(mapping) = settings.tag_mappings.get(provider) else {
                continue;
            };
            for (name, value) in mapping.tags(login) {
                tags.entry(name).or_insert(value);
            }
        }
        tags
    }

    /// The ARN of the role that the logins give: the one that was `asked` for, if it is among those that they offer;
    /// or the preferred one of the first that prefers one; or the pool's.
    pub(super) fn role<'a>(
        &'a self,
        settings: &'a IdentityPoolSettings,
        asked: Option<&str>,
    ) -> Result<String, IdentityPoolError> {
        let (mut offered, mut preferred, mut is_denied) = (Vec::new(), None, false);
        for (provider, login) in &self.0 {
            let of_client = format!("{provider}:{}", login.audience);
            let mappings = &settings.role_mappings;
            let Some(mapping) = mappings.get(&of_client).or_else(|| mappings.get(provider)) else {
                continue;
            };
            let mut offer = mapping.offer(&login.claims);
            offered.append(&mut offer.roles);
            is_denied |= offer.preferred.is_none() && mapping.ambiguous == AmbiguousRole::Deny;
            preferred = preferred.or(offer.preferred);
        }
        let unasked = match preferred {
            Some(preferred) => Ok(preferred),
            None if is_denied => Err(IdentityPoolError::AmbiguousRole),
            None => Ok(settings.authenticated_role.clone()),
        };
        match asked {
            None => unasked,
            Some(asked) if offered.iter().any(|role| role == asked) => Ok(asked.to_owned()),
            Some(asked) => unasked
                .ok()
                .filter(|role| role == asked)
                .ok_or_else(|| IdentityPoolError::RoleNotOffered(asked.to_owned())),
        }
    }
}
