//! The credential of a claim: access key id and scope.

use crate::{Malformation, Refusal, ScopePart, fields::fields};

/// What every scope ends with.
pub(crate) const TERMINATOR: &str = "aws4_request";

/// AWS's bound on the length of an access key id.
const ACCESS_KEY_ID_MAX: usize = 128;

/// `AKIDEXAMPLE/20150830/us-east-1/service/aws4_request`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Credential<'a> {
    pub(crate) access_key_id: &'a str,
    day: &'a str,
    region: &'a str,
    service: &'a str,
    terminator: &'a str,
}

impl<'a> Credential<'a> {
    /// Exactly five parts, the first a plausible access key id.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Refusal> {
        let malformed = Refusal::Malformed(Malformation::Credential);
        let mut parts = fields(text, b'/');
        let mut next = || parts.next();
        let (Some(access_key_id), Some(day), Some(region), Some(service), Some(terminator), None) =
            (next(), next(), next(), next(), next(), next())
        else {
            return Err(malformed);
        };
        let plausible = (1..=ACCESS_KEY_ID_MAX).contains(&access_key_id.len())
            && access_key_id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !plausible {
            return Err(malformed);
        }
        Ok(Self {
            access_key_id,
            day,
            region,
            service,
            terminator,
        })
    }

    /// The scope must be the one that this verifier, service and day make.
    pub(crate) fn check_scope(
        &self,
        day: &str,
        region: &str,
        service: &str,
    ) -> Result<(), Refusal> {
        let parts = [
            (ScopePart::Date, day, self.day),
            (ScopePart::Region, region, self.region),
            (ScopePart::Service, service, self.service),
            (ScopePart::Terminator, TERMINATOR, self.terminator),
        ];
        match parts.iter().find(|(_, expected, found)| expected != found) {
            None => Ok(()),
            Some(&(part, expected, found)) => Err(Refusal::WrongScope {
                part,
                expected: expected.into(),
                found: found.into(),
            }),
        }
    }
}
