//! E-mail addresses, which are the pool's user names.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An address of at most 128 characters, as its owner writes it.
///
/// Equality ignores case: nobody can have an address that differs from another's in nothing else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The longest user name, in characters.
    pub const MAX_LENGTH: usize = 128;

    /// As its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one spelling that all equal addresses share.
    pub fn canonical(&self) -> String {
        self.0.to_lowercase()
    }

    /// What a stranger may see of it: `a***@e***`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        let first = |part: &str| part.chars().next().map(String::from).unwrap_or_default();
        format!("{}***@{}***", first(local), first(domain))
    }
}

/// Not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidEmail;

impl FromStr for EmailAddress {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let is_valid = !local.is_empty()
            && !domain.is_empty()
            && text.chars().count() <= Self::MAX_LENGTH
            && !local.contains('@')
            && !domain.split('.').any(str::is_empty)
            && !text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c));
        if is_valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEmail)
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for EmailAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in [
            "admin@example.com",
            "a.b+c@sub.example.org",
            "ä@bücher.example",
            "x@localhost",
        ] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(120));
        for bad in [
            "",
            "admin",
            "@example.com",
            "admin@",
            "a@b@c",
            "a b@c",
            "a@b\n",
            "a@.b",
            "a@b..c",
            "<a@b>",
            &long,
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn case_is_no_difference() {
        let address: EmailAddress = "Admin@Example.com".parse().unwrap();
        assert_eq!(address, "admin@example.COM".parse().unwrap());
        assert_eq!(address.as_str(), "Admin@Example.com");
    }

    #[test]
    fn a_stranger_sees_two_letters() {
        let address: EmailAddress = "admin@example.com".parse().unwrap();
        assert_eq!(address.masked(), "a***@e***");
    }
}
