//! Where stores are reached, for connections that are opened before any request.
//!
//! The SDK of each service knows it too, after it has read a table of AWS's partitions of its own: S3's is a fifth of a
//! whole start. What is left out here is reached as well, by the first request that needs it.

use http::Uri;

use crate::environment::AwsSettings;

/// The place of DynamoDB.
pub(super) fn dynamodb(aws: &AwsSettings) -> Option<Uri> {
    place(aws.dynamodb_endpoint.as_deref(), || {
        let suffix = dns_suffix(&aws.region)?;
        Some(format!("https://dynamodb.{}.{suffix}", aws.region))
    })
}

/// The place of a bucket.
pub(super) fn bucket(aws: &AwsSettings, bucket: &str) -> Option<Uri> {
    place(aws.s3_endpoint.as_deref(), || {
        let suffix = dns_suffix(&aws.region)?;
        // A name with dots has no certificate of its own, and stands in the path.
        let host = if bucket.contains('.') {
            String::new()
        } else {
            format!("{bucket}.")
        };
        Some(format!("https://{host}s3.{}.{suffix}", aws.region))
    })
}

fn place(configured: Option<&str>, of_aws: impl FnOnce() -> Option<String>) -> Option<Uri> {
    let url = configured.map(str::to_owned).or_else(of_aws)?;
    url.parse().ok()
}

/// What the hosts of a region's partition end with; `None` of the partitions that are not open to everybody.
fn dns_suffix(region: &str) -> Option<&'static str> {
    match region.split('-').collect::<Vec<_>>()[..] {
        ["cn", ..] => Some("amazonaws.com.cn"),
        ["eusc", ..] => Some("amazonaws.eu"),
        [_, partition, ..] if partition.starts_with("iso") => None,
        _ => Some("amazonaws.com"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aws(region: &str) -> AwsSettings {
        AwsSettings {
            region: region.to_owned(),
            access_key_id: String::new(),
            secret_access_key: String::new(),
            session_token: None,
            dynamodb_endpoint: None,
            s3_endpoint: None,
            sqs_endpoint: None,
            identity_endpoint: None,
            user_pool_endpoint: None,
        }
    }

    async fn dynamodb_by_the_sdk(region: &str) -> Uri {
        use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let params = Params::builder().region(region).build().unwrap();
        let resolver = DefaultResolver::new();
        let endpoint = resolver.resolve_endpoint(&params).await.unwrap();
        endpoint.url().parse().unwrap()
    }

    async fn bucket_by_the_sdk(region: &str, bucket: &str) -> Uri {
        use aws_sdk_s3::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let params = Params::builder().region(region).bucket(bucket);
        let resolver = DefaultResolver::new();
        let endpoint = resolver.resolve_endpoint(&params.build().unwrap()).await;
        let uri: Uri = endpoint.unwrap().url().parse().unwrap();
        format!("https://{}", uri.authority().unwrap())
            .parse()
            .unwrap()
    }

    #[tokio::test]
    async fn the_places_are_those_that_the_sdk_finds() {
        for region in [
            "us-east-1",
            "us-west-2",
            "eu-central-1",
            "eu-west-3",
            "ap-southeast-5",
            "mx-central-1",
            "us-gov-west-1",
            "cn-north-1",
            "cn-northwest-1",
            "eusc-de-east-1",
            "xx-nowhere-9",
        ] {
            let aws = aws(region);
            let found = dynamodb_by_the_sdk(region).await;
            assert_eq!(dynamodb(&aws), Some(found), "{region}");
            for name in ["files", "a.name.with.dots"] {
                let found = bucket_by_the_sdk(region, name).await;
                assert_eq!(bucket(&aws, name), Some(found), "{region} {name}");
            }
        }
        for region in ["us-iso-east-1", "us-isob-west-1", "eu-isoe-west-1"] {
            assert_eq!(dynamodb(&aws(region)), None, "{region}");
        }
    }

    #[test]
    fn a_place_that_is_configured_comes_first() {
        let aws = AwsSettings {
            dynamodb_endpoint: Some("http://127.0.0.1:1".to_owned()),
            s3_endpoint: Some("http://127.0.0.1:2".to_owned()),
            ..aws("us-iso-east-1")
        };
        assert_eq!(dynamodb(&aws), Some(Uri::from_static("http://127.0.0.1:1")));
        assert_eq!(
            bucket(&aws, "files"),
            Some(Uri::from_static("http://127.0.0.1:2"))
        );
    }
}
