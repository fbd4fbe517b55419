//! What a client of Cognito or STS learns of a signature that is not believed: the sentences are the same, and
//! each protocol has its own codes for them. S3 tells other cases apart, in words of its own.

use notewarden_sigv4::{Refusal, ScopePart};

/// What is wrong, with the sentence that says so; the true reason is in the decision log.
#[derive(Debug, PartialEq, Eq)]
pub enum Disbelief {
    /// There is no signature, for which each protocol has its own sentence too.
    Unsigned,
    /// The access key and the session token are nobody's.
    UnknownToken(&'static str),
    /// The session is over.
    ExpiredToken(&'static str),
    /// The signature is not one for this request, here and now.
    Mismatch(String),
    /// The signature lacks something, or cannot be read.
    Incomplete(String),
}

impl From<&Refusal> for Disbelief {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::MissingAuthentication => Self::Unsigned,
            Refusal::UnknownAccessKey(_)
            | Refusal::MissingSessionToken
            | Refusal::WrongSessionToken => {
                Self::UnknownToken("The security token included in the request is invalid.")
            }
            Refusal::ExpiredSessionToken => {
                Self::ExpiredToken("The security token included in the request is expired")
            }
            Refusal::SignatureMismatch(_) | Refusal::PayloadMismatch => Self::Mismatch(
                "The request signature we calculated does not match the signature you provided. Check your \
                 AWS Secret Access Key and signing method. Consult the service documentation for details."
                    .to_owned(),
            ),
            Refusal::WrongScope {
                part,
                expected,
                found,
            } => Self::Mismatch(of_scope(*part, expected, found)),
            Refusal::Skewed { .. } | Refusal::NotYetValid { .. } | Refusal::Expired { .. } => {
                Self::Mismatch(format!("Signature expired: {refusal}"))
            }
            _ => Self::Incomplete(refusal.to_string()),
        }
    }
}

/// Word for word as AWS has them, which is with a space at the end.
fn of_scope(part: ScopePart, expected: &str, found: &str) -> String {
    match part {
        ScopePart::Region => {
            format!("Credential should be scoped to a valid region, not '{found}'. ")
        }
        ScopePart::Service => {
            format!("Credential should be scoped to correct service: '{expected}'. ")
        }
        ScopePart::Terminator => {
            format!("Credential should be scoped with a valid terminator: '{expected}'. ")
        }
        ScopePart::Date => {
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_wrong_scope_is_told_as_aws_tells_it() {
        for (part, sentence) in [
            (
                ScopePart::Region,
                "Credential should be scoped to a valid region, not 'eu-west-1'. ",
            ),
            (
                ScopePart::Service,
                "Credential should be scoped to correct service: 'sts'. ",
            ),
            (
                ScopePart::Terminator,
                "Credential should be scoped with a valid terminator: 'aws4_request'. ",
            ),
            (
                ScopePart::Date,
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP",
            ),
        ] {
            let expected = match part {
                ScopePart::Terminator => "aws4_request",
                _ => "sts",
            };
            let refusal = Refusal::WrongScope {
                part,
                expected: expected.into(),
                found: "eu-west-1".into(),
            };
            assert_eq!(
                Disbelief::from(&refusal),
                Disbelief::Mismatch(sentence.to_owned())
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_incomplete_and_what_is_late_a_mismatch() {
        assert_eq!(
            Disbelief::from(&Refusal::MissingDate),
            Disbelief::Incomplete("the request has no `x-amz-date`".to_owned())
        );
        let late = Refusal::Skewed {
            date: UNIX_EPOCH,
            off: Duration::from_secs(901),
        };
        assert_eq!(
            Disbelief::from(&late),
            Disbelief::Mismatch("Signature expired: the request's date is 901 s off".to_owned())
        );
    }
}
