//! Users' attributes: OpenID Connect's standard ones, which the schema of every pool has.

use std::collections::BTreeMap;

use super::UserPoolError;
use crate::email::EmailAddress;

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

/// Bytes of the longest value.
const MAX_LENGTH: usize = 2_048;

/// Who writes attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writer {
    /// A client, for its user.
    Client,
    /// An administrator, who may also say that an address is verified.
    Administrator,
}

/// Attributes of a new user.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    /// `email_verified`.
    pub(super) is_email_verified: bool,
    /// All but those of the address.
    pub(super) others: BTreeMap<String, String>,
}

/// Reads the attributes of a new user whose name is `email`: the address may be repeated, and no other given.
pub(super) fn of_new_user(
    attributes: &[(String, String)],
    email: &EmailAddress,
    writer: Writer,
) -> Result<Attributes, UserPoolError> {
    let mut read = Attributes::default();
    for (name, value) in attributes {
        let invalid = || UserPoolError::InvalidAttribute(name.clone());
        match name.as_str() {
            "email_verified" if writer == Writer::Administrator => {
                read.is_email_verified = value.parse().map_err(|_| invalid())?;
            }
            name if READ_ONLY.contains(&name) => {
                return Err(UserPoolError::ReadOnlyAttribute(name.to_owned()));
            }
            name if !WRITABLE.contains(&name) => {
                return Err(UserPoolError::UnknownAttribute(name.to_owned()));
            }
            _ if value.len() > MAX_LENGTH => return Err(invalid()),
            "email" => {
                if value.parse() != Ok(email.clone()) {
                    return Err(invalid());
                }
            }
            _ => drop(read.others.insert(name.clone(), value.clone())),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)], writer: Writer) -> Result<Attributes, UserPoolError> {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        of_new_user(&pairs, &"a@example.com".parse().unwrap(), writer)
    }

    #[test]
    fn standard_attributes_are_taken() {
        let attributes = read(
            &[("name", "Ada"), ("email", "A@example.com")],
            Writer::Client,
        )
        .unwrap();
        assert_eq!(
            attributes.others,
            BTreeMap::from([("name".to_owned(), "Ada".to_owned())])
        );
        assert!(
            read(&[("email_verified", "true")], Writer::Administrator)
                .unwrap()
                .is_email_verified
        );
    }

    #[test]
    fn ten_26_what_only_the_pool_writes_is_refused() {
        for name in READ_ONLY {
            let refused = read(&[(name, "true")], Writer::Client).unwrap_err();
            assert!(
                matches!(refused, UserPoolError::ReadOnlyAttribute(_)),
                "{name}"
            );
        }
        let refused = read(&[("sub", "x")], Writer::Administrator).unwrap_err();
        assert!(matches!(refused, UserPoolError::ReadOnlyAttribute(_)));
        for name in ["custom:tenant", "cognito:groups", "Email", "iss"] {
            let refused = read(&[(name, "x")], Writer::Client).unwrap_err();
            assert!(
                matches!(refused, UserPoolError::UnknownAttribute(_)),
                "{name}"
            );
        }
        let other = read(&[("email", "b@example.com")], Writer::Client).unwrap_err();
        assert!(matches!(other, UserPoolError::InvalidAttribute(_)));
    }
}
