//! What a request's members must be, checked and told as AWS does: all that is wrong in one sentence.

use notewarden_userpool::identity_pool::Logins;

use crate::json_protocol::{
    Exception,
    violations::{Shown, Violations},
};

/// The constraints that a request breaks.
#[derive(Default)]
pub(super) struct Constraints(Violations);

impl Constraints {
    /// An identity id or a pool's id: `[\w-]+:[0-9a-f-]+`, 1 to 55 characters.
    pub(super) fn id(&mut self, member: &str, value: Option<&str>) {
        let Some(value) = value else {
            self.0.add_missing(member, Shown::Nothing);
            return;
        };
        let shown = Shown::Value(value);
        self.0.check_length(member, shown, value, 1..=55);
        let has_form = value.split_once(':').is_some_and(|(region, uuid)| {
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
            !region.is_empty()
                && region.chars().all(word)
                && !uuid.is_empty()
                && uuid.chars().all(hexadecimal)
        });
        if !has_form {
            self.0.add_pattern(member, shown, r"[\w-]+:[0-9a-f-]+");
        }
    }

    /// At most ten logins, each a name of up to 128 characters and a token of up to 50,000.
    pub(super) fn logins(&mut self, logins: &Logins) {
        if logins.len() > 10 {
            let rule = "Map value must satisfy constraint: Member must have length less than or equal to 10";
            self.0.add("logins", Shown::Nothing, rule);
        }
        for (provider, token) in logins {
            let name = Shown::Value(provider);
            self.0.check_length("logins", name, provider, 1..=128);
            // A token is a secret.
            self.0
                .check_length("logins", Shown::Nothing, token, 1..=50_000);
        }
    }

    /// An ARN of 20 to 2,048 characters, if there is one.
    pub(super) fn arn(&mut self, member: &str, value: Option<&str>) {
        if let Some(value) = value {
            let shown = Shown::Value(value);
            self.0.check_length(member, shown, value, 20..=2_048);
        }
    }

    /// A number within `bounds`.
    pub(super) fn number(
        &mut self,
        member: &str,
        value: Option<i64>,
        bounds: std::ops::RangeInclusive<i64>,
    ) {
        let Some(value) = value else {
            self.0.add_missing(member, Shown::Nothing);
            return;
        };
        let (least, most) = bounds.into_inner();
        let (rule, limit) = if value < least {
            ("greater", least)
        } else if value > most {
            ("less", most)
        } else {
            return;
        };
        let rule = format!("Member must have value {rule} than or equal to {limit}");
        self.0.add(member, Shown::Value(&value.to_string()), rule);
    }

    /// `member` is missing.
    pub(super) fn missing(&mut self, member: &str) {
        self.0.add_missing(member, Shown::Nothing);
    }

    /// From one to `most` values.
    pub(super) fn count<T>(&mut self, member: &str, values: Option<&[T]>, most: usize) {
        let count = values.map_or(0, <[T]>::len);
        if count == 0 || count > most {
            let rule = format!("Member must have from 1 to {most} values");
            self.0.add(member, Shown::Nothing, rule);
        }
    }

    /// Refuses the request if anything is broken.
    pub(super) fn check(self) -> Result<(), Exception> {
        self.0.check("ValidationException")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(check: impl FnOnce(&mut Constraints)) -> Option<String> {
        let mut constraints = Constraints::default();
        check(&mut constraints);
        let refused = constraints.check().err()?;
        assert_eq!(refused.kind(), "ValidationException");
        Some(refused.message().to_owned())
    }

    #[test]
    fn ids_have_the_form_of_the_service_model() {
        for good in [
            "us-east-1:19104ee3-98b1-483d-a2cf-e2e023a0069c",
            "x_Y-9:0",
            "a:----",
        ] {
            assert_eq!(sentence(|c| c.id("identityId", Some(good))), None, "{good}");
        }
        let long = format!("us-east-1:{}", "0".repeat(60));
        for bad in [
            "us-east-1",
            ":0",
            "a:",
            "a:G",
            "a:ABC",
            "a b:0",
            "a:0:0",
            &long,
        ] {
            assert!(
                sentence(|c| c.id("identityId", Some(bad))).is_some(),
                "{bad}"
            );
        }
    }

    #[test]
    fn everything_that_is_broken_is_told_at_once_as_aws_words_it() {
        let told = sentence(|c| {
            c.id("identityId", Some("x"));
            c.arn("customRoleArn", Some("arn:aws:iam::1"));
        });
        assert_eq!(
            told.as_deref(),
            Some(
                "2 validation errors detected: Value 'x' at 'identityId' failed to satisfy constraint: Member \
                 must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+; Value 'arn:aws:iam::1' at \
                 'customRoleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"
            )
        );
        let told = sentence(|c| c.id("identityPoolId", None));
        assert_eq!(
            told.as_deref(),
            Some(
                "1 validation error detected: Value at 'identityPoolId' failed to satisfy constraint: Member \
                 must not be null"
            )
        );
    }

    #[test]
    fn a_token_is_never_repeated() {
        let token = "secret".repeat(10_000);
        let logins = Logins::from([("provider".to_owned(), token)]);
        let told = sentence(|c| c.logins(&logins)).unwrap();
        assert!(told.contains("length less than or equal to 50000"));
        assert!(!told.contains("secret"));
        let eleven = (0..11).map(|n| (format!("p{n}"), "t".to_owned())).collect();
        assert!(sentence(|c| c.logins(&eleven)).is_some());
    }
}
