//! The file store on S3.
#![warn(missing_docs)]
