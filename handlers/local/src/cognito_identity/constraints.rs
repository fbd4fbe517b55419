//! What a request's members must be, checked and told as AWS does: all that is wrong in one sentence.

use notewarden_userpool::identity_pool::Logins;

use crate::json_protocol::Exception;

/// The constraints that a request breaks.
#[derive(Default)]
pub(super) struct Constraints(Vec<String>);

impl Constraints {
    /// An identity id or a pool's id: `[\w-]+:[0-9a-f-]+`, 1 to 55 characters.
    pub(super) fn id(&mut self, member: &str, value: Option<&str>) {
        let Some(value) = self.required(member, value) else {
            return;
        };
        self.length(member, value, 1, 55, Show::Value);
        let has_form = value.split_once(':').is_some_and(|(region, uuid)| {
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
            !region.is_empty()
                && region.chars().all(word)
                && !uuid.is_empty()
                && uuid.chars().all(hexadecimal)
        });
        if !has_form {
            self.broken(
                member,
                value,
                r"Member must satisfy regular expression pattern: [\w-]+:[0-9a-f-]+",
            );
        }
    }

    /// At most ten logins, each a name of up to 128 characters and a token of up to 50,000.
    pub(super) fn logins(&mut self, logins: &Logins) {
        if logins.len() > 10 {
            let text = "Map value must satisfy constraint: Member must have length less than or equal to 10";
            self.0.push(format!(
                "Value at 'logins' failed to satisfy constraint: {text}"
            ));
        }
        for (provider, token) in logins {
            self.length("logins", provider, 1, 128, Show::Value);
            self.length("logins", token, 1, 50_000, Show::Nothing);
        }
    }

    /// An ARN of 20 to 2,048 characters, if there is one.
    pub(super) fn arn(&mut self, member: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.length(member, value, 20, 2_048, Show::Value);
        }
    }

    /// From one to `most` values.
    pub(super) fn count<T>(&mut self, member: &str, values: Option<&[T]>, most: usize) {
        let count = values.map_or(0, <[T]>::len);
        if count == 0 || count > most {
            self.0.push(format!(
                "Value at '{member}' failed to satisfy constraint: Member must have from 1 to {most} values"
            ));
        }
    }

    /// Refuses the request if anything is broken.
    pub(super) fn check(self) -> Result<(), Exception> {
        let count = self.0.len();
        let errors = match count {
            0 => return Ok(()),
            1 => "error",
            _ => "errors",
        };
        let sentence = format!(
            "{count} validation {errors} detected: {}",
            self.0.join("; ")
        );
        Err(Exception::new("ValidationException", sentence))
    }

    fn required<'a>(&mut self, member: &str, value: Option<&'a str>) -> Option<&'a str> {
        if value.is_none() {
            self.0.push(format!(
                "Value at '{member}' failed to satisfy constraint: Member must not be null"
            ));
        }
        value
    }

    fn length(&mut self, member: &str, value: &str, least: usize, most: usize, show: Show) {
        let length = value.chars().count();
        let (rule, limit) = if length < least {
            ("greater", least)
        } else if length > most {
            ("less", most)
        } else {
            return;
        };
        let constraint = format!("Member must have length {rule} than or equal to {limit}");
        match show {
            Show::Value => self.broken(member, value, &constraint),
            Show::Nothing => self.0.push(format!(
                "Value at '{member}' failed to satisfy constraint: {constraint}"
            )),
        }
    }

    fn broken(&mut self, member: &str, value: &str, constraint: &str) {
        self.0.push(format!(
            "Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
        ));
    }
}

/// Whether a sentence repeats the value.
#[derive(Clone, Copy)]
enum Show {
    Value,
    /// It is a token.
    Nothing,
}
