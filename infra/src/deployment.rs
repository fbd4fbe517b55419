//! Where a template is deployed: the values that CloudFormation would have made or known.

use std::collections::BTreeMap;

/// An account, a region, the physical ids of the resources that exist in it, and the template's parameters.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// `AWS::Region`, as `us-east-1`.
    pub region: String,
    /// `AWS::AccountId`: twelve digits.
    pub account_id: String,
    /// `AWS::Partition`: `aws` unless set otherwise.
    pub partition: String,
    ids: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
}

impl Deployment {
    /// A deployment in the partition `aws` that has no resources yet.
    pub fn new(region: impl Into<String>, account_id: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            account_id: account_id.into(),
            partition: "aws".to_owned(),
            ids: BTreeMap::new(),
            parameters: BTreeMap::new(),
        }
    }

    /// With the physical id of a resource: what `!Ref` of its logical id stands for (the name of a bucket, a role
    /// or a table, the id of a pool, a client or an API).
    #[must_use]
    pub fn with(mut self, logical_id: impl Into<String>, physical_id: impl Into<String>) -> Self {
        self.ids.insert(logical_id.into(), physical_id.into());
        self
    }

    /// With a value for one of the template's parameters, in place of its default.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// The parameters' values.
    pub(crate) fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
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
            ("AWS::ApiGatewayV2::DomainName", "RegionalDomainName") => {
                format!("{id}.execute-api.{region}.{}", self.url_suffix())
            }
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
            ("AWS::Serverless::GraphQLApi", "Arn") => {
                format!("arn:{partition}:appsync:{region}:{account}:apis/{id}")
            }
            ("AWS::Serverless::GraphQLApi", "GraphQLUrl") => {
                format!(
                    "https://{id}.appsync-api.{region}.{}/graphql",
                    self.url_suffix()
                )
            }
            ("AWS::Lambda::Url", "FunctionUrl") => {
                format!("https://{id}.lambda-url.{region}.on.aws/")
            }
            // As CloudFormation gives it: the group and what is in it.
            ("AWS::Logs::LogGroup", "Arn") => {
                format!("arn:{partition}:logs:{region}:{account}:log-group:{id}:*")
            }
            ("AWS::SQS::Queue", "Arn") => {
                // The id is the queue's URL, whose last part is its name.
                let name = id.rsplit('/').next().unwrap_or(id);
                format!("arn:{partition}:sqs:{region}:{account}:{name}")
            }
            ("AWS::Serverless::Function", "Arn") => {
                format!("arn:{partition}:lambda:{region}:{account}:function:{id}")
            }
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
