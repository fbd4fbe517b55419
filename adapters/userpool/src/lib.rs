//! adapters/userpool
