//! The identity broker on Cognito identity pools, and the accounts of a user pool.
#![warn(missing_docs)]
