//! Where a template is deployed: the values that CloudFormation would have made or known.

use std::collections::BTreeMap;

/// An account, a region, and the physical ids of the resources that exist in it.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// `AWS::Region`, as `us-east-1`.
    pub region: String,
    /// `AWS::AccountId`: twelve digits.
    pub account_id: String,
    /// `AWS::Partition`: `aws` unless set otherwise.
    pub partition: String,
    ids: BTreeMap<String, String>,
}

impl Deployment {
    /// A deployment in the partition `aws` that has no resources yet.
    pub fn new(region: impl Into<String>, account_id: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            account_id: account_id.into(),
            partition: "aws".to_owned(),
            ids: BTreeMap::new(),
        }
    }

    /// With the physical id of a resource: what `!Ref` of its logical id stands for (the name of a bucket, a role
    /// or a table, the id of a pool, a client or an API).
    #[must_use]
    pub fn with(mut self, logical_id: impl Into<String>, physical_id: impl Into<String>) -> Self {
        self.ids.insert(logical_id.into(), physical_id.into());
        self
    }

    /// The physical id of the resource, if it exists.
    pub fn id(&self, logical_id: &str) -> Option<&str> {
        self.ids.get(logical_id).map(String::as_str)
    }

    /// The value of a pseudo parameter, as `AWS::Region`.
    pub(crate) fn pseudo_parameter(&self, name: &str) -> Option<&str> {
        match name {
            "AWS::Region" => Some(&self.region),
            "AWS::AccountId" => Some(&self.account_id),
            "AWS::Partition" => Some(&self.partition),
            "AWS::URLSuffix" => Some(self.url_suffix()),
            _ => None,
        }
    }

    /// The attribute of a resource of type `kind`: what `!GetAtt` stands for.
    pub(crate) fn attribute(&self, kind: &str, id: &str, attribute: &str) -> Option<String> {
        let Self {
            region,
            account_id: account,
            partition,
            ..
        } = self;
        Some(match (kind, attribute) {
            ("AWS::Cognito::UserPool", "Arn") => {
                format!("arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}")
            }
            ("AWS::Cognito::UserPool", "ProviderName") => {
                format!("cognito-idp.{region}.{}/{id}", self.url_suffix())
            }
            ("AWS::DynamoDB::Table", "Arn") => {
                format!("arn:{partition}:dynamodb:{region}:{account}:table/{id}")
            }
            ("AWS::IAM::Role", "Arn") => format!("arn:{partition}:iam::{account}:role/{id}"),
            ("AWS::S3::Bucket", "Arn") => format!("arn:{partition}:s3:::{id}"),
            _ => return None,
        })
    }

    fn url_suffix(&self) -> &'static str {
        if self.partition == "aws-cn" {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        }
    }
}
