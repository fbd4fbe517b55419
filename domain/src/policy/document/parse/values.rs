//! The forms that actions, resources and principals have.

/// `*`, or `<service>:<name>` with wildcards in the name.
pub(super) fn action(text: &str) -> Result<(), String> {
    let is_service = |s: &str| {
        !s.is_empty()
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| {
                b.is_ascii_alphanumeric()
                    || matches!(b, b'*' | b'?' | b'-' | b'_' | b'.' | b':' | b'/')
            })
    };
    match text.split_once(':') {
        _ if text == "*" || text == "*:*" => Ok(()),
        Some((service, name)) if is_service(service) && is_name(name) => Ok(()),
        Some((service, _)) if service.contains(['*', '?']) => Err(format!(
            "the service of an action has no wildcard: `{text}`"
        )),
        _ => Err(format!(
            "an action is `*` or `<service>:<name>`, not `{text}`"
        )),
    }
}

/// `*`, or an ARN with wildcards.
pub(super) fn resource(text: &str) -> Result<(), String> {
    let is_arn = text.starts_with("arn:");
    let starts_open = text.starts_with('*') && text.bytes().all(|b| b == b'*');
    if is_arn || starts_open {
        Ok(())
    } else {
        Err(format!("a resource is `*` or an ARN, not `{text}`"))
    }
}

/// `*`, an account, an ARN of a principal, or the unique id that stands for a principal that is gone.
pub(super) fn aws_principal(text: &str) -> Result<(), String> {
    if text == "*" {
        return Ok(());
    }
    if text.contains(['*', '?']) {
        return Err(format!(
            "a wildcard cannot match a part of a principal: `{text}`"
        ));
    }
    let is_account = |s: &str| s.len() == 12 && s.bytes().all(|b| b.is_ascii_digit());
    let is_unique_id = text.len() >= 16
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let components: Vec<_> = text.splitn(6, ':').collect();
    let is_arn = match *components.as_slice() {
        ["arn", partition, "iam", "", account, name] => {
            partition.starts_with("aws")
                && is_account(account)
                && (name == "root" || has_name(name, "user/") || has_name(name, "role/"))
        }
        ["arn", partition, "sts", "", account, name] => {
            let session = name
                .strip_prefix("assumed-role/")
                .and_then(|rest| rest.split_once('/'));
            let is_session =
                session.is_some_and(|(role, name)| !role.is_empty() && !name.is_empty());
            partition.starts_with("aws")
                && is_account(account)
                && (is_session || has_name(name, "federated-user/"))
        }
        _ => false,
    };
    if is_account(text) || is_unique_id || is_arn {
        Ok(())
    } else {
        Err(format!("`{text}` is no account, user, role or session"))
    }
}

fn has_name(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
}

/// Identity providers, services and canonical users: any name without wildcards, or `*`.
pub(super) fn other_principal(text: &str) -> Result<(), String> {
    if text == "*" || (!text.is_empty() && !text.contains(['*', '?'])) {
        Ok(())
    } else {
        Err(format!(
            "a principal is `*` or a name without wildcards, not `{text}`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions() {
        for good in [
            "*",
            "*:*",
            "s3:*",
            "s3:Get*",
            "execute-api:Invoke",
            "SQS:SendMessage",
            "s3:?etObject",
        ] {
            assert_eq!(action(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "s3",
            "GetItem",
            ":Get",
            "s3:",
            "s*:Get",
            "*:Get",
            "s3:Get Object",
            "s3:${aws:username}",
        ] {
            assert!(action(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn resources() {
        for good in [
            "*",
            "**",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:*",
            "arn:*",
            "arn:aws:s3:::b/${aws:username}",
        ] {
            assert_eq!(resource(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "bucket",
            "b/*",
            "*/x",
            "${aws:username}",
            "ARN:aws:s3:::b",
        ] {
            assert!(resource(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn principals() {
        for good in [
            "*",
            "123456789012",
            "arn:aws:iam::123456789012:root",
            "arn:aws-cn:iam::123456789012:user/path/bob",
            "arn:aws:iam::123456789012:role/r",
            "arn:aws:sts::123456789012:assumed-role/r/s",
            "arn:aws:sts::123456789012:federated-user/bob",
            "AROAEXAMPLEIDEXAMPLE1",
        ] {
            assert_eq!(aws_principal(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "12345678901",
            "bob",
            "arn:aws:iam::123456789012:group/g",
            "arn:aws:iam::123456789012:user/*",
            "arn:aws:iam::*:root",
            "arn:aws:sts::123456789012:assumed-role/r",
            "arn:aws:sts::123456789012:assumed-role/r/*",
            "arn:aws:s3:::b",
        ] {
            assert!(aws_principal(bad).is_err(), "{bad:?} was taken");
        }
    }
}
