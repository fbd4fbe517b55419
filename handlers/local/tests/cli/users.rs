//! `notewarden user`, with and without a running server.

use serde_json::Value;

use crate::{Shell, server::serve};

const EMAIL: &str = "alice@example.com";

fn states(shell: &Shell) -> Vec<(String, String)> {
    let done = shell.run("user list --json", &[]).exits(0);
    let users: Vec<Value> = serde_json::from_str(&done.out).unwrap();
    let state = |user: &Value| {
        let attributes = user["Attributes"].as_array().unwrap();
        let email = attributes
            .iter()
            .find(|attribute| attribute["Name"] == "email");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&email.unwrap()["Value"]), text(&user["UserStatus"]))
    };
    users.iter().map(state).collect()
}

fn add_change_and_delete(shell: &Shell) {
    shell
        .run("user list", &[])
        .exits(0)
        .says("there are no users");
    shell
        .run("user add", &[EMAIL, "--password", "weak"])
        .exits(2)
        .complains("InvalidPasswordException");
    assert_eq!(states(shell), []);
    shell
        .run("user add", &[EMAIL, "--password", "Passw0rd!"])
        .exits(0)
        .says("alice@example.com may sign in");
    shell
        .run("user add", &[EMAIL, "--password", "Passw0rd!"])
        .exits(2)
        .complains("UsernameExistsException");
    shell
        .run("user add bob@example.com", &[])
        .exits(0)
        .says("is invited");
    let mut found = states(shell);
    found.sort();
    let state = |email: &str, state: &str| (email.to_owned(), state.to_owned());
    let expected = [
        state(EMAIL, "CONFIRMED"),
        state("bob@example.com", "FORCE_CHANGE_PASSWORD"),
    ];
    assert_eq!(found, expected);
    shell
        .run(
            "user set-password",
            &[EMAIL, "--password", "N3wPassw0rd!", "--temporary"],
        )
        .exits(0);
    assert!(states(shell).contains(&state(EMAIL, "FORCE_CHANGE_PASSWORD")));
    for email in [EMAIL, "bob@example.com"] {
        shell
            .run("user delete", &[email])
            .exits(0)
            .says("is deleted");
    }
    shell
        .run("user delete", &[EMAIL])
        .exits(2)
        .complains("UserNotFoundException");
    shell
        .run("user confirm", &[EMAIL])
        .exits(2)
        .complains("UserNotFoundException");
}

#[test]
fn users_of_a_running_server() {
    let shell = Shell::new();
    let _server = serve(&shell);
    add_change_and_delete(&shell);
}

#[test]
fn users_of_a_data_directory_that_no_server_has() {
    let shell = Shell::new();
    drop(serve(&shell));
    add_change_and_delete(&shell);
}

#[test]
fn a_folder_that_is_no_data_directory_stays_as_it_is() {
    let shell = Shell::new();
    shell
        .run("user list --data-dir elsewhere", &[])
        .exits(2)
        .complains("`elsewhere` is no data directory");
    assert!(!shell.path("elsewhere").exists());
}
