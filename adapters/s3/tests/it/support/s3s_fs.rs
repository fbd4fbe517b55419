//! The S3 of another project, which keeps objects as files, in this process.

use std::{fs, io};

use aws_types::SdkConfig;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A server with one empty bucket, which takes signed requests only.
pub struct S3sFs {
    pub config: SdkConfig,
    acceptor: JoinHandle<io::Result<()>>,
    _dir: TempDir,
}

impl S3sFs {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(super::BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(dir.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        Self {
            config: super::config(&endpoint, KEY_ID, SECRET),
            acceptor: tokio::spawn(serve(listener, service.build())),
            _dir: dir,
        }
    }
}

impl Drop for S3sFs {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
        connections.spawn(served);
    }
}
