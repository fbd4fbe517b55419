//! Users' attributes: OpenID Connect's standard ones, which the schema of every pool has, and those that the
//! pool's owner has added.

use std::collections::BTreeMap;

use super::{AttributeValues, CustomAttribute, UserPoolError};
use crate::{email::EmailAddress, users::User};

/// The attributes that clients may write.
const WRITABLE: [&str; 17] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The attributes that only the pool writes.
const READ_ONLY: [&str; 4] = [
    "sub",
    "email_verified",
    "phone_number_verified",
    "identities",
];

/// Says whether a telephone number is verified, which only an administrator can know.
const PHONE_VERIFIED: &str = "phone_number_verified";

/// Characters of the longest value.
const MAX_LENGTH: usize = 2_048;

/// Who writes attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writer {
    /// A client, for its user.
    Client,
    /// An administrator, who may also say that an address is verified.
    Administrator,
}

/// What becomes of attributes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// `email`.
    pub(super) email: Option<EmailAddress>,
    /// `email_verified`.
    pub(super) is_email_verified: Option<bool>,
    /// All but those of the address: another value, or none.
    others: BTreeMap<String, Option<String>>,
}

impl Changes {
    /// Reads what `writer` asks for. An empty value removes an attribute.
    pub(super) fn read(
        schema: &[CustomAttribute],
        attributes: &[(String, String)],
        writer: Writer,
    ) -> Result<Self, UserPoolError> {
        let is_administrator = writer == Writer::Administrator;
        let mut changes = Self::default();
        for (name, value) in attributes {
            let invalid = || UserPoolError::InvalidAttribute(name.clone());
            match name.as_str() {
                "email_verified" if is_administrator => {
                    changes.is_email_verified = Some(value.parse().map_err(|_| invalid())?);
                }
                "email" => changes.email = Some(value.parse().map_err(|_| invalid())?),
                _ => {
                    check_writable(schema, name, writer)?;
                    let value = Some(value.as_str()).filter(|value| !value.is_empty());
                    if value.is_some_and(|value| !is_valid(schema, name, value)) {
                        return Err(invalid());
                    }
                    let value = value.map(str::to_owned);
                    changes.others.insert(name.clone(), value);
                }
            }
        }
        Ok(changes)
    }

    /// Reads what a new user whose name is `email` has: the address may be repeated, and no other given.
    pub(super) fn of_new_user(
        schema: &[CustomAttribute],
        attributes: &[(String, String)],
        email: &EmailAddress,
        writer: Writer,
    ) -> Result<Self, UserPoolError> {
        let changes = Self::read(schema, attributes, writer)?;
        match changes.email {
            Some(other) if other != *email => {
                Err(UserPoolError::InvalidAttribute("email".to_owned()))
            }
            _ => Ok(Self {
                email: None,
                ..changes
            }),
        }
    }

    /// The removal of attributes by their names.
    pub(super) fn removing(
        schema: &[CustomAttribute],
        names: &[String],
        writer: Writer,
    ) -> Result<Self, UserPoolError> {
        let mut changes = Self::default();
        for name in names {
            if matches!(name.as_str(), "email" | "email_verified") {
                return Err(UserPoolError::RequiredAttribute(name.clone()));
            }
            check_writable(schema, name, writer)?;
            changes.others.insert(name.clone(), None);
        }
        Ok(changes)
    }

    /// Makes sure that nothing is changed that `user` has for good.
    pub(super) fn check(
        &self,
        schema: &[CustomAttribute],
        user: &User,
    ) -> Result<(), UserPoolError> {
        for (name, value) in &self.others {
            let is_fixed = schema
                .iter()
                .any(|custom| custom.name == *name && !custom.is_mutable);
            let now = user.attributes.get(name);
            if is_fixed && now.is_some() && now != value.as_ref() {
                return Err(UserPoolError::ImmutableAttribute(name.clone()));
            }
        }
        Ok(())
    }

    /// Gives `user` the attributes, but for the address.
    pub(super) fn apply_others(self, user: &mut User) {
        let says_verified = self.others.contains_key(PHONE_VERIFIED);
        if let Some(number) = self.others.get("phone_number")
            && user.attributes.get("phone_number") != number.as_ref()
            && !says_verified
        {
            user.attributes.remove(PHONE_VERIFIED);
        }
        for (name, value) in self.others {
            match value {
                Some(value) => drop(user.attributes.insert(name, value)),
                None => drop(user.attributes.remove(&name)),
            }
        }
    }
}

fn check_writable(
    schema: &[CustomAttribute],
    name: &str,
    writer: Writer,
) -> Result<(), UserPoolError> {
    if name == PHONE_VERIFIED && writer == Writer::Administrator {
        Ok(())
    } else if READ_ONLY.contains(&name) {
        Err(UserPoolError::ReadOnlyAttribute(name.to_owned()))
    } else if WRITABLE.contains(&name) || schema.iter().any(|custom| custom.name == name) {
        Ok(())
    } else {
        Err(UserPoolError::UnknownAttribute(name.to_owned()))
    }
}

fn is_valid(schema: &[CustomAttribute], name: &str, value: &str) -> bool {
    let length = value.chars().count();
    if length > MAX_LENGTH {
        return false;
    }
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    match name {
        PHONE_VERIFIED => value.parse::<bool>().is_ok(),
        // E.164.
        "phone_number" => value
            .strip_prefix('+')
            .is_some_and(|number| digits(number, 1..=15)),
        // `YYYY-MM-DD`: AWS asks for ten characters.
        "birthdate" => length == 10,
        "updated_at" => digits(value, 1..=20),
        _ => {
            let custom = schema.iter().find(|custom| custom.name == name);
            match custom.map(|custom| custom.values) {
                None => true,
                Some(AttributeValues::Text { least, most }) => (least..=most).contains(&length),
                Some(AttributeValues::Number { least, most }) => value
                    .parse()
                    .is_ok_and(|number| (least..=most).contains(&number)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> [CustomAttribute; 2] {
        [
            CustomAttribute {
                name: "custom:team".to_owned(),
                is_mutable: false,
                values: AttributeValues::Text { least: 2, most: 4 },
            },
            CustomAttribute {
                name: "custom:level".to_owned(),
                is_mutable: true,
                values: AttributeValues::Number { least: 1, most: 9 },
            },
        ]
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    fn read(attributes: &[(&str, &str)], writer: Writer) -> Result<Changes, UserPoolError> {
        Changes::read(&schema(), &pairs(attributes), writer)
    }

    fn of_new_user(attributes: &[(&str, &str)]) -> Result<Changes, UserPoolError> {
        let email = "a@example.com".parse().unwrap();
        Changes::of_new_user(&schema(), &pairs(attributes), &email, Writer::Client)
    }

    #[test]
    fn standard_attributes_are_taken() {
        let changes = of_new_user(&[("name", "Ada"), ("email", "A@example.com")]).unwrap();
        let name = ("name".to_owned(), Some("Ada".to_owned()));
        assert_eq!(changes.others, BTreeMap::from([name]));
        let verified = read(&[("email_verified", "true")], Writer::Administrator);
        assert_eq!(verified.unwrap().is_email_verified, Some(true));
    }

    #[test]
    fn ten_26_what_only_the_pool_writes_is_refused() {
        for name in READ_ONLY {
            for refused in [
                read(&[(name, "true")], Writer::Client),
                Changes::removing(&[], &[name.to_owned()], Writer::Client),
            ] {
                let refused = refused.unwrap_err();
                assert!(
                    matches!(
                        refused,
                        UserPoolError::ReadOnlyAttribute(_) | UserPoolError::RequiredAttribute(_)
                    ),
                    "{name}"
                );
            }
        }
        let refused = read(&[("sub", "x")], Writer::Administrator).unwrap_err();
        assert!(matches!(refused, UserPoolError::ReadOnlyAttribute(_)));
        for name in ["custom:tenant", "cognito:groups", "Email", "iss", ""] {
            let refused = read(&[(name, "x")], Writer::Client).unwrap_err();
            assert!(
                matches!(refused, UserPoolError::UnknownAttribute(_)),
                "{name}"
            );
        }
        let other = of_new_user(&[("email", "b@example.com")]).unwrap_err();
        assert!(matches!(other, UserPoolError::InvalidAttribute(_)));
    }

    #[test]
    fn values_have_their_forms() {
        let long = "x".repeat(MAX_LENGTH + 1);
        for (name, good, bad) in [
            ("name", "Ä", long.as_str()),
            ("phone_number", "+15551234567", "5551234567"),
            ("phone_number", "+1", "+1555123456789012"),
            ("birthdate", "1815-12-10", "1815"),
            ("updated_at", "1795262400", "now"),
            ("email", "b@example.com", "b"),
            ("custom:team", "blue", "b"),
            ("custom:team", "ab", "yellow"),
            ("custom:level", "9", "10"),
            ("custom:level", "1", "one"),
        ] {
            assert!(read(&[(name, good)], Writer::Client).is_ok(), "{name}");
            let refused = read(&[(name, bad)], Writer::Client);
            assert!(
                matches!(refused, Err(UserPoolError::InvalidAttribute(_))),
                "{name}"
            );
        }
    }
}
