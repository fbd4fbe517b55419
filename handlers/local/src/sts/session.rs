//! What every way of assuming a role asks for: the role, the session's name and length, and a policy of its own.

use std::{sync::Arc, time::Duration};

use notewarden_domain::policy::{Policy, PolicyKind};
use notewarden_userpool::{Credential, Role};

use super::{credentials, fault::Fault, query::Query, xml::Xml};
use crate::json_protocol::violations::{Shown, Violations};

/// An hour unless asked for another time.
const USUAL: Duration = Duration::from_secs(3_600);
/// From a quarter of an hour to twelve hours.
const SECONDS: std::ops::RangeInclusive<u64> = 900..=43_200;
/// Most characters of a session policy.
const LONGEST_POLICY: usize = 2_048;

/// The session that is asked for.
#[derive(Debug)]
pub(super) struct SessionRequest {
    pub(super) role_arn: String,
    pub(super) session_name: String,
    /// Unless the usual one is meant.
    pub(super) lifetime: Option<Duration>,
    /// JSON documents that were found to be policies.
    pub(super) policies: Vec<String>,
}

/// The session that was opened, and what else is told of it.
pub(super) struct Given {
    pub(super) credential: Arc<Credential>,
    /// How much of what a session can carry its policy takes, in hundredths.
    pub(super) packed_policy_size: Option<usize>,
    /// Elements of this operation alone.
    pub(super) told: Vec<(&'static str, String)>,
}

impl SessionRequest {
    pub(super) fn read(query: &Query) -> Result<Self, Fault> {
        let mut violations = Violations::default();
        let role_arn = query.get("RoleArn");
        required(&mut violations, "roleArn", role_arn, 20..=2_048);
        let session_name = query.get("RoleSessionName");
        required(&mut violations, "roleSessionName", session_name, 2..=64);
        check_name(&mut violations, "roleSessionName", session_name);
        let seconds = query.get("DurationSeconds");
        let lifetime = seconds.map(|asked| (asked, asked.parse().ok()));
        if let Some((asked, seconds)) = lifetime
            && !seconds.is_some_and(|seconds| SECONDS.contains(&seconds))
        {
            let (least, most) = (SECONDS.start(), SECONDS.end());
            let rule = format!("Member must have value between {least} and {most}");
            violations.add("durationSeconds", Shown::Value(asked), rule);
        }
        if let Some(policy) = query.get("Policy") {
            violations.check_length("policy", Shown::Nothing, policy, 1..=LONGEST_POLICY);
        }
        check(violations)?;
        Ok(Self {
            role_arn: role_arn.unwrap_or_default().to_owned(),
            session_name: session_name.unwrap_or_default().to_owned(),
            lifetime: lifetime.and_then(|(_, seconds)| seconds.map(Duration::from_secs)),
            policies: policies(query)?,
        })
    }

    /// How long the session lives, which `role` may not allow, nor a chain of sessions.
    pub(super) fn lifetime_of(&self, role: &Role, is_chained: bool) -> Result<Duration, Fault> {
        let Some(asked) = self.lifetime else {
            return Ok(USUAL.min(role.longest_session));
        };
        if is_chained && asked > USUAL {
            return Err(Fault::validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
            ));
        }
        if asked > role.longest_session {
            return Err(Fault::validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        Ok(asked)
    }

    pub(super) fn packed_policy_size(&self) -> Option<usize> {
        let length: usize = self.policies.iter().map(String::len).sum();
        (length > 0).then(|| (length * 100).div_ceil(LONGEST_POLICY))
    }
}

/// The session policies. Managed ones are none of this account's, and passing over one would open what it closes.
fn policies(query: &Query) -> Result<Vec<String>, Fault> {
    if let Some(arn) = query.list("PolicyArns", Some("arn")).first() {
        return Err(Fault::validation(format!(
            "ARN {arn} does not exist or is not attachable."
        )));
    }
    for unknown in ["PolicyArns", "ProvidedContexts"] {
        if query.has(unknown) {
            return Err(Fault::validation(format!("{unknown} is not served.")));
        }
    }
    let Some(document) = query.get("Policy") else {
        return Ok(Vec::new());
    };
    Policy::parse(document, PolicyKind::Identity)
        .map_err(|error| Fault::malformed_policy(error.to_string()))?;
    Ok(vec![document.to_owned()])
}

fn required(
    violations: &mut Violations,
    member: &str,
    value: Option<&str>,
    length: std::ops::RangeInclusive<usize>,
) {
    match value {
        Some(value) => violations.check_length(member, Shown::Value(value), value, length),
        None => violations.add_missing(member, Shown::Null),
    }
}

/// The form of session names and source identities.
pub(super) fn check_name(violations: &mut Violations, member: &str, value: Option<&str>) {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if let Some(value) = value
        && !value.chars().all(is_allowed)
    {
        violations.add_pattern(member, Shown::Value(value), r"[\w+=,.@-]*");
    }
}

pub(super) fn check(violations: Violations) -> Result<(), Fault> {
    match violations.sentence() {
        Some(sentence) => Err(Fault::validation(sentence)),
        None => Ok(()),
    }
}

impl Given {
    pub(super) fn write(&self, xml: &mut Xml) {
        credentials::write(xml, &self.credential);
        let principal = &self.credential.principal;
        xml.element("AssumedRoleUser", |xml| {
            xml.text("AssumedRoleId", &principal.user_id);
            xml.text("Arn", &principal.arn);
        });
        if let Some(size) = self.packed_policy_size {
            xml.text("PackedPolicySize", &size.to_string());
        }
        for (name, value) in &self.told {
            xml.text(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "RoleArn=arn:aws:iam::000000000000:role/Role&RoleSessionName=session";

    fn read(parameters: &str) -> Result<SessionRequest, Fault> {
        SessionRequest::read(&Query::parse(parameters.as_bytes()).unwrap())
    }

    #[test]
    fn a_session_needs_a_role_and_a_name() {
        let read_well = read(ARN).unwrap();
        assert_eq!(read_well.session_name, "session");
        assert_eq!(read_well.lifetime, None);
        for bad in [
            "",
            "RoleArn=arn&RoleSessionName=session",
            "RoleArn=arn:aws:iam::000000000000:role/Role",
            "RoleArn=arn:aws:iam::000000000000:role/Role&RoleSessionName=a/b",
            "RoleArn=arn:aws:iam::000000000000:role/Role&RoleSessionName=x",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        for bad in [
            "DurationSeconds=899",
            "DurationSeconds=43201",
            "DurationSeconds=x",
            "Policy=x",
            "Policy=%7B%7D",
            "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/AdministratorAccess",
            "PolicyArns.member.2.arn=x",
            "ProvidedContexts.member.1.ContextAssertion=x",
        ] {
            assert!(read(&format!("{ARN}&{bad}")).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_chain_is_bound_to_an_hour_and_a_role_to_its_own_limit() {
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "000000000000"}}]}"#;
        let trust = Policy::parse(trust, PolicyKind::Trust).unwrap();
        let role = Role::new("000000000000", "Role", trust)
            .with_longest_session(Duration::from_secs(7_200));
        let lifetime = |seconds, is_chained| {
            let asked = read(&format!("{ARN}&DurationSeconds={seconds}")).unwrap();
            asked
                .lifetime_of(&role, is_chained)
                .ok()
                .map(|d| d.as_secs())
        };
        assert_eq!(lifetime(7_200, false), Some(7_200));
        assert_eq!(lifetime(7_201, false), None);
        assert_eq!(lifetime(3_600, true), Some(3_600));
        assert_eq!(lifetime(3_601, true), None);
    }
}
