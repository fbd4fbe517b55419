//! The table of the operations of Cognito and STS: what is served and what is not, as the services themselves find
//! them.

use std::fmt::Write;

use crate::{cognito_identity, cognito_idp, sts};

/// An operation, and the sentence with which it is refused, if it is.
pub type Listed = (&'static str, Option<&'static str>);

/// The table, in Markdown.
pub fn table() -> String {
    let mut table = String::from(
        "# Operations\n\nWhat the local server does with each operation of the services that it stands in for. \
         `notewarden operations` prints this.\n",
    );
    let services: [(&str, Vec<Listed>); 3] = [
        (
            "Cognito user pools (`cognito-idp`)",
            cognito_idp::operation::listed().collect(),
        ),
        (
            "Cognito identity pools (`cognito-identity`)",
            cognito_identity::operation::listed().collect(),
        ),
        (
            "Security Token Service (`sts`)",
            sts::operation::listed().collect(),
        ),
    ];
    for (service, mut operations) in services {
        operations.sort_unstable();
        let served = operations.iter().filter(|(_, refused)| refused.is_none());
        let (served, all) = (served.count(), operations.len());
        // Writing to a `String` does not fail.
        _ = write!(
            table,
            "\n## {service}\n\n{served} of {all} are served.\n\n| operation | |\n|---|---|\n"
        );
        for (name, refused) in operations {
            let answer = match refused {
                None => "served".to_owned(),
                Some(reason) => format!("refused: {}", without_breaks(reason)),
            };
            _ = writeln!(table, "| `{name}` | {answer} |");
        }
    }
    table
}

/// A sentence in one line, with nothing that ends a cell.
fn without_breaks(sentence: &str) -> String {
    let words: Vec<_> = sentence.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The committed table is what the code says. `UPDATE_GOLDEN=1` writes it anew.
    #[test]
    fn the_committed_table_is_the_codes() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("OPERATIONS.md");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, table()).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap();
        for (committed, found) in committed.lines().zip(table().lines()) {
            assert_eq!(committed, found);
        }
        assert_eq!(committed.len(), table().len());
    }
}
