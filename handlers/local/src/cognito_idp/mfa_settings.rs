//! Second factors as requests choose them, and as answers tell them.

use notewarden_userpool::user_pool::{MfaPreferences, Preference, Profile};
use serde::{Deserialize, Serialize};

use super::exception::invalid_parameter;
use crate::json_protocol::Exception;

/// The members of `SetUserMFAPreference` that name second factors.
#[derive(Deserialize)]
pub(super) struct MfaSettings {
    #[serde(rename = "SMSMfaSettings")]
    sms: Option<MfaSetting>,
    #[serde(rename = "SoftwareTokenMfaSettings")]
    software_token: Option<MfaSetting>,
    #[serde(rename = "EmailMfaSettings")]
    email: Option<MfaSetting>,
    #[serde(rename = "WebAuthnMfaSettings")]
    passkey: Option<MfaSetting>,
}

/// `SoftwareTokenMfaSettingsType` and its like.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct MfaSetting {
    enabled: bool,
    preferred_mfa: bool,
}

impl MfaSettings {
    /// # Errors
    /// A factor is enabled that there is none of.
    pub(super) fn preferences(self) -> Result<MfaPreferences, Exception> {
        let is_on = |setting: Option<MfaSetting>| setting.is_some_and(|setting| setting.enabled);
        if is_on(self.sms) {
            return Err(invalid_parameter(
                "SMS_MFA is not served: no text messages are sent.",
            ));
        }
        if is_on(self.passkey) {
            return Err(invalid_parameter(
                "WEB_AUTHN is not served: there are no passkeys.",
            ));
        }
        let preference = |setting: MfaSetting| Preference {
            is_enabled: setting.enabled,
            is_preferred: setting.preferred_mfa,
        };
        Ok(MfaPreferences {
            software_token: self.software_token.map(preference),
            email: self.email.map(preference),
        })
    }
}

/// The second factors that a user has chosen.
#[derive(Serialize)]
pub(super) struct FactorsInUse {
    #[serde(
        rename = "PreferredMfaSetting",
        skip_serializing_if = "Option::is_none"
    )]
    preferred: Option<&'static str>,
    #[serde(rename = "UserMFASettingList", skip_serializing_if = "Vec::is_empty")]
    chosen: Vec<&'static str>,
}

impl From<&Profile> for FactorsInUse {
    fn from(profile: &Profile) -> Self {
        Self {
            preferred: profile.preferred_factor.map(|factor| factor.as_str()),
            chosen: profile
                .factors
                .iter()
                .map(|factor| factor.as_str())
                .collect(),
        }
    }
}
