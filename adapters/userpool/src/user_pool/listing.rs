//! Listing users: a page costs the same however many users there are.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Profile, UserPool, UserPoolError};
use crate::users::{Search, User, UserFilter};

/// Some users, and where the next ones begin.
#[derive(Clone, Debug)]
pub struct UserPage {
    /// In no order that means anything.
    pub users: Vec<Profile>,
    /// What the next page comes after, if there is one: a page with fewer users than were asked for need not
    /// be the last.
    pub next: Option<ListPosition>,
}

/// What a page comes after. As text it is opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPosition(Position);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Position {
    User(Uuid),
    /// A canonical address.
    Address(String),
}

/// Text that is no position in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a position in a list of users")]
pub struct InvalidPosition;

impl UserPool {
    /// Up to `limit` users, of those whom `filter` shows, after those up to `after`.
    ///
    /// # Errors
    /// The position is of a list with another filter.
    pub fn list_users(
        &self,
        filter: Option<&UserFilter>,
        after: Option<&ListPosition>,
        limit: usize,
    ) -> Result<UserPage, UserPoolError> {
        let users = &self.shared.users;
        let after = after.map(|ListPosition(position)| position);
        let (found, next) = match (filter.map_or(Search::All, UserFilter::search), after) {
            (Search::One(id), None) => {
                let user = id.map(|id| users.find(id)).transpose()?.flatten();
                (Vec::from_iter(user), None)
            }
            (Search::Address(email), None) => (Vec::from_iter(users.find_by_email(email)?), None),
            (Search::Addresses(prefix), None) => {
                by_address(users.page_by_email(prefix, None, limit)?)
            }
            (Search::Addresses(prefix), Some(Position::Address(after))) => {
                by_address(users.page_by_email(prefix, Some(after), limit)?)
            }
            (Search::All, None) => by_id(users.page(None, limit, |user| is_shown(filter, user))?),
            (Search::All, Some(&Position::User(after))) => {
                by_id(users.page(Some(after), limit, |user| is_shown(filter, user))?)
            }
            _ => return Err(UserPoolError::InvalidPosition),
        };
        Ok(UserPage {
            users: found.into_iter().map(Profile::from).collect(),
            next,
        })
    }
}

fn is_shown(filter: Option<&UserFilter>, user: &User) -> bool {
    filter.is_none_or(|filter| filter.matches(user))
}

fn by_id((users, next): (Vec<User>, Option<Uuid>)) -> (Vec<User>, Option<ListPosition>) {
    (users, next.map(|id| ListPosition(Position::User(id))))
}

fn by_address((users, next): (Vec<User>, Option<String>)) -> (Vec<User>, Option<ListPosition>) {
    let next = next.map(|email| ListPosition(Position::Address(email)));
    (users, next)
}

impl fmt::Display for ListPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Position::User(id) => write!(f, "{id}"),
            Position::Address(email) => f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(email)),
        }
    }
}

impl FromStr for ListPosition {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        if let Ok(id) = Uuid::try_parse(text) {
            return Ok(Self(Position::User(id)));
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text);
        let email = bytes
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|email| email.contains('@'));
        Ok(Self(Position::Address(email.ok_or(InvalidPosition)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_back_from_their_text() {
        for position in [
            ListPosition(Position::User(Uuid::from_u128(7))),
            ListPosition(Position::Address("ä@example.com".to_owned())),
        ] {
            assert_eq!(position.to_string().parse(), Ok(position));
        }
        for text in ["", "x", "next", "////", "YQ"] {
            assert_eq!(text.parse::<ListPosition>(), Err(InvalidPosition), "{text}");
        }
    }
}
