//! A function's process, timed or counted.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command as Probe, Stdio},
    time::{Duration, Instant},
};

use notewarden_domain::ports::Clock;
use notewarden_system::SystemClock;
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::runtime_api::{Invocation, RuntimeApi};

/// The handler of the function that does nothing, which is this program.
pub const BARE: &str = "bare";

/// Whether instructions can be counted here.
pub fn is_counted() -> bool {
    let probe = Probe::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    probe.is_ok_and(|status| status.success())
}

pub struct Process {
    lambda: RuntimeApi,
    child: Child,
    started: Instant,
}

impl Process {
    /// Starts a function whose stores are at `endpoint`; `count` is where callgrind is to write, if it is to count.
    pub async fn start(handler: &str, endpoint: &str, count: Option<&Path>) -> Self {
        let lambda = RuntimeApi::start().await;
        let program = if handler == BARE {
            env::current_exe().unwrap()
        } else {
            let packaged = env::var_os("NOTEWARDEN_LAMBDA").map(PathBuf::from);
            packaged.unwrap_or_else(|| env!("CARGO_BIN_EXE_notewarden-lambda").into())
        };
        let mut command = match count {
            None => Command::new(program),
            Some(count) => {
                let mut output = OsString::from("--callgrind-out-file=");
                output.push(count);
                let mut command = Command::new("valgrind");
                command
                    .args(["--tool=callgrind", "--quiet"])
                    .arg(output)
                    .arg(program);
                command
            }
        };
        let path = env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .env("_HANDLER", handler)
            .env("AWS_LAMBDA_RUNTIME_API", lambda.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "notewarden-api")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "ASIAXXXXXXXXXXXXXXXX")
            .env("AWS_SECRET_ACCESS_KEY", "a-secret-access-key")
            .env("AWS_SESSION_TOKEN", "a-session-token")
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("NOTES_TABLE", "notes")
            .env("IDEMPOTENCY_TABLE", "idempotency")
            .env("ARCHIVES_TABLE", "archives")
            .env("FILES_TABLE", "files")
            .env("QUEUE_URL", "http://127.0.0.1:9/000000000000/queue")
            .env("USER_POOL", "us-east-1_a1B2c3D4e")
            .env("API_KEYS_TABLE", "api-keys")
            .env("IDENTITY_LINKS_TABLE", "identity-links")
            .env(
                "IDENTITY_POOL",
                "us-east-1:5d1f9d6a-7f4e-4c37-8f5b-0b8c7a9e2d10",
            )
            .env("BUCKET", "files")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().unwrap();
        Self {
            lambda,
            child,
            started,
        }
    }

    /// Waits until it asks for its first event, and says how long that took.
    pub async fn asked(&self) -> Duration {
        self.lambda.asked(1).await;
        self.age()
    }

    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Has it answer an event.
    pub async fn answer(&self, event: &str) -> Value {
        let invocation = Invocation {
            event: event.to_owned(),
            deadline: SystemClock.now().plus(Duration::from_secs(60)).as_millis(),
            trace_id: None,
        };
        let answer = self.lambda.invoke(invocation).await.unwrap();
        let status = &answer["statusCode"];
        assert!(status.is_null() || status == 200, "{answer}");
        answer
    }

    /// Its resident memory in MiB.
    pub fn resident(&self) -> f64 {
        let id = self.child.id().unwrap();
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line
            .and_then(|line| line.trim().strip_suffix(" kB"))
            .and_then(|number| number.parse().ok())
            .unwrap();
        kib / 1_024.0
    }

    /// Ends it, and reads how many instructions it has executed.
    pub async fn counted(mut self, count: &Path) -> u64 {
        let id = self.child.id().unwrap().to_string();
        // Callgrind writes when the process is told to end, and not when it is killed.
        let told = Probe::new("kill").args(["-TERM", &id]).status();
        assert!(told.unwrap().success());
        self.child.wait().await.unwrap();
        let counts = fs::read_to_string(count).unwrap();
        let totals = counts.lines().find_map(|line| {
            line.strip_prefix("totals: ")
                .or(line.strip_prefix("summary: "))
        });
        totals
            .and_then(|total| total.trim().parse().ok())
            .unwrap_or_else(|| panic!("callgrind gave no total"))
    }
}
