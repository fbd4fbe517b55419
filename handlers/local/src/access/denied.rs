//! What is not allowed, in AWS's words.

use std::fmt;

use super::Ask;

/// The policies do not allow it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Denied {
    /// The ARN of who asked.
    pub principal: String,
    /// What was asked.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Whether a statement denies it, in place of none allowing it.
    pub explicit: bool,
}

impl Denied {
    pub(super) fn of(ask: &Ask<'_>, explicit: bool) -> Self {
        let principal = ask.principal.map(|principal| principal.arn.clone());
        Self {
            principal: principal.unwrap_or_else(|| "anonymous".to_owned()),
            action: ask.action.to_owned(),
            resource: ask.resource.to_owned(),
            explicit,
        }
    }
}

impl fmt::Display for Denied {
    /// As AWS words it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            principal,
            action,
            resource,
            explicit,
        } = self;
        write!(
            f,
            "User: {principal} is not authorized to perform: {action} on resource: {resource} "
        )?;
        if *explicit {
            f.write_str("with an explicit deny in an identity-based policy")
        } else {
            write!(
                f,
                "because no identity-based policy allows the {action} action"
            )
        }
    }
}
