//! `notewarden snapshot` and `notewarden reset`.

use crate::{Shell, server::serve};

const EMAIL: &str = "alice@example.com";

fn with_a_user() -> Shell {
    let shell = Shell::new();
    drop(serve(&shell));
    shell
        .run("user add", &[EMAIL, "--password", "Passw0rd!"])
        .exits(0);
    shell
}

#[test]
fn what_was_saved_comes_back() {
    let shell = with_a_user();
    shell.run("snapshot save state.tar", &[]).exits(0);
    shell
        .run("snapshot load state.tar", &[])
        .exits(2)
        .complains("`.notewarden` is not empty");
    shell.run("reset", &[]).exits(0);
    assert!(!shell.path(".notewarden/deployment.json").exists());
    shell.run("user list", &[]).exits(2);
    shell.run("snapshot load state.tar", &[]).exits(0);
    shell.run("user list", &[]).exits(0).says(EMAIL);
    shell
        .run("snapshot load state.tar --data-dir other", &[])
        .exits(0);
    shell
        .run("user list --data-dir other", &[])
        .exits(0)
        .says(EMAIL);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| shell.path(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode("state.tar") & 0o777, 0o600);
        assert_eq!(mode(".notewarden") & 0o777, 0o700);
        assert_eq!(mode(".notewarden/user-pool.key") & 0o777, 0o600);
    }
}

#[test]
fn nothing_is_saved_or_forgotten_under_a_running_server() {
    let shell = Shell::new();
    let _server = serve(&shell);
    for line in ["snapshot save state.tar", "reset"] {
        shell
            .run(line, &[])
            .exits(2)
            .complains("is in use by another server");
    }
    assert!(!shell.path("state.tar").exists());
}

#[test]
fn other_folders_and_files_stay_as_they_are() {
    let shell = Shell::new().with("precious.txt", "text");
    for line in ["reset --data-dir .", "snapshot save x.tar --data-dir ."] {
        shell
            .run(line, &[])
            .exits(2)
            .complains("`.` is no data directory");
    }
    shell
        .run("snapshot load precious.txt", &[])
        .exits(2)
        .complains("`precious.txt` is no snapshot");
    assert!(shell.path("precious.txt").exists());
    for left in [".notewarden", ".notewarden.loading", "lock"] {
        assert!(!shell.path(left).exists(), "{left}");
    }
}
