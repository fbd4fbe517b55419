//! adapters/sigv4
