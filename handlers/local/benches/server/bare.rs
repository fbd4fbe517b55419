//! What a read is held against: an axum handler that answers a note as JSON, and does nothing else.

use std::time::Duration;

use axum::{Json, Router, extract::Path, routing::get, serve::ListenerExt};
use serde::Serialize;
use tokio::net::TcpListener;

use crate::support::process::Process;

/// What makes this program serve so.
pub const ARGUMENT: &str = "bare";
const READY: &str = "bare ";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    user_id: &'static str,
    note_id: String,
    content: String,
    attachments: Vec<String>,
    attachment: Option<String>,
    created_at: u64,
    updated_at: u64,
    version: u64,
}

/// Serves, in a process of its own.
pub fn start() -> Process {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    Process::announced(command.arg(ARGUMENT), READY)
}

/// Serves until killed, or for an hour.
#[tokio::main]
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{READY}{}", listener.local_addr().unwrap());
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    let router = Router::new().route("/notes/{id}", get(handle));
    let serve = async { axum::serve(listener, router).await };
    drop(tokio::time::timeout(Duration::from_secs(3_600), serve).await);
}

async fn handle(Path(note_id): Path<String>) -> Json<Note> {
    Json(Note {
        user_id: "us-east-1:00000000-0000-4000-8000-000000000000",
        note_id,
        content: "x".repeat(200),
        attachments: Vec::new(),
        attachment: None,
        created_at: 1_767_225_600_000,
        updated_at: 1_767_225_600_000,
        version: 1,
    })
}
