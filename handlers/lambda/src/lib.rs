//! The Lambda entry points.
#![warn(missing_docs)]
