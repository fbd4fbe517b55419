//! `cargo xtask client`: the web client for a deployment, as files to upload and parameters of a place for them.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;
use notewarden_infra::ClientConfig;
use serde_json::{Value, json};

use crate::{
    command::{self, Failure},
    web, workspace,
};

/// What of the build is of the local server's console only.
const CONSOLE: &str = "console.html";

/// Put the web client together for a deployment: its build, and the `config.json` that tells it where it runs
///
/// Writes the folder `site`, to be uploaded as it is, and `parameters.json`, the parameters of `infra/client.yaml`, the
/// template of a place for it.
#[derive(Args)]
pub(crate) struct Client {
    /// The stack of the deployment, whose outputs the AWS command line is asked for
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "outputs",
        required_unless_present = "outputs"
    )]
    stack: Option<String>,
    /// The outputs themselves: what `aws cloudformation describe-stacks` prints, or the `outputs.json` of a server; `-` is
    /// the standard input
    #[arg(long, value_name = "FILE")]
    outputs: Option<PathBuf>,
    /// The folder to write to [default: client in the target folder]
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

impl Client {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let config = ClientConfig::of_outputs(&outputs(&self.described()?)?)
            .map_err(|error| Failure::Other(error.to_string()))?;
        if let Some(missing) = web::build()? {
            return Err(Failure::Other(format!("no web client: {missing}")));
        }
        let folder = match self.to {
            Some(folder) => folder,
            None => workspace::target()?.join("client"),
        };
        let site = folder.join("site");
        if site.exists() {
            fs::remove_dir_all(&site).map_err(|source| Failure::file(&site, source))?;
        }
        copy(&web::built(), &site.join("app"))?;
        write(&site.join("config.json"), &json!(config))?;
        let parameters = folder.join("parameters.json");
        write(&parameters, &connect_sources(&config))?;
        println!("{}\n{}", site.display(), parameters.display());
        Ok(())
    }

    /// What is known of the deployment, as it was said.
    fn described(&self) -> Result<Vec<u8>, Failure> {
        match (&self.stack, &self.outputs) {
            (Some(stack), _) => {
                let mut aws = Command::new("aws");
                aws.args(["cloudformation", "describe-stacks", "--output", "json"]);
                command::read(aws.args(["--stack-name", stack]))
            }
            (None, Some(file)) if file == Path::new("-") => {
                let mut text = Vec::new();
                let read = io::stdin().read_to_end(&mut text);
                read.map(|_| text)
                    .map_err(|source| Failure::file(file, source))
            }
            (None, Some(file)) => fs::read(file).map_err(|source| Failure::file(file, source)),
            // INVARIANT: the command line asks for one of both.
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// The outputs by their names: of the one stack that CloudFormation describes, or as the local server writes them.
fn outputs(text: &[u8]) -> Result<BTreeMap<String, String>, Failure> {
    let described: Value = serde_json::from_slice(text)
        .map_err(|error| Failure::Other(format!("the outputs are not JSON: {error}")))?;
    let Some(stacks) = described.get("Stacks").and_then(Value::as_array) else {
        return match described {
            Value::Object(plain) => Ok(plain
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                .collect()),
            _ => Err(Failure::Other(
                "the outputs are neither a description of stacks nor an object".to_owned(),
            )),
        };
    };
    let [stack] = &stacks[..] else {
        return Err(Failure::Other(format!(
            "the outputs must be those of one stack, and there are {}",
            stacks.len()
        )));
    };
    let listed = stack.get("Outputs").and_then(Value::as_array);
    let output = |output: &Value| {
        let text = |member| Some(output.get(member)?.as_str()?.to_owned());
        Some((text("OutputKey")?, text("OutputValue")?))
    };
    Ok(listed.into_iter().flatten().filter_map(output).collect())
}

/// The parameters of `infra/client.yaml`, as the AWS command line takes them from a file.
fn connect_sources(config: &ClientConfig) -> Value {
    json!([{ "ParameterKey": "ConnectSources", "ParameterValue": config.origins().join(" ") }])
}

fn write(path: &Path, value: &Value) -> Result<(), Failure> {
    let text = format!("{value:#}\n");
    fs::write(path, text).map_err(|source| Failure::file(path, source))
}

/// Copies the build but for the local server's console.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(|source| Failure::file(to, source))?;
    for entry in fs::read_dir(from).map_err(|source| Failure::file(from, source))? {
        let entry = entry.map_err(|source| Failure::file(from, source))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else if entry.file_name() != CONSOLE {
            fs::copy(&path, &target).map_err(|source| Failure::file(&path, source))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use notewarden_infra::{CLIENT_HEADERS, content_security_policy};

    use super::*;

    #[test]
    fn outputs_are_read_from_a_stack_and_from_a_server() {
        let stack = br#"{ "Stacks": [{ "StackName": "notes", "Outputs": [
            { "OutputKey": "Region", "OutputValue": "eu-west-1" },
            { "OutputKey": "Bucket", "OutputValue": "files", "Description": "Files" }
        ] }] }"#;
        let server = br#"{ "Region": "eu-west-1", "Bucket": "files" }"#;
        let read = outputs(stack).unwrap();
        assert_eq!(read["Bucket"], "files");
        assert_eq!(read, outputs(server).unwrap());
    }

    #[test]
    fn what_describes_no_deployment_is_refused_with_the_reason() {
        let refusal = |text: &str| outputs(text.as_bytes()).unwrap_err().to_string();
        assert!(refusal("Stacks").starts_with("the outputs are not JSON: "));
        assert!(refusal("[]").contains("neither a description"));
        let two = r#"{ "Stacks": [{}, {}] }"#;
        assert!(refusal(two).ends_with("of one stack, and there are 2"));
        // A stack that is not this template's has none of its outputs.
        let none = outputs(br#"{ "Stacks": [{}] }"#).unwrap();
        let error = ClientConfig::of_outputs(&none).unwrap_err();
        assert_eq!(error.to_string(), "the outputs have no `Region`");
    }

    /// The template of the client's place cannot import what the local server sends: it must say the same.
    #[test]
    fn the_clients_template_sends_the_headers_of_the_local_server() {
        let path = workspace::root().join("infra/client.yaml");
        let template = fs::read_to_string(path).unwrap();
        let policy = content_security_policy(&["${ConnectSources}"]);
        assert!(template.contains(&format!("ContentSecurityPolicy: !Sub \"{policy}\"\n")));
        for (name, value) in CLIENT_HEADERS {
            let setting = match name {
                "x-content-type-options" => "ContentTypeOptions:\n".to_owned(),
                "x-frame-options" => format!("FrameOption: {value}\n"),
                "referrer-policy" => format!("ReferrerPolicy: {value}\n"),
                _ => format!("- Header: {name}\n              Value: {value}\n"),
            };
            assert!(template.contains(&setting), "{name}");
        }
    }
}
