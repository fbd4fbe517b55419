//! The job loop of the archive worker.
#![warn(missing_docs)]
