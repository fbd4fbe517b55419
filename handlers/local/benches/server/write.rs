//! Durable `POST /notes`: how many writes share a flush when many clients write, and what a lone one costs.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use http::Method;
use notewarden::{
    app::App,
    server::Server,
    wiring::{self, Settings},
};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    new_dir,
    support::{
        furnish::furnish,
        load::{Until, load},
        millis,
    },
};

const ROUND: Duration = Duration::from_secs(4);

pub async fn measure() {
    let dir = new_dir();
    let person = furnish(dir.path(), 0).await;
    let (ready, started) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    let data_dir = dir.path().to_owned();
    // The server is in this process, so that its database's counters can be read, but not on this runtime.
    let server = thread::spawn(move || serve(data_dir, &ready, stopped));
    let (app, address): (Arc<App>, _) = started.recv().unwrap();

    println!("durable POST /notes for {ROUND:?} each:");
    let body = format!(r#"{{"content":"{}"}}"#, "x".repeat(200));
    let request = person.api(address, Method::POST, "/notes", &body);
    for connections in [1, 16, 64, 128] {
        let before = app.counters();
        let lists = vec![vec![request.clone()]; connections];
        let figures = load(address, &lists, Until::Elapsed(ROUND), true).await;
        let after = app.counters();
        let (writes, commits, flushes) = (
            (after.writes - before.writes) as f64,
            (after.commits - before.commits) as f64,
            (after.flushes - before.flushes) as f64,
        );
        assert!(after.writes - before.writes >= figures.requests() as u64);
        println!(
            "  {connections:>3} connections {:>7.0} writes/s, {:>6.2} a flush, {:>6.2} a commit, median {}, 99 % {}",
            figures.per_second(),
            writes / flushes,
            writes / commits,
            millis(figures.quantile(0.5)),
            millis(figures.quantile(0.99)),
        );
    }
    drop(app);
    stop.send(()).unwrap();
    server.join().unwrap();
}

#[tokio::main]
async fn serve(
    data_dir: PathBuf,
    ready: &mpsc::Sender<(Arc<App>, SocketAddr)>,
    stopped: oneshot::Receiver<()>,
) {
    let settings = Settings::new(data_dir, Arc::new(|_| {}));
    let app = wiring::open(settings).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(listener, Arc::clone(&app)).unwrap();
    ready.send((app, server.address())).unwrap();
    stopped.await.unwrap();
    server.stop().await;
}
