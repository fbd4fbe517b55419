//! Second factors: which ones a user has, and what a sign-in asks for.

use serde::{Deserialize, Serialize};

use crate::user_pool::{MfaRequirement, MfaSettings};

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Factor {
    /// A code of an authenticator (TOTP).
    SoftwareToken,
    /// A code sent to the address.
    Email,
}

impl Factor {
    /// Cognito's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
            Self::Email => "EMAIL_OTP",
        }
    }
}

/// An authenticator that has shown a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authenticator {
    /// The shared secret, sealed.
    #[serde(with = "crate::encoded")]
    pub(crate) secret: Vec<u8>,
    /// The step of the code that was taken last: neither it nor an older one is taken again.
    pub(crate) last_step: u64,
    /// What the user calls it.
    pub(crate) name: Option<String>,
}

/// A secret that a user was given, and has shown no code of yet: sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pending(#[serde(with = "crate::encoded")] pub(crate) Vec<u8>);

/// The second factors of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Factors {
    pub(crate) authenticator: Option<Authenticator>,
    pub(crate) pending: Option<Pending>,
    /// Those that the user wants to be asked for.
    pub(crate) chosen: Vec<Factor>,
    pub(crate) preferred: Option<Factor>,
}

/// What a sign-in asks for after the first factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Nothing more.
    Nothing,
    /// A code.
    Code(Factor),
    /// The choice between two.
    Choice(Vec<Factor>),
    /// To set one up.
    SetUp(Vec<Factor>),
}

impl Factors {
    /// What a sign-in of their user asks for.
    ///
    /// Where everybody needs a second factor, whatever the user has counts, chosen or not; and where it can
    /// only be the address, an unverified one does too, as there is no other way to begin.
    pub(crate) fn demand(&self, settings: &MfaSettings, is_email_verified: bool) -> Demand {
        let is_required = match settings.requirement {
            MfaRequirement::Off => return Demand::Nothing,
            MfaRequirement::Optional => false,
            MfaRequirement::On => true,
        };
        let is_asked_for = |factor| is_required || self.chosen.contains(&factor);
        let mut asked = Vec::with_capacity(2);
        if settings.software_token
            && self.authenticator.is_some()
            && is_asked_for(Factor::SoftwareToken)
        {
            asked.push(Factor::SoftwareToken);
        }
        let is_only_way = is_required && !settings.software_token;
        if settings.email && (is_email_verified || is_only_way) && is_asked_for(Factor::Email) {
            asked.push(Factor::Email);
        }
        let preferred = self.preferred.filter(|factor| asked.contains(factor));
        match (preferred, asked.as_slice()) {
            (Some(factor), _) | (None, &[factor]) => Demand::Code(factor),
            (None, []) if is_required => Demand::SetUp(Self::to_set_up(settings)),
            (None, []) => Demand::Nothing,
            (None, _) => Demand::Choice(asked),
        }
    }

    /// The factors that `settings` let a user set up at a sign-in. If there are none, nobody without a factor
    /// gets in.
    fn to_set_up(settings: &MfaSettings) -> Vec<Factor> {
        settings
            .software_token
            .then_some(Factor::SoftwareToken)
            .into_iter()
            .collect()
    }

    /// The factors that are asked for, as `UserMFASettingList` shows them, and which of them first.
    pub(crate) fn in_use(&self) -> (Vec<Factor>, Option<Factor>) {
        (self.chosen.clone(), self.preferred)
    }

    /// Asks for `factor`, or no longer; and for it before others, or no longer.
    pub(crate) fn choose(&mut self, factor: Factor, is_chosen: bool, is_preferred: bool) {
        self.chosen.retain(|chosen| *chosen != factor);
        if self.preferred == Some(factor) {
            self.preferred = None;
        }
        if is_chosen {
            self.chosen.push(factor);
            self.chosen.sort_by_key(|factor| factor.as_str());
            if is_preferred {
                self.preferred = Some(factor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_settings() -> impl Strategy<Value = MfaSettings> {
        let requirement = prop_oneof![
            Just(MfaRequirement::Off),
            Just(MfaRequirement::Optional),
            Just(MfaRequirement::On)
        ];
        (requirement, any::<bool>(), any::<bool>()).prop_map(
            |(requirement, software_token, email)| MfaSettings {
                requirement,
                software_token,
                email,
            },
        )
    }

    fn any_factors() -> impl Strategy<Value = Factors> {
        let factor = prop_oneof![Just(Factor::SoftwareToken), Just(Factor::Email)];
        let choices = prop::collection::vec((factor, any::<bool>(), any::<bool>()), 0..5);
        (any::<bool>(), choices).prop_map(|(has_authenticator, choices)| {
            let authenticator = has_authenticator.then(|| Authenticator {
                secret: Vec::new(),
                last_step: 0,
                name: None,
            });
            let mut factors = Factors {
                authenticator,
                ..Factors::default()
            };
            for (factor, is_chosen, is_preferred) in choices {
                factors.choose(factor, is_chosen, is_preferred);
            }
            factors
        })
    }

    proptest! {
        /// Where a second factor is on, nobody gets in without one; what is asked for is something that the
        /// user can show and that the pool allows.
        #[test]
        fn a_demand_is_never_less_than_the_settings_ask(
            settings in any_settings(), factors in any_factors(), is_verified in any::<bool>()
        ) {
            let demand = factors.demand(&settings, is_verified);
            match settings.requirement {
                MfaRequirement::Off => prop_assert_eq!(&demand, &Demand::Nothing),
                MfaRequirement::On => prop_assert_ne!(&demand, &Demand::Nothing),
                MfaRequirement::Optional => {
                    let can_use = factors.chosen.iter().any(|factor| match factor {
                        Factor::SoftwareToken => settings.software_token && factors.authenticator.is_some(),
                        Factor::Email => settings.email && is_verified,
                    });
                    prop_assert_eq!(demand == Demand::Nothing, !can_use);
                }
            }
            let asked = match &demand {
                Demand::Nothing | Demand::SetUp(_) => Vec::new(),
                Demand::Code(factor) => vec![*factor],
                Demand::Choice(factors) => factors.clone(),
            };
            for factor in asked {
                let can_be_shown = match factor {
                    Factor::SoftwareToken => settings.software_token && factors.authenticator.is_some(),
                    Factor::Email => settings.email,
                };
                prop_assert!(can_be_shown);
            }
            if let Demand::SetUp(_) = demand {
                prop_assert!(!settings.software_token || factors.authenticator.is_none());
            }
        }
    }

    #[test]
    fn the_preferred_factor_is_asked_for_first() {
        let settings = MfaSettings {
            requirement: MfaRequirement::Optional,
            software_token: true,
            email: true,
        };
        let mut factors = Factors {
            authenticator: Some(Authenticator {
                secret: Vec::new(),
                last_step: 0,
                name: None,
            }),
            ..Factors::default()
        };
        factors.choose(Factor::Email, true, false);
        assert_eq!(factors.demand(&settings, true), Demand::Code(Factor::Email));
        factors.choose(Factor::SoftwareToken, true, false);
        let both = Demand::Choice(vec![Factor::SoftwareToken, Factor::Email]);
        assert_eq!(factors.demand(&settings, true), both);
        factors.choose(Factor::Email, true, true);
        assert_eq!(factors.demand(&settings, true), Demand::Code(Factor::Email));
        // An address that is not verified any more is none to send codes to.
        let left = Demand::Code(Factor::SoftwareToken);
        assert_eq!(factors.demand(&settings, false), left);
    }
}
