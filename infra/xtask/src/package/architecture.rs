//! Lambda's processors, and what builds for them on this machine.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
};

use clap::ValueEnum;

use crate::{
    command::{self, Failure},
    workspace,
};

/// The workspace's profile for Lambda.
const PROFILE: &str = "bootstrap";

/// A processor that Lambda has, by Lambda's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Architecture {
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    pub(super) const ALL: [Self; 2] = [Self::Arm64, Self::X86_64];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// Rust's name for it with Lambda's system.
    fn triple(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }

    /// The C compiler of another architecture, which links too.
    fn cross_compiler(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-gnu-gcc",
            Self::X86_64 => "x86_64-linux-gnu-gcc",
        }
    }

    /// Debian's package of that compiler.
    fn cross_compiler_package(self) -> &'static str {
        match self {
            Self::Arm64 => "gcc-aarch64-linux-gnu",
            Self::X86_64 => "gcc-x86-64-linux-gnu",
        }
    }

    /// The folder that its binaries are built into.
    pub(super) fn output(self, target: &Path) -> PathBuf {
        target.join(self.triple()).join(PROFILE)
    }

    /// The variable that names cargo's linker for it.
    fn linker_variable(self) -> String {
        let triple = self.triple().to_uppercase().replace('-', "_");
        format!("CARGO_TARGET_{triple}_LINKER")
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How a binary is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builder {
    /// By cargo, for the machine's own architecture.
    Native,
    /// By cargo, with the cross compiler.
    Cross,
    /// By cargo-zigbuild, which brings a C compiler for every architecture and any glibc.
    Zigbuild,
}

impl Builder {
    /// What builds for `architecture` here, or else what to install.
    pub(super) fn find(architecture: Architecture) -> Result<Result<Self, String>, Failure> {
        let triple = architecture.triple();
        if !has_target(triple)? {
            return Ok(Err(format!(
                "Rust's standard library for it is missing (`rustup target add {triple}`)"
            )));
        }
        let has_zigbuild = command::works(Command::new("cargo-zigbuild").arg("--version"));
        let has_linker = env::var_os(architecture.linker_variable()).is_some()
            || command::works(Command::new(architecture.cross_compiler()).arg("--version"));
        Ok(if has_zigbuild {
            Ok(Self::Zigbuild)
        } else if host()? == triple {
            Ok(Self::Native)
        } else if has_linker {
            Ok(Self::Cross)
        } else {
            Err(format!(
                "a linker for it is missing (`pip install cargo-zigbuild`, or Debian: `apt-get install {}`)",
                architecture.cross_compiler_package()
            ))
        })
    }

    /// The command that builds `package`.
    pub(super) fn command(self, architecture: Architecture, package: &str) -> Command {
        let mut cargo = workspace::cargo();
        let triple = architecture.triple();
        match self {
            // The target is named even for the machine itself: what is built without one lies where cargo-lambda writes.
            Self::Native => cargo.args(["build", "--target", triple]),
            Self::Cross => {
                let variable = architecture.linker_variable();
                if env::var_os(&variable).is_none() {
                    cargo.env(variable, architecture.cross_compiler());
                }
                cargo.args(["build", "--target", triple])
            }
            Self::Zigbuild => {
                let target = format!("{triple}.{}", super::glibc::LAMBDA);
                cargo.args(["zigbuild", "--target", &target])
            }
        };
        cargo.args(["--locked", "--profile", PROFILE, "--package", package]);
        cargo
    }
}

/// Whether the standard library for `triple` is installed.
fn has_target(triple: &str) -> Result<bool, Failure> {
    let printed = command::read(rustc().args(["--print", "target-libdir", "--target", triple]))?;
    let folder = String::from_utf8_lossy(&printed);
    Ok(Path::new(folder.trim()).is_dir())
}

/// The machine's own triple.
fn host() -> Result<String, Failure> {
    let printed = command::read(rustc().args(["--print", "host-tuple"]))?;
    Ok(String::from_utf8_lossy(&printed).trim().to_owned())
}

/// The compiler that cargo uses.
fn rustc() -> Command {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.current_dir(workspace::root());
    rustc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linkers_are_named_as_cargo_does() {
        assert_eq!(
            Architecture::Arm64.linker_variable(),
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"
        );
    }

    #[test]
    fn the_machine_itself_is_a_target() {
        assert!(has_target(&host().unwrap()).unwrap());
    }

    #[test]
    fn every_builder_builds_the_package_for_lambda() {
        for builder in [Builder::Native, Builder::Cross, Builder::Zigbuild] {
            let shown = command::shown(&builder.command(Architecture::Arm64, "p"));
            assert!(
                shown.ends_with("--locked --profile bootstrap --package p"),
                "{shown}"
            );
            assert!(
                shown.contains("--target aarch64-unknown-linux-gnu"),
                "{shown}"
            );
        }
    }
}
