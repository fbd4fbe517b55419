//! `cargo xtask package`: the functions' binary as Lambda takes it, and the template that names it.

mod architecture;
mod archive;
mod glibc;

use std::{fs, path::Path};

use clap::Args;

use self::architecture::{Architecture, Builder};
use crate::{
    command::{self, Failure},
    workspace,
};

/// The package, its binary and its archive.
const NAME: &str = "notewarden-lambda";

/// Build the functions' binary for Lambda, and the archive and the template to deploy
///
/// Writes `target/lambda/<architecture>/notewarden-lambda.zip`, the same bytes for the same binary, and beside it
/// `template.yaml`, which names that archive. Without `--arch` it does so for every architecture that can be built
/// here, and says of the others what to install.
#[derive(Args)]
pub(crate) struct Package {
    /// Only this architecture, which must be one that can be built here (repeat the option for both)
    #[arg(long, value_name = "ARCHITECTURE")]
    arch: Vec<Architecture>,
}

impl Package {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let target = workspace::target()?;
        let mut is_any_built = false;
        for architecture in Architecture::ALL {
            if !self.arch.is_empty() && !self.arch.contains(&architecture) {
                continue;
            }
            match Builder::find(architecture)? {
                Ok(builder) => {
                    package(architecture, builder, &target)?;
                    is_any_built = true;
                }
                Err(missing) if self.arch.contains(&architecture) => {
                    return Err(Failure::Other(format!(
                        "{architecture} cannot be built here: {missing}"
                    )));
                }
                Err(missing) => println!("{architecture} is left out: {missing}"),
            }
        }
        if is_any_built {
            Ok(())
        } else {
            Err(Failure::Other(
                "no architecture can be built here".to_owned(),
            ))
        }
    }
}

fn package(architecture: Architecture, builder: Builder, target: &Path) -> Result<(), Failure> {
    command::run(&mut builder.command(architecture, NAME))?;
    let binary = architecture.output(target).join(NAME);
    let content = fs::read(&binary).map_err(|source| Failure::file(&binary, source))?;
    if let Some(version) = glibc::too_new(&content) {
        return Err(Failure::Other(format!(
            "`{}` needs glibc {version}, and Lambda has {}: build on an older system, or install cargo-zigbuild",
            binary.display(),
            glibc::LAMBDA
        )));
    }

    let folder = target.join("lambda").join(architecture.name());
    fs::create_dir_all(&folder).map_err(|source| Failure::file(&folder, source))?;
    let archive = folder.join(format!("{NAME}.zip"));
    let packed = archive::pack(&content)?;
    fs::write(&archive, &packed).map_err(|source| Failure::file(&archive, source))?;
    let template = folder.join("template.yaml");
    let text = packaged_template(architecture)?;
    fs::write(&template, text).map_err(|source| Failure::file(&template, source))?;
    println!(
        "{}: {:.1} MB, in the archive {:.1} MB",
        archive.display(),
        megabytes(content.len()),
        megabytes(packed.len()),
    );
    println!("{}", template.display());
    Ok(())
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// The template with the archive in place of the sources, and the architecture that it was built for.
fn packaged_template(architecture: Architecture) -> Result<String, Failure> {
    let path = workspace::root().join("infra/template.yaml");
    let text = fs::read_to_string(&path).map_err(|source| Failure::file(&path, source))?;
    let text = replaced(
        &text,
        "CodeUri: ../handlers/lambda/",
        &format!("CodeUri: {NAME}.zip"),
    )?;
    replaced(
        &text,
        "    Default: arm64\n",
        &format!("    Default: {}\n", architecture.name()),
    )
}

fn replaced(text: &str, from: &str, to: &str) -> Result<String, Failure> {
    if text.contains(from) {
        Ok(text.replace(from, to))
    } else {
        Err(Failure::Other(format!(
            "the template has no `{}` to replace",
            from.trim()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packaged_template_names_the_archive_and_its_architecture() {
        for architecture in Architecture::ALL {
            let text = packaged_template(architecture).unwrap();
            assert_eq!(text.matches("CodeUri: notewarden-lambda.zip\n").count(), 5);
            assert!(!text.contains("../"));
            let default = format!("    Default: {}\n", architecture.name());
            assert_eq!(text.matches(&default).count(), 1);
        }
    }
}
