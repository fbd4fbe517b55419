//! Ours beside other servers that stand in for AWS: s3rver and moto for files, cognito-local, moto and
//! ministack for sign-ins. Each is installed into the target folder on first use, by `testkit/clients/peers`, and left out
//! with a word where that fails.
//!
//! Peers keep what they are told in memory or in files that they never flush; ours answers when it is durable.

mod install;
mod sign_in;
mod srp;

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Command,
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request};
use tempfile::TempDir;

use crate::{
    new_dir,
    support::{
        furnish::furnish,
        load::{self, Connection, Until, load},
        millis,
        process::{Process, RELEASE},
        signing::{Keys, Signing},
    },
};

const CONNECTIONS: usize = 16;
const FILES: usize = 32;
const FILE: usize = 4 << 10;
const ROUND: Duration = Duration::from_secs(5);
const BUCKET: &str = "bench-bucket";

pub async fn measure() {
    println!("peers, {CONNECTIONS} connections, {ROUND:?} each:");
    let dir = new_dir();
    let person = furnish(dir.path(), 0).await;
    let ours = Process::serve(Path::new(RELEASE), dir.path());
    files(
        "notewarden (durable)",
        &ours,
        &person.keys,
        &person.folder(),
    )
    .await;
    sign_in::measure("notewarden", &ours, sign_in::Pool::ours(dir.path())).await;
    drop(ours);

    let node = install::node();
    let python = install::python();
    if let Some(node) = &node {
        let (server, _dir) = s3rver(node);
        let keys = keys("S3RVER", "S3RVER");
        files("s3rver", &server, &keys, &format!("/{BUCKET}")).await;
    }
    if let Some(python) = &python {
        let server = moto(python);
        let keys = keys("AKIAIOSFODNN7EXAMPLE", "secret");
        let create = signed(
            server.address,
            &keys,
            Method::PUT,
            &format!("/{BUCKET}"),
            Bytes::new(),
        );
        let mut connection = Connection::open(server.address).await;
        connection.exchange(&create).await.ok();
        files("moto", &server, &keys, &format!("/{BUCKET}")).await;
        sign_in::measure("moto", &server, sign_in::Pool::New).await;
        drop(server);
        let (server, _dir) = ministack(python);
        sign_in::measure("ministack", &server, sign_in::Pool::New).await;
    }
    if let Some(node) = &node {
        let (server, _dir) = cognito_local(node);
        sign_in::measure("cognito-local", &server, sign_in::Pool::New).await;
    }
}

/// Files of 4 KiB, written again and again and then read.
async fn files(name: &str, server: &Process, keys: &Keys, folder: &str) {
    for method in [Method::PUT, Method::GET] {
        let lists: Vec<Vec<Bytes>> = (0..CONNECTIONS)
            .map(|connection| {
                let request = |number| {
                    let path = format!("{folder}/{connection}/{number}.bin");
                    let body = if method == Method::PUT {
                        Bytes::from(vec![b'x'; FILE])
                    } else {
                        Bytes::new()
                    };
                    signed(server.address, keys, method.clone(), &path, body)
                };
                (0..FILES).map(request).collect()
            })
            .collect();
        let figures = load(server.address, &lists, Until::Elapsed(ROUND), true).await;
        println!(
            "  {name:<22} {method} of 4 KiB    {:>7.0} requests/s, median {}",
            figures.per_second(),
            millis(figures.quantile(0.5))
        );
    }
}

fn signed(address: SocketAddr, keys: &Keys, method: Method, path: &str, body: Bytes) -> Bytes {
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .header("host", address.to_string());
    let mut request = request.body(body).unwrap();
    Signing::new(keys, "s3").sign(&mut request);
    load::encode(&request)
}

fn keys(id: &str, secret: &str) -> Keys {
    Keys {
        id: id.to_owned(),
        secret: secret.to_owned(),
        token: None,
    }
}

fn s3rver(node: &Path) -> (Process, TempDir) {
    let (dir, address) = (new_dir(), free());
    let mut command = Command::new(node.join("s3rver"));
    command
        .args(["--silent", "--no-vhost-buckets", "--address", "127.0.0.1"])
        .args(["--configure-bucket", BUCKET, "--port"])
        .arg(address.port().to_string())
        .arg("--directory")
        .arg(dir.path());
    (Process::listening(&mut command, address), dir)
}

fn moto(python: &Path) -> Process {
    let address = free();
    let mut command = Command::new(python.join("moto_server"));
    command
        .args(["-H", "127.0.0.1", "-p"])
        .arg(address.port().to_string());
    Process::listening(&mut command, address)
}

fn ministack(python: &Path) -> (Process, TempDir) {
    let (dir, address) = (new_dir(), free());
    let mut command = Command::new(python.join("ministack"));
    command
        .current_dir(dir.path())
        .env("GATEWAY_PORT", address.port().to_string())
        .env("LOG_LEVEL", "ERROR");
    (Process::listening(&mut command, address), dir)
}

fn cognito_local(node: &Path) -> (Process, TempDir) {
    let (dir, address) = (new_dir(), free());
    let mut command = Command::new(node.join("cognito-local"));
    command
        .current_dir(dir.path())
        .env("HOST", "127.0.0.1")
        .env("PORT", address.port().to_string());
    (Process::listening(&mut command, address), dir)
}

/// An address that nobody listens on.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}
