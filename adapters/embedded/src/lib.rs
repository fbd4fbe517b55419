//! adapters/embedded
