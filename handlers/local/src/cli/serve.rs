//! `notewarden serve`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use notewarden_domain::allowances::Allowance;
use notewarden_userpool::{inbox::Message, user_pool::MessageListener};
use tokio::{net::TcpListener, signal};

use super::{CliError, say};
use crate::{
    key_rotation,
    server::Server,
    web,
    wiring::{self, Settings},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How to serve.
#[derive(Debug, Args)]
pub struct ServeOptions {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Where everything is kept
    #[arg(
        long,
        value_name = "DIR",
        default_value = ".notewarden",
        conflicts_with = "ephemeral"
    )]
    data_dir: PathBuf,
    /// Keep nothing: the data directory is a temporary one, removed at the end
    #[arg(long)]
    ephemeral: bool,
    /// The functions that are asked while users sign up, are confirmed and get tokens: a JSON file
    #[arg(long, value_name = "FILE")]
    triggers: Option<PathBuf>,
    /// The mail server that messages are sent by, in place of the inbox: a JSON file
    #[arg(long, value_name = "FILE")]
    mail: Option<PathBuf>,
    /// After how many days the keys that sign tokens are replaced
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 90,
        value_parser = clap::value_parser!(u64).range(1..=3_650)
    )]
    rotate_keys_after: u64,
    /// Where to write the outputs once ready [default: outputs.json in the data directory]
    #[arg(long, value_name = "FILE")]
    outputs: Option<PathBuf>,
    /// The template to serve, in place of the one that the server was built with
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// The folder of the built web client [default: `web` beside the program, or that of the source tree]
    #[arg(long, value_name = "DIR")]
    web: Option<PathBuf>,
    /// A value for one of the template's parameters, as `TokenAuth=jwt`; may be given for several
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// The login providers [default: providers.json in the data directory, if there is one]
    #[arg(long, value_name = "FILE")]
    providers: Option<PathBuf>,
    #[command(flatten)]
    allowances: AllowanceOptions,
}

/// How much each person may keep and have packed: by default what the template's parameters say.
#[derive(Debug, Args)]
struct AllowanceOptions {
    /// The most files of one person [default: the template's MaxFiles]
    #[arg(long, value_name = "COUNT", env = "NOTEWARDEN_MAX_FILES")]
    max_files: Option<String>,
    /// The most bytes of all files of one person [default: the template's MaxBytes]
    #[arg(long, value_name = "BYTES", env = "NOTEWARDEN_MAX_BYTES")]
    max_bytes: Option<String>,
    /// The most bytes of one file [default: the template's MaxFileBytes]
    #[arg(long, value_name = "BYTES", env = "NOTEWARDEN_MAX_FILE_BYTES")]
    max_file_bytes: Option<String>,
    /// The most files in one archive [default: the template's MaxArchiveFiles]
    #[arg(long, value_name = "COUNT", env = "NOTEWARDEN_MAX_ARCHIVE_FILES")]
    max_archive_files: Option<String>,
    /// The most bytes of files in one archive [default: the template's MaxArchiveBytes]
    #[arg(long, value_name = "BYTES", env = "NOTEWARDEN_MAX_ARCHIVE_BYTES")]
    max_archive_bytes: Option<String>,
    /// The most archives of one person that wait or are made at the same time [default: the template's
    /// MaxArchivesUnderWay]
    #[arg(long, value_name = "COUNT", env = "NOTEWARDEN_MAX_ARCHIVES_UNDER_WAY")]
    max_archives_under_way: Option<String>,
    /// How often an archive is begun before it is given up [default: the template's MaxArchiveAttempts]
    #[arg(long, value_name = "COUNT", env = "NOTEWARDEN_MAX_ARCHIVE_ATTEMPTS")]
    max_archive_attempts: Option<String>,
}

impl AllowanceOptions {
    /// Those that are given, as values of the template's parameters.
    fn into_parameters(mut self) -> impl Iterator<Item = (String, String)> {
        Allowance::ALL.into_iter().filter_map(move |allowance| {
            let given = match allowance {
                Allowance::MaxFiles => self.max_files.take(),
                Allowance::MaxBytes => self.max_bytes.take(),
                Allowance::MaxFileBytes => self.max_file_bytes.take(),
                Allowance::MaxArchiveFiles => self.max_archive_files.take(),
                Allowance::MaxArchiveBytes => self.max_archive_bytes.take(),
                Allowance::MaxArchivesUnderWay => self.max_archives_under_way.take(),
                Allowance::MaxArchiveAttempts => self.max_archive_attempts.take(),
            };
            Some((allowance.parameter().to_owned(), given?))
        })
    }
}

pub async fn run(options: ServeOptions) -> Result<(), CliError> {
    let temporary = options.ephemeral.then(tempfile::tempdir).transpose()?;
    let data_dir = temporary
        .as_ref()
        .map_or(options.data_dir.as_path(), |dir| dir.path());
    // What is sent by mail is for nobody else.
    let on_message: MessageListener = match options.mail {
        None => Arc::new(print_message),
        Some(_) => Arc::new(|_| ()),
    };
    let app = wiring::open(Settings {
        template: options.template,
        parameters: options
            .parameters
            .into_iter()
            .chain(options.allowances.into_parameters())
            .collect(),
        providers: options.providers,
        triggers: options.triggers,
        mail: options.mail,
        web: options.web.or_else(web::find),
        ..Settings::new(data_dir, on_message)
    })
    .await?;
    key_rotation::start(&app, DAY * u32::try_from(options.rotate_keys_after)?);
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let server = Server::start(listener, app.clone())?;
    let outputs = app.publish(server.address(), options.outputs.as_deref())?;
    say(banner(
        &outputs,
        options
            .outputs
            .as_deref()
            .unwrap_or(&data_dir.join("outputs.json")),
    ));
    wait_for_end().await?;
    say("stopping: finishing what is under way");
    server.stop().await;
    Ok(())
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=');
    let (name, value) = parts.ok_or("must be a name, `=` and a value")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Shows a message that would have been an e-mail.
fn print_message(message: &Message) {
    let Message {
        to, purpose, code, ..
    } = message;
    say(format_args!(
        "mail to {to}: {purpose} code {}",
        code.expose()
    ));
}

fn banner(outputs: &crate::outputs::Outputs, file: &std::path::Path) -> String {
    let crate::outputs::Outputs {
        endpoint,
        region,
        user_pool,
        user_pool_client,
        identity_pool,
        bucket,
        auth_role_arn,
        aws_config_file,
        aws_credentials_file,
        ..
    } = outputs;
    format!(
        "Notewarden is ready at {endpoint}\n\
         \n  Region          {region}\
         \n  UserPool        {user_pool}\
         \n  UserPoolClient  {user_pool_client}\
         \n  IdentityPool    {identity_pool}\
         \n  Bucket          {bucket}\
         \n  AuthRoleArn     {auth_role_arn}\
         \n  Web client      {endpoint}/\
         \n  Console         {endpoint}/_local/\
         \n  Inbox           {endpoint}/_local/inbox\
         \n  Decisions       {endpoint}/_local/decisions\
         \n  Outputs         {}\n\
         \nTo use the aws CLI and SDKs with it:\
         \n  export AWS_CONFIG_FILE={}\
         \n  export AWS_SHARED_CREDENTIALS_FILE={}\n",
        file.display(),
        aws_config_file.display(),
        aws_credentials_file.display(),
    )
}

/// Waits for the request to end: interrupt, or terminate where there is such a thing.
async fn wait_for_end() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        tokio::select! {
            done = signal::ctrl_c() => done,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await
}
