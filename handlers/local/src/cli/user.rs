//! `notewarden user`.

use std::io::{self, Read};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{CliError, RunningServer, administration::Administration, say};

/// What to do with the user pool's users.
#[derive(Debug, Args)]
pub struct UserOptions {
    #[command(subcommand)]
    command: UserCommand,
    #[command(flatten)]
    server: RunningServer,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Show the users
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a user: with a password, ready to sign in; without one, invited by a message with a temporary password
    Add {
        email: String,
        /// The password; `-` reads it from standard input
        #[arg(long, value_name = "PASSWORD")]
        password: Option<String>,
    },
    /// Confirm a user who has signed up, without a code
    Confirm { email: String },
    /// Delete a user, with the user's sessions and credentials
    Delete { email: String },
    /// Give a user a new password
    SetPassword {
        email: String,
        /// The password; `-` reads it from standard input
        #[arg(long, value_name = "PASSWORD", default_value = "-")]
        password: String,
        /// The user must choose another at the next sign-in
        #[arg(long)]
        temporary: bool,
    },
}

pub async fn run(options: UserOptions) -> Result<(), CliError> {
    let administration = Administration::of(&options.server).await?;
    let done = obey(&administration, options.command).await;
    administration.end().await;
    done
}

async fn obey(pool: &Administration, command: UserCommand) -> Result<(), CliError> {
    match command {
        UserCommand::List { json } => list(pool, json).await,
        UserCommand::Add { email, password } => add(pool, &email, password).await,
        UserCommand::Confirm { email } => {
            let user = json!({ "Username": email });
            pool.user_pool("AdminConfirmSignUp", user).await?;
            say(format_args!("{email} is confirmed"));
            Ok(())
        }
        UserCommand::Delete { email } => {
            let user = json!({ "Username": email });
            pool.user_pool("AdminDeleteUser", user).await?;
            say(format_args!("{email} is deleted"));
            Ok(())
        }
        UserCommand::SetPassword {
            email,
            password,
            temporary,
        } => {
            set_password(pool, &email, &typed(password)?, temporary).await?;
            say(format_args!("{email} has a new password"));
            Ok(())
        }
    }
}

async fn list(pool: &Administration, as_json: bool) -> Result<(), CliError> {
    let mut users = Vec::new();
    let mut token = None;
    loop {
        let mut members = json!({ "Limit": 60 });
        if let (Some(token), Some(members)) = (token, members.as_object_mut()) {
            members.insert("PaginationToken".to_owned(), token);
        }
        let mut page = pool.user_pool("ListUsers", members).await?;
        if let Some(Value::Array(found)) = page.get_mut("Users").map(Value::take) {
            users.extend(found);
        }
        token = page.get_mut("PaginationToken").map(Value::take);
        if token.is_none() {
            break;
        }
    }
    if as_json {
        say(serde_json::to_string_pretty(&users)?);
        return Ok(());
    }
    if users.is_empty() {
        say("there are no users");
    }
    for user in users {
        let text = |member: &str| user.get(member).and_then(Value::as_str).unwrap_or("-");
        let attributes = user.get("Attributes").and_then(Value::as_array);
        let email = attributes.into_iter().flatten().find_map(|attribute| {
            let is_email = attribute.get("Name")?.as_str()? == "email";
            is_email.then(|| attribute.get("Value")?.as_str()).flatten()
        });
        let is_disabled = user.get("Enabled") == Some(&Value::Bool(false));
        say(format_args!(
            "{}  {}  {}{}",
            text("Username"),
            email.unwrap_or("-"),
            text("UserStatus"),
            if is_disabled { "  disabled" } else { "" },
        ));
    }
    Ok(())
}

async fn add(pool: &Administration, email: &str, password: Option<String>) -> Result<(), CliError> {
    let mut user = json!({
        "Username": email,
        "UserAttributes": [
            { "Name": "email", "Value": email },
            { "Name": "email_verified", "Value": "true" },
        ],
    });
    let password = password.map(typed).transpose()?;
    if let (Some(password), Some(user)) = (&password, user.as_object_mut()) {
        // Held against the policy before there is a user.
        user.insert("TemporaryPassword".to_owned(), json!(password));
        user.insert("MessageAction".to_owned(), json!("SUPPRESS"));
    }
    pool.user_pool("AdminCreateUser", user).await?;
    match password {
        Some(password) => {
            set_password(pool, email, &password, false).await?;
            say(format_args!("{email} may sign in"));
        }
        None => say(format_args!(
            "{email} is invited; `notewarden inbox` shows the temporary password"
        )),
    }
    Ok(())
}

async fn set_password(
    pool: &Administration,
    email: &str,
    password: &str,
    temporary: bool,
) -> Result<(), CliError> {
    let members = json!({ "Username": email, "Password": password, "Permanent": !temporary });
    pool.user_pool("AdminSetUserPassword", members).await?;
    Ok(())
}

/// The password that was given, or the first line of standard input.
fn typed(password: String) -> Result<String, CliError> {
    if password != "-" {
        return Ok(password);
    }
    let mut input = String::new();
    io::stdin().read_to_string(&mut input)?;
    let line = input.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err("standard input has no password".into());
    }
    Ok(line.to_owned())
}
