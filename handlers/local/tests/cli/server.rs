//! A server that commands speak to.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use crate::Shell;

/// A running server; it is killed when this is dropped.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// A server of the shell's folder, once it says that it is ready.
pub fn serve(shell: &Shell) -> Server {
    let mut child = shell
        .notewarden()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let banner = BufReader::new(child.stdout.take().unwrap());
    let server = Server(child);
    let mut lines = banner.lines().map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains("AWS_SHARED_CREDENTIALS_FILE")),
        "no banner"
    );
    server
}
