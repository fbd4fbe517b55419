//! What AWS asks for, in dollars.
//!
//! List prices of us-east-1 without free tiers, discounts of volume and taxes, noted in November 2026 from AWS's public
//! pricing pages as they stood after DynamoDB's reduction of November 2024. Check them before you rely on a figure.

/// A million requests to a REST API, first tier.
pub(super) const REST_API: f64 = 3.50;
/// A million requests of up to 512 KiB to an HTTP API, first tier.
pub(super) const HTTP_API: f64 = 1.00;
/// A million queries and mutations of a GraphQL API.
pub(super) const GRAPHQL_API: f64 = 4.00;
/// A million events of S3 that EventBridge delivers: a bucket's are sent on demand only, and so are not free.
pub(super) const EVENTS: f64 = 1.00;
/// A million invocations; a function URL asks for nothing more.
pub(super) const INVOCATIONS: f64 = 0.20;
/// A million gigabyte-milliseconds of a function on arm64, first tier; of one on x86-64 a quarter more.
pub(super) const GIGABYTE_MILLISECONDS: f64 = 0.0133334;
/// A million read units of a table that is paid by request.
pub(super) const READ_UNITS: f64 = 0.125;
/// A million write units of a table that is paid by request.
pub(super) const WRITE_UNITS: f64 = 0.625;
/// A million GET, HEAD and other reading requests to S3.
pub(super) const S3_READS: f64 = 0.40;
/// A million PUT, COPY, POST and LIST requests to S3.
pub(super) const S3_WRITES: f64 = 5.00;
/// A million requests to a standard queue, first tier.
pub(super) const QUEUE: f64 = 0.40;
/// A gigabyte of logs taken in.
pub(super) const LOGS: f64 = 0.50;
/// A gigabyte sent to the internet, first tier.
pub(super) const TRANSFER: f64 = 0.09;
