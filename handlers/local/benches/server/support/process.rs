//! A server in a process of its own, and what the system says about it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The server's optimized binary.
pub const RELEASE: &str = env!("CARGO_BIN_EXE_notewarden");

/// A process that serves; killed when dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

/// How much memory a process has, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub resident: u64,
    pub peak: u64,
}

impl Process {
    /// Starts our server on `dir`; it is ready once this answers.
    pub fn serve(binary: &Path, dir: &Path) -> Self {
        Self::serve_with(binary, dir, &[])
    }

    /// The same with more options.
    pub fn serve_with(binary: &Path, dir: &Path, options: &[&str]) -> Self {
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
        command.arg(dir).args(options);
        Self::announced(&mut command, "Notewarden is ready at http://")
    }

    /// Starts what prints a line of `prefix` and the address once it is ready.
    pub fn announced(command: &mut Command, prefix: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| line.unwrap().strip_prefix(prefix)?.parse().ok())
            .expect("the server announces its address");
        // Nobody reads on: what a server prints later must not block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Starts what listens on `address` once it is ready, and says nothing.
    pub fn listening(command: &mut Command, address: SocketAddr) -> Self {
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = quiet.spawn().unwrap();
        let start = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "{command:?} ended");
            assert!(start.elapsed().as_secs() < 60, "{command:?} never listens");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, address }
    }

    /// The processor time that the process has used, of all its threads that live.
    pub fn cpu(&self) -> Duration {
        let tasks = format!("/proc/{}/task", self.child.id());
        let nanos = fs::read_dir(tasks).unwrap().map(|task| {
            let line = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            let first = line.split(' ').next().unwrap();
            first.parse::<u64>().unwrap()
        });
        Duration::from_nanos(nanos.sum())
    }

    pub fn memory(&self) -> Memory {
        let status = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(status).unwrap();
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes = line.unwrap().trim_end_matches("kB").trim();
            kibibytes.parse::<u64>().unwrap() << 10
        };
        Memory {
            resident: bytes("VmRSS:"),
            peak: bytes("VmHWM:"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
