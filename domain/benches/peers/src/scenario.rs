//! What is asked, and statements of which only the last allows it: other folders of the same bucket, other buckets
//! and other services, with a condition on each fourth.

use serde_json::{Value, json};

/// Who asks: the id that their folder is called by.
pub const IDENTITY: &str = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
pub const PRINCIPAL: &str =
    "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials";
pub const ACTION: &str = "s3:GetObject";
pub const SUB: &str = "aws:FederatedProvider";

/// A statement, apart from how any of the languages writes it.
pub enum Grant {
    /// An action, or with a `*` at its end several, on all resources that begin so.
    On {
        actions: &'static str,
        prefix: String,
        team: Option<&'static str>,
    },
    /// Reading and writing in the folder that is called as whoever asks.
    OwnFolder,
}

pub struct Scenario {
    pub grants: Vec<Grant>,
    pub resource: String,
}

impl Scenario {
    pub fn new(count: usize) -> Self {
        let other = |i: usize| match i % 4 {
            0 => on(
                "s3:GetObject",
                format!("arn:aws:s3:::files/shared/{i}/"),
                Some("blue"),
            ),
            1 => on("s3:Get*", format!("arn:aws:s3:::bucket-{i}/"), None),
            2 => on(
                "dynamodb:GetItem",
                format!("arn:aws:dynamodb:us-east-1:000000000000:table/T{i}"),
                None,
            ),
            _ => on(
                "sqs:SendMessage",
                format!("arn:aws:sqs:us-east-1:000000000000:q{i}"),
                None,
            ),
        };
        Self {
            grants: (1..count).map(other).chain([Grant::OwnFolder]).collect(),
            resource: format!("arn:aws:s3:::files/private/{IDENTITY}/2026/a.txt"),
        }
    }

    /// The statements as an IAM policy.
    pub fn iam_policy(&self) -> Value {
        let statements: Vec<Value> = self.grants.iter().map(Grant::iam_statement).collect();
        json!({"Version": "2012-10-17", "Statement": statements})
    }
}

fn on(actions: &'static str, prefix: String, team: Option<&'static str>) -> Grant {
    Grant::On {
        actions,
        prefix,
        team,
    }
}

impl Grant {
    fn iam_statement(&self) -> Value {
        match self {
            Self::On {
                actions,
                prefix,
                team,
            } => {
                let mut statement =
                    json!({"Effect": "Allow", "Action": actions, "Resource": format!("{prefix}*")});
                if let Some(team) = team {
                    statement["Condition"] =
                        json!({"StringEquals": {"aws:PrincipalTag/team": team}});
                }
                statement
            }
            Self::OwnFolder => json!({
                "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": format!("arn:aws:s3:::files/private/${{{SUB}}}/*"),
            }),
        }
    }
}
