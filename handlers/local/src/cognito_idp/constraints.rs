//! What a request's members must be, checked and told as AWS does: all that is wrong in one sentence.

use crate::json_protocol::{
    Exception,
    violations::{Shown, Violations},
};

/// What the text of a member must be.
#[derive(Clone, Copy)]
pub(super) struct Text {
    least: usize,
    most: usize,
    pattern: &'static str,
    matches: fn(&str) -> bool,
    /// Whether the sentence repeats the value.
    is_secret: bool,
}

/// `UsernameType`
pub(super) const USERNAME: Text = Text::secret(1, 128, r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", |text| {
    has_only(text, |c| !c.is_whitespace() && !c.is_control())
});
/// `PasswordType`
pub(super) const PASSWORD: Text = Text::secret(0, 256, r"^[\S]+.*[\S]+$", |text| {
    text.chars().count() > 1
        && !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace)
        && !text.contains('\n')
});
/// `ClientIdType`
pub(super) const CLIENT_ID: Text = Text::secret(1, 128, r"[\w+]+", |text| {
    has_only(text, |c| is_word(c) || c == '+')
});
/// `ConfirmationCodeType`
pub(super) const CODE: Text = Text::open(1, 2_048, r"[\S]+", is_unbroken);
/// `SessionType`
pub(super) const SESSION: Text = Text::secret(20, 4_096, "", |_| true);
/// `TokenModelType`
pub(super) const TOKEN: Text = Text::secret(0, usize::MAX, "[A-Za-z0-9-_=.]+", |text| {
    has_only(text, |c| is_word(c) || matches!(c, '-' | '=' | '.'))
});
/// `SecretHashType`
pub(super) const SECRET_HASH: Text = Text::secret(1, 128, r"[\w+=/]+", |text| {
    has_only(text, |c| is_word(c) || matches!(c, '+' | '=' | '/'))
});
/// `UserPoolIdType`
pub(super) const USER_POOL_ID: Text = Text::open(1, 55, r"[\w-]+_[0-9a-zA-Z]+", |text| {
    let parts = text.rsplit_once('_');
    parts.is_some_and(|(region, name)| {
        has_only(region, |c| is_word(c) || c == '-')
            && has_only(name, |c| c.is_ascii_alphanumeric())
    })
});
/// `SoftwareTokenMFAUserCodeType`
pub(super) const USER_CODE: Text = Text::secret(6, 6, "[0-9]+", |text| {
    has_only(text, |c| c.is_ascii_digit())
});
/// `AttributeNameType`
pub(super) const ATTRIBUTE_NAME: Text =
    Text::open(1, 32, r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+", |text| {
        !text.is_empty()
    });
/// `UserFilterType`
pub(super) const FILTER: Text = Text::open(0, 256, "", |_| true);
/// `SearchPaginationTokenType`
pub(super) const PAGINATION_TOKEN: Text = Text::open(1, usize::MAX, r"[\S]+", is_unbroken);

/// `GroupNameType`
pub(super) const GROUP_NAME: Text = Text::open(1, 128, r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", |text| {
    has_only(text, |c| !c.is_whitespace() && !c.is_control())
});
/// `DescriptionType`
pub(super) const DESCRIPTION: Text = Text::open(0, 2_048, "", |_| true);
/// `ArnType`
pub(super) const ROLE_ARN: Text = Text::open(
    20,
    2_048,
    "arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?",
    is_arn,
);

impl Text {
    const fn open(
        least: usize,
        most: usize,
        pattern: &'static str,
        matches: fn(&str) -> bool,
    ) -> Self {
        Self {
            least,
            most,
            pattern,
            matches,
            is_secret: false,
        }
    }

    const fn secret(
        least: usize,
        most: usize,
        pattern: &'static str,
        matches: fn(&str) -> bool,
    ) -> Self {
        Self {
            is_secret: true,
            ..Self::open(least, most, pattern, matches)
        }
    }
}

/// The constraints that a request breaks.
#[derive(Default)]
pub(super) struct Constraints(Violations);

impl Constraints {
    /// The text of a member that must be there. Until [`check`](Self::check) has refused it, a missing one
    /// is empty.
    pub(super) fn required<'a>(
        &mut self,
        member: &str,
        value: Option<&'a str>,
        text: Text,
    ) -> &'a str {
        if value.is_none() {
            self.0.add_missing(member, Shown::Null);
        }
        self.optional(member, value, text).unwrap_or_default()
    }

    /// The text of a member that may be left out.
    pub(super) fn optional<'a>(
        &mut self,
        member: &str,
        value: Option<&'a str>,
        text: Text,
    ) -> Option<&'a str> {
        let value = value?;
        let shown = if text.is_secret {
            Shown::Nothing
        } else {
            Shown::Value(value)
        };
        if !(text.matches)(value) {
            self.0.add_pattern(member, shown, text.pattern);
        }
        self.0
            .check_length(member, shown, value, text.least..=text.most);
        Some(value)
    }

    /// That a member is there whose values are checked elsewhere.
    pub(super) fn present(&mut self, member: &str, is_there: bool) {
        if !is_there {
            self.0.add_missing(member, Shown::Null);
        }
    }

    /// Names of attributes, of which there must be a list.
    pub(super) fn names(&mut self, member: &str, names: Option<Vec<String>>) -> Vec<String> {
        self.present(member, names.is_some());
        let names = names.unwrap_or_default();
        for (index, name) in names.iter().enumerate() {
            let member = format!("{member}.{}.member", index + 1);
            self.optional(&member, Some(name), ATTRIBUTE_NAME);
        }
        names
    }

    /// One of a set of words.
    pub(super) fn one_of(&mut self, member: &str, value: Option<&str>, words: &[&str]) {
        match value {
            None => self.0.add_missing(member, Shown::Null),
            Some(value) if !words.contains(&value) => {
                let rule = format!("Member must satisfy enum value set: [{}]", words.join(", "));
                self.0.add(member, Shown::Value(value), rule);
            }
            Some(_) => {}
        }
    }

    /// A number of at most `most`.
    pub(super) fn at_most(&mut self, member: &str, value: i64, most: i64) {
        if value > most {
            let rule = format!("Member must have value less than or equal to {most}");
            self.0.add(member, Shown::Value(&value.to_string()), rule);
        }
    }

    /// A number of at least `least`.
    pub(super) fn at_least(&mut self, member: &str, value: i64, least: i64) {
        if value < least {
            let rule = format!("Member must have value greater than or equal to {least}");
            self.0.add(member, Shown::Value(&value.to_string()), rule);
        }
    }

    /// Refuses the request if anything is broken.
    pub(super) fn check(self) -> Result<(), Exception> {
        self.0.check("InvalidParameterException")
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Six parts or more, of which the fourth may be empty and the fifth is a number.
fn is_arn(text: &str) -> bool {
    let is_name = |part: &str| has_only(part, |c| is_word(c) || "+=/,.@-".contains(c));
    let parts: Vec<_> = text.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, service, region, account, resource @ ..] => {
            is_name(partition)
                && is_name(service)
                && (region.is_empty() || is_name(region))
                && has_only(account, |c| c.is_ascii_digit())
                && (1..=3).contains(&resource.len())
                && resource.iter().all(|part| is_name(part))
        }
        _ => false,
    }
}

fn is_unbroken(text: &str) -> bool {
    has_only(text, |c| !c.is_whitespace())
}

/// One character or more, and each is one of those.
fn has_only(text: &str, is_one: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_no_secret() {
        let mut constraints = Constraints::default();
        constraints.required("username", None, USERNAME);
        constraints.required("password", Some(&"secret".repeat(50)), PASSWORD);
        constraints.required("confirmationCode", Some("1 2"), CODE);
        let refused = constraints.check().unwrap_err();
        assert_eq!(refused.kind(), "InvalidParameterException");
        assert_eq!(
            refused.message(),
            "3 validation errors detected: Value null at 'username' failed to satisfy constraint: Member must \
             not be null; Value at 'password' failed to satisfy constraint: Member must have length less than \
             or equal to 256; Value '1 2' at 'confirmationCode' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [\\S]+"
        );
    }

    #[test]
    fn an_empty_name_is_refused_and_a_good_one_taken() {
        let mut constraints = Constraints::default();
        constraints.required("username", Some("admin@example.com"), USERNAME);
        constraints.required("clientId", Some("4mc3iemjfrd0kq"), CLIENT_ID);
        constraints.optional("secretHash", None, SECRET_HASH);
        assert!(constraints.check().is_ok());
        let mut constraints = Constraints::default();
        constraints.required("username", Some(""), USERNAME);
        assert!(constraints.check().is_err());
    }
}
