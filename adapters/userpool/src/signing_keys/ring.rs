//! Which key signs, and which ones verify: the states that a key goes through, without the keys themselves.
//!
//! A key signs, is replaced, verifies until the last token that it has signed has ended, and is gone.

use std::time::Duration;

use notewarden_domain::Timestamp;

/// How much longer than its tokens a replaced key counts: for those that were being signed when it was replaced.
const SLACK: Duration = Duration::from_secs(60);

/// The most keys that verify and no longer sign.
pub(super) const MOST_RETIRED: usize = 16;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenUse {
    /// ID tokens.
    Id,
    /// Access tokens.
    Access,
}

/// The keys of a pool. Keys are cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ring<K> {
    pub(crate) id: K,
    pub(crate) access: K,
    /// When they began to sign.
    made_at: Timestamp,
    /// How long the longest token lives that they may have signed.
    longest_lifetime: Duration,
    retired: Vec<Retired<K>>,
}

/// A key that has been replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Retired<K> {
    pub(super) key: K,
    pub(super) signed: TokenUse,
    /// When the last token that it has signed has ended.
    pub(super) until: Timestamp,
}

/// As many keys verify as may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManyKeys;

impl<K: Clone> Ring<K> {
    /// The first keys of a pool.
    pub(crate) const fn first(
        id: K,
        access: K,
        made_at: Timestamp,
        longest_lifetime: Duration,
    ) -> Self {
        Self::new(id, access, made_at, longest_lifetime, Vec::new())
    }

    pub(super) const fn new(
        id: K,
        access: K,
        made_at: Timestamp,
        longest_lifetime: Duration,
        retired: Vec<Retired<K>>,
    ) -> Self {
        Self {
            id,
            access,
            made_at,
            longest_lifetime,
            retired,
        }
    }

    pub(super) const fn made_at(&self) -> Timestamp {
        self.made_at
    }

    pub(super) const fn longest_lifetime(&self) -> Duration {
        self.longest_lifetime
    }

    /// Tokens of up to `lifetime` are to be signed; whether that is longer than before.
    pub(super) fn promise(&mut self, lifetime: Duration) -> bool {
        let is_longer = lifetime > self.longest_lifetime;
        self.longest_lifetime = lifetime.max(self.longest_lifetime);
        is_longer
    }

    /// Every key that a valid token may be signed with at `now`, and what it signs.
    pub(crate) fn valid(&self, now: Timestamp) -> impl Iterator<Item = (TokenUse, &K)> {
        let current = [(TokenUse::Id, &self.id), (TokenUse::Access, &self.access)];
        let retired = self
            .retired
            .iter()
            .filter(move |retired| now < retired.until);
        current
            .into_iter()
            .chain(retired.map(|retired| (retired.signed, &retired.key)))
    }

    /// The keys that were replaced and are not forgotten.
    pub(super) fn retired(&self) -> impl Iterator<Item = &Retired<K>> {
        self.retired.iter()
    }

    /// Makes sure that there is room for the keys that sign now among those that only verify.
    pub(super) fn check_can_rotate(&self, now: Timestamp) -> Result<(), TooManyKeys> {
        let counting = self.retired.iter().filter(|retired| now < retired.until);
        if counting.count() + 2 > MOST_RETIRED {
            return Err(TooManyKeys);
        }
        Ok(())
    }

    /// The keys once `id` and `access` sign, tokens of up to `longest_lifetime`. Those whose time is over are
    /// forgotten.
    pub(super) fn rotated(
        &self,
        id: K,
        access: K,
        now: Timestamp,
        longest_lifetime: Duration,
    ) -> Result<Self, TooManyKeys> {
        self.check_can_rotate(now)?;
        let until = now.plus(self.longest_lifetime).plus(SLACK);
        let replaced = [
            (TokenUse::Id, self.id.clone()),
            (TokenUse::Access, self.access.clone()),
        ];
        let replaced = replaced.map(|(signed, key)| Retired { key, signed, until });
        let counting = self.retired.iter().filter(|retired| now < retired.until);
        Ok(Self {
            id,
            access,
            made_at: now,
            longest_lifetime,
            retired: counting.cloned().chain(replaced).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        /// A token is signed that lives so long, of what the settings allow, in hundredths.
        Sign(TokenUse, u64),
        Rotate,
        /// Time passes, in seconds.
        Pass(u64),
        /// The server starts again, with tokens that live so long at most, in seconds.
        Restart(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let signed = prop_oneof![Just(TokenUse::Id), Just(TokenUse::Access)];
        let step = prop_oneof![
            4 => (signed, 1..=100_u64).prop_map(|(signed, part)| Step::Sign(signed, part)),
            2 => Just(Step::Rotate),
            2 => (0..90_000_u64).prop_map(Step::Pass),
            1 => (300..=86_400_u64).prop_map(Step::Restart),
        ];
        prop::collection::vec(step, 1..80)
    }

    struct Token {
        key: u32,
        signed: TokenUse,
        expires_at: Timestamp,
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn every_valid_token_verifies_and_no_key_outlives_its_tokens_by_more_than_a_day(steps in steps()) {
            let mut now = Timestamp::from_millis(1_795_262_400_000);
            let mut lifetime = Duration::from_secs(3_600);
            let mut ring = Ring::first(0_u32, 1, now, lifetime);
            let (mut made, mut tokens, mut replaced) = (2, Vec::<Token>::new(), Vec::new());
            for step in steps {
                match step {
                    Step::Sign(signed, part) => {
                        let key = match signed { TokenUse::Id => ring.id, TokenUse::Access => ring.access };
                        let expires_at = now.plus(lifetime * u32::try_from(part).unwrap() / 100);
                        tokens.push(Token { key, signed, expires_at });
                    }
                    Step::Rotate => {
                        let is_full = ring.check_can_rotate(now).is_err();
                        let after = ring.rotated(made, made + 1, now, lifetime);
                        prop_assert_eq!(after.is_err(), is_full);
                        if let Ok(after) = after {
                            replaced.extend([(ring.id, now), (ring.access, now)]);
                            ring = after;
                            made += 2;
                        }
                    }
                    Step::Pass(seconds) => now = now.plus(Duration::from_secs(seconds)),
                    Step::Restart(seconds) => {
                        lifetime = Duration::from_secs(seconds);
                        ring.promise(lifetime);
                    }
                }
                for token in tokens.iter().filter(|token| now < token.expires_at) {
                    prop_assert!(ring.valid(now).any(|(signed, key)| signed == token.signed && *key == token.key));
                }
                let day = Duration::from_secs(86_400) + SLACK;
                for (key, at) in &replaced {
                    prop_assert!(ring.id != *key && ring.access != *key, "a replaced key signs");
                    if now >= at.plus(day) {
                        prop_assert!(ring.valid(now).all(|(_, valid)| valid != key), "a key is never forgotten");
                    }
                }
                prop_assert!(ring.valid(now).count() <= 2 + MOST_RETIRED);
            }
        }
    }
}
