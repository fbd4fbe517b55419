//! The address that clients are told to use, which is known once the server listens.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

/// The base URL of every service. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Endpoint(Arc<OnceLock<String>>);

impl Endpoint {
    /// Says that the server listens at `address`. A server has one address: later ones are not heard.
    pub fn listen(&self, address: SocketAddr) {
        self.0.get_or_init(|| format!("http://{address}"));
    }

    /// `http://<host>:<port>`, unless the server does not listen yet.
    pub fn url(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }
}
