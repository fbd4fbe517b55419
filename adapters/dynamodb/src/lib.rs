//! The note store on DynamoDB.
#![warn(missing_docs)]
