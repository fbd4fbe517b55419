//! Policies that the tests put into files.

/// A folder of the caller's own, and its listing.
pub const OWN_FOLDER: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Own", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::files/${aws:username}/*"},
  {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::files",
   "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}}]}"#;

/// A bucket's policy.
pub const ONLY_TLS: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::files/*",
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#;

/// Tags may be set of a few only.
pub const TAGS: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "sqs:TagQueue", "Resource": "*",
   "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}, "Null": {"aws:TagKeys": "false"}}}]}"#;
