//! `cargo xtask`: what a developer does with the repository as a whole. One file per command.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tells its user what it does"
)]

mod bench;
mod client;
mod cost;
mod durability;
mod package;
mod release;
mod test;
mod up;
mod web;

mod command;
mod workspace;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};

/// Developer automation of Notewarden.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Up(up::Up),
    Test(test::Test),
    Bench(bench::Bench),
    Package(package::Package),
    Client(client::Client),
    Release(release::Release),
    Cost(cost::Cost),
    Durability(durability::Durability),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Up(task) => task.run(),
        Task::Test(task) => task.run(),
        Task::Bench(task) => task.run(),
        Task::Package(task) => task.run(),
        Task::Client(task) => task.run(),
        Task::Release(task) => task.run(),
        Task::Cost(task) => task.run(),
        Task::Durability(task) => task.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            let mut cause = failure.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}
