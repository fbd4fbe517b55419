//! Warnings of what is legal in a policy and almost surely wrong.

mod elements;
mod known;
mod values;

use serde::Serialize;

use super::{
    LanguageVersion, Policy, PolicyError, PolicyKind, Position,
    document::{Parsed, Place, Statement, document},
    error::Path,
    json,
};

/// Something that AWS takes and that its author can hardly have meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{position}, {path}: {message}")]
pub struct Warning {
    /// Where the element begins.
    #[serde(flatten)]
    pub position: Position,
    /// The element, as in [`PolicyError::path`].
    pub path: String,
    /// What is doubtful about it.
    pub message: String,
}

impl Policy {
    /// Reads a document and says what in it is legal and almost surely wrong: a variable misspelt, or in an old
    /// version; an action that no service has, among those known here; an object action on a bucket or the
    /// reverse; an allow on everything; a condition that cannot hold, or holds when its key is missing.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    ///
    /// ```
    /// use notewarden_domain::policy::{Policy, PolicyKind};
    ///
    /// let json = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::files/*"}]}"#;
    /// let (_, warnings) = Policy::check(json, PolicyKind::Identity)?;
    /// assert_eq!(
    ///     warnings[0].to_string(),
    ///     "line 2, column 17, Statement[0].Resource: `s3:ListBucket` is on buckets, and no resource here is one",
    /// );
    /// # Ok::<(), notewarden_domain::policy::PolicyError>(())
    /// ```
    pub fn check(json: &str, kind: PolicyKind) -> Result<(Self, Vec<Warning>), PolicyError> {
        let read = || -> Parsed<_> {
            let root = json::read(json)?;
            let place = Place::root(&root);
            let policy = document(&place, kind)?;
            let mut doubts = Doubts::default();
            for (place, statement) in place
                .get("Statement")
                .iter()
                .flat_map(Place::items)
                .zip(policy.statements())
            {
                doubts.statement(&place, statement, policy.version());
            }
            Ok((policy, doubts))
        };
        let (policy, mut doubts) = read().map_err(|refusal| refusal.within(json))?;
        doubts.0.sort_by_key(|doubt| doubt.offset);
        let warnings = doubts.0.into_iter().map(|doubt| Warning {
            position: Position::of(json, doubt.offset),
            path: doubt.path.to_string(),
            message: doubt.message,
        });
        Ok((policy, warnings.collect()))
    }
}

impl PolicyKind {
    /// The kind that a document looks like: it names principals or it does not, and resources or not. A document
    /// that cannot be read is taken for an identity policy, as which it is then refused.
    pub fn of(json: &str) -> Self {
        let Ok(root) = json::read(json) else {
            return Self::Identity;
        };
        let statements = Place::root(&root).get("Statement");
        let statements: Vec<_> = statements.iter().flat_map(Place::items).collect();
        let some_has = |keys: [&str; 2]| {
            statements
                .iter()
                .any(|s| keys.iter().any(|key| s.get(key).is_some()))
        };
        match (
            some_has(["Principal", "NotPrincipal"]),
            some_has(["Resource", "NotResource"]),
        ) {
            (true, true) => Self::Resource,
            (true, false) => Self::Trust,
            (false, _) => Self::Identity,
        }
    }
}

/// A warning before its byte offset is turned into a line and a column.
struct Doubt {
    offset: usize,
    path: Path,
    message: String,
}

#[derive(Default)]
struct Doubts(Vec<Doubt>);

impl Doubts {
    fn add(&mut self, place: &Place<'_>, message: impl Into<String>) {
        self.0.push(Doubt {
            offset: place.node.offset,
            path: place.path.clone(),
            message: message.into(),
        });
    }

    fn statement(&mut self, place: &Place<'_>, statement: &Statement, version: LanguageVersion) {
        self.actions(place, statement);
        self.resources(place, statement, version);
        self.breadth(place, statement);
        self.condition(place, statement, version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(statement: &str) -> Vec<String> {
        let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        let kind = PolicyKind::of(&json);
        let (_, warnings) = Policy::check(&json, kind).expect(&json);
        let said = |warning: Warning| {
            format!(
                "{}: {}",
                warning.path.replacen("Statement[0].", "", 1),
                warning.message
            )
        };
        warnings.into_iter().map(said).collect()
    }

    #[test]
    fn what_is_well_is_not_doubted() {
        for statement in [
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/private/${cognito-identity.amazonaws.com:sub}/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b",
                "Condition": {"StringLike": {"s3:prefix": "private/${cognito-identity.amazonaws.com:sub}/*"}}}"#,
            r#"{"Effect": "Allow", "Action": "execute-api:*", "Resource": "arn:aws:execute-api:us-east-1:000000000000:a/*/*/*"}"#,
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}"#,
            r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool"},
                              "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}"#,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:*:*:table/T",
                "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:PrincipalTag/x, 'none'}"},
                              "Null": {"dynamodb:LeadingKeys": "false"}}}"#,
        ] {
            assert_eq!(warnings(statement), Vec::<String>::new(), "{statement}");
        }
    }

    #[test]
    fn each_doubt_is_said() {
        let allow = |action: &str, resource: &str, condition: &str| {
            warnings(&format!(
                r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}", "Condition": {{{condition}}}}}"#
            ))
        };
        let object = "arn:aws:s3:::b/x";
        for (action, resource, condition, said) in [
            (
                "s3:GetObjekt",
                object,
                "",
                "Action: `s3` has no action `GetObjekt`; `GetObject` is near",
            ),
            (
                "sqs:Frobnicate*",
                "arn:aws:sqs:us-east-1:1:q",
                "",
                "Action: `sqs` has no action like `Frobnicate*`",
            ),
            (
                "s3:GetObject",
                "arn:aws:s3:::b",
                "",
                "Resource: `s3:GetObject` is on objects, and no resource here is one",
            ),
            (
                "s3:ListBucket",
                "arn:aws:s3:::b/*",
                "",
                "Resource: `s3:ListBucket` is on buckets, and no resource here is one",
            ),
            (
                "s3:GetObject",
                "arn:aws:s3:::b/${aws:usernam}/*",
                "",
                "Resource: there is no key `aws:usernam`; `aws:username` is near",
            ),
            (
                "s3:GetObject",
                "arn:aws:s3:::b/${aws:username/*",
                "",
                "Resource: `${` here begins no variable: it is plain text",
            ),
            (
                "s3:GetObject",
                "arn:aws:s3:::b/${aws:username}*",
                "",
                "Resource: `${aws:username}*` matches what begins like the value, other people's too; `/` between them ends it",
            ),
            (
                "s3:GetObject",
                "arn:aws:s3:::${aws:TagKeys}/*",
                "",
                "Resource: `aws:TagKeys` has several values and cannot be a variable",
            ),
            (
                "s3:GetObject",
                "arn:${aws:PrincipalAccount}:s3:::b/*",
                "",
                "Resource: a variable before the fifth colon is plain text",
            ),
            (
                "s3:GetObject",
                "*",
                "",
                "Resource: allows it on everything there is",
            ),
            (
                "s3:GetObject",
                object,
                r#""StringEquals": {"aws:Sourceip": "1.2.3.4", "s3:prefx": "a"}"#,
                "Condition.StringEquals.s3:prefx: there is no key `s3:prefx`; `s3:prefix` is near",
            ),
            (
                "s3:GetObject",
                object,
                r#""StringEquals": {"s3:prefix": "a/*"}"#,
                "Condition.StringEquals.s3:prefix: `*` and `?` are plain text here; `StringLike` has wildcards",
            ),
            (
                "s3:GetObject",
                object,
                r#""NumericEquals": {"s3:max-keys": "ten"}"#,
                "Condition.NumericEquals.s3:max-keys: `ten` is no number, so nothing equals it",
            ),
            (
                "s3:GetObject",
                object,
                r#""IpAddress": {"aws:SourceIp": "${aws:VpcSourceIp}"}"#,
                "Condition.IpAddress.aws:SourceIp: `${aws:VpcSourceIp}` is no address or range, so nothing equals it",
            ),
            (
                "s3:GetObject",
                object,
                r#""DateLessThan": {"aws:CurrentTime": "tomorrow"}"#,
                "Condition.DateLessThan.aws:CurrentTime: `tomorrow` is no date, so nothing equals it",
            ),
            (
                "s3:GetObject",
                object,
                r#""Bool": {"aws:SecureTransport": "yes"}"#,
                "Condition.Bool.aws:SecureTransport: `yes` is neither `true` nor `false`, so nothing equals it",
            ),
            (
                "s3:GetObject",
                object,
                r#""ArnLike": {"aws:SourceArn": "*"}"#,
                "Condition.ArnLike.aws:SourceArn: `*` has not the six components of an ARN, so nothing equals it",
            ),
            (
                "s3:GetObject",
                object,
                r#""StringEquals": {"aws:TagKeys": "a"}"#,
                "Condition.StringEquals.aws:TagKeys: `aws:TagKeys` has several values: it needs `ForAllValues:` or `ForAnyValue:`",
            ),
            (
                "s3:GetObject",
                object,
                r#""ForAllValues:StringEquals": {"aws:TagKeys": "a"}"#,
                "Condition.ForAllValues:StringEquals.aws:TagKeys: it holds when the request has no `aws:TagKeys`; \
                 `\"Null\": {\"aws:TagKeys\": \"false\"}` beside it demands one",
            ),
            (
                "s3:GetObject",
                object,
                r#""StringEquals": {"s3:prefix": []}"#,
                "Condition.StringEquals.s3:prefix: there is no value to match",
            ),
        ] {
            assert_eq!(allow(action, resource, condition), [said]);
        }
    }

    #[test]
    fn breadth_is_doubted() {
        assert_eq!(
            warnings(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
            ["Action: allows everything that it does not deny elsewhere"]
        );
        assert_eq!(
            warnings(
                r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::b/*"}"#
            ),
            ["NotAction: allows everything but a few actions, those of the future too"]
        );
        assert_eq!(
            warnings(
                r#"{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}"#
            ),
            ["NotResource: allows it on everything but a few resources"]
        );
        assert_eq!(
            warnings(
                r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#
            ),
            ["Principal: allows it to everyone, without credentials too"]
        );
    }

    #[test]
    fn variables_in_an_old_version_are_doubted() {
        let json = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*"}}"#;
        let (_, warnings) = Policy::check(json, PolicyKind::Identity).unwrap();
        assert_eq!(
            warnings[0].to_string(),
            "line 1, column 73, Statement.Resource: `${` is plain text: variables need `\"Version\": \"2012-10-17\"`"
        );
    }
}
