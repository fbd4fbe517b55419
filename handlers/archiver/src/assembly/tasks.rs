//! Requests that may outlive the future that made them, and how to wait until none is left.

use std::convert::Infallible;

use tokio::sync::mpsc;

/// Whoever makes a request in a task of its own holds one of these as long as it lasts.
#[derive(Clone, Debug)]
pub(crate) struct Tasks {
    held: Vec<mpsc::Sender<Infallible>>,
}

/// Waits for the end of all [`Tasks`].
#[derive(Debug)]
pub(crate) struct Quiet(mpsc::Receiver<Infallible>);

impl Tasks {
    pub fn new() -> (Self, Quiet) {
        Self { held: Vec::new() }.nested()
    }

    /// Tasks that are of these, too, and can be waited for by themselves.
    pub fn nested(&self) -> (Self, Quiet) {
        let (sender, receiver) = mpsc::channel(1);
        let mut held = self.held.clone();
        held.push(sender);
        (Self { held }, Quiet(receiver))
    }
}

impl Quiet {
    /// Returns when every [`Tasks`] is dropped.
    pub async fn wait(mut self) {
        while self.0.recv().await.is_some() {}
    }
}
