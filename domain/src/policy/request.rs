//! What is decided on.

use super::{Context, Principal};

/// A request: who wants to do what to which resource.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who makes it.
    pub principal: &'a Principal,
    /// The action, as `s3:GetObject`; its case does not matter.
    pub action: &'a str,
    /// The ARN of the resource, or `*` for an action on none.
    pub resource: &'a str,
    /// What else is known of it.
    pub context: &'a Context<'a>,
    /// The account that owns the resource; `None` is the one in its ARN or, if the ARN has none (as in S3),
    /// the principal's own.
    pub resource_account: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A request for a resource of the account in its ARN or of the principal's own.
    pub const fn new(
        principal: &'a Principal,
        action: &'a str,
        resource: &'a str,
        context: &'a Context<'a>,
    ) -> Self {
        Self {
            principal,
            action,
            resource,
            context,
            resource_account: None,
        }
    }

    /// The same for a resource that `account` owns.
    #[must_use]
    pub const fn owned_by(mut self, account: &'a str) -> Self {
        self.resource_account = Some(account);
        self
    }

    /// Whether the resource is of the principal's account; who has no account is in no other.
    pub(super) fn is_within_account(&self) -> bool {
        let Some(own) = self.principal.account() else {
            return true;
        };
        let is_account =
            |account: &&str| !account.is_empty() && account.bytes().all(|b| b.is_ascii_digit());
        self.resource_account
            .or_else(|| account_in(self.resource))
            .filter(is_account)
            .is_none_or(|owner| owner == own)
    }
}

/// What stands where an ARN has its account: after the fourth colon.
fn account_in(arn: &str) -> Option<&str> {
    let mut colons = arn.bytes().enumerate().filter(|(_, byte)| *byte == b':');
    let (before, _) = colons.nth(3)?;
    let (after, _) = colons.next()?;
    arn.get(before + 1..after)
}
