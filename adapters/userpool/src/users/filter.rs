//! `Filter`: which users a listing shows. One condition, `attribute = "value"` or `attribute ^= "value"`.

use std::str::FromStr;

use uuid::Uuid;

use super::User;

/// The attributes that users can be searched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    /// The user's id, which is the name too.
    Id,
    /// The address; case is no difference.
    Email,
    /// One of the others.
    Other(&'static str),
    /// `cognito:user_status`; case is no difference.
    UserStatus,
    /// `status`: `Enabled` or `Disabled`.
    Enabled,
}

/// The other attributes that are searched, by name.
const OTHERS: [&str; 5] = [
    "family_name",
    "given_name",
    "name",
    "phone_number",
    "preferred_username",
];

/// A condition on users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFilter {
    attribute: Attribute,
    /// Whether the value is only what the attribute's begins with.
    is_prefix: bool,
    value: String,
}

/// Why text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFilter {
    /// It has another form than `attribute = "value"`.
    #[error("the filter is not of the form `attribute = \"value\"` or `attribute ^= \"value\"`")]
    Form,
    /// Users are not searched by this attribute.
    #[error("users are not searched by the attribute `{0}`")]
    Attribute(String),
}

/// How the users that a filter shows are found.
pub(crate) enum Search<'a> {
    /// There is one at most, with this id.
    One(Option<Uuid>),
    /// There is one at most, with this canonical address.
    Address(&'a str),
    /// Those whose canonical addresses begin so.
    Addresses(&'a str),
    /// All, of whom some [match](UserFilter::matches).
    All,
}

impl UserFilter {
    pub(crate) fn search(&self) -> Search<'_> {
        match (self.attribute, self.is_prefix) {
            (Attribute::Id, false) => Search::One(Uuid::try_parse(&self.value).ok()),
            (Attribute::Email, false) => Search::Address(&self.value),
            (Attribute::Email, true) => Search::Addresses(&self.value),
            _ => Search::All,
        }
    }

    pub(crate) fn matches(&self, user: &User) -> bool {
        match self.attribute {
            Attribute::Id => self.is(&user.id.to_string()),
            Attribute::Email => self.is(&user.email.canonical()),
            Attribute::Other(name) => user
                .attributes
                .get(name)
                .is_some_and(|value| self.is(value)),
            Attribute::UserStatus => self.is(&user.status().as_str().to_lowercase()),
            Attribute::Enabled => self.is(if user.is_enabled {
                "Enabled"
            } else {
                "Disabled"
            }),
        }
    }

    fn is(&self, value: &str) -> bool {
        if self.is_prefix {
            value.starts_with(&self.value)
        } else {
            value == self.value
        }
    }
}

impl FromStr for UserFilter {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, InvalidFilter> {
        let (name, rest) = text.split_once('=').ok_or(InvalidFilter::Form)?;
        let (name, is_prefix) = match name.trim_end().strip_suffix('^') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let name = name.trim();
        // The attribute's name may stand in quotes as well.
        let name = name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'))
            .unwrap_or(name);
        let mut value = unquoted(rest.trim()).ok_or(InvalidFilter::Form)?;
        let attribute = match name {
            "sub" | "username" => Attribute::Id,
            "email" => Attribute::Email,
            "cognito:user_status" => Attribute::UserStatus,
            "status" => Attribute::Enabled,
            other => {
                let known = OTHERS.into_iter().find(|known| *known == other);
                Attribute::Other(known.ok_or_else(|| InvalidFilter::Attribute(other.to_owned()))?)
            }
        };
        if matches!(
            attribute,
            Attribute::Id | Attribute::Email | Attribute::UserStatus
        ) {
            value = value.to_lowercase();
        }
        Ok(Self {
            attribute,
            is_prefix,
            value,
        })
    }
}

/// What stands in double quotes, of which those within are escaped with a backslash.
fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?),
            '"' => return None,
            other => value.push(other),
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(attribute: Attribute, is_prefix: bool, value: &str) -> UserFilter {
        UserFilter {
            attribute,
            is_prefix,
            value: value.to_owned(),
        }
    }

    #[test]
    fn filters_are_read() {
        for (text, expected) in [
            (
                "email = \"Alice@Example.com\"",
                filter(Attribute::Email, false, "alice@example.com"),
            ),
            ("email^=\"al\"", filter(Attribute::Email, true, "al")),
            (
                "\"family_name\" = \"Reddy \\\"the\\\\x\"",
                filter(Attribute::Other("family_name"), false, "Reddy \"the\\x"),
            ),
            (
                "cognito:user_status = \"CONFIRMED\"",
                filter(Attribute::UserStatus, false, "confirmed"),
            ),
            (
                "status = \"Enabled\"",
                filter(Attribute::Enabled, false, "Enabled"),
            ),
            (
                "name = \"a=b\"",
                filter(Attribute::Other("name"), false, "a=b"),
            ),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "email",
            "email = alice",
            "email = \"alice",
            "email = \"",
            "email = \"a\"b\"",
            "email = \"a\\\"",
            "email = \"a\" and name = \"b\"",
        ] {
            assert_eq!(
                text.parse::<UserFilter>(),
                Err(InvalidFilter::Form),
                "{text}"
            );
        }
        for name in ["custom:team", "locale", "", "Email"] {
            let refused = format!("{name} = \"x\"").parse::<UserFilter>();
            assert_eq!(refused, Err(InvalidFilter::Attribute(name.to_owned())));
        }
    }

    proptest! {
        /// Any value can be searched for, once it is quoted; and no text makes the reader panic.
        #[test]
        fn every_value_can_be_quoted(value in ".*", noise in ".*") {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            let read: UserFilter = format!("name = \"{quoted}\"").parse().unwrap();
            prop_assert_eq!(read, filter(Attribute::Other("name"), false, &value));
            let _any = noise.parse::<UserFilter>();
        }
    }
}
