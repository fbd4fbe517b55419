//! Texts that look like a token and are none.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::json;

use super::{Forgery, Honest, forgery, text};

impl Honest<'_> {
    /// JWT-10: anything but the compact form, well spelled and of reasonable length.
    ///
    /// # Panics
    /// The honest token has not three parts.
    pub fn jwt_10_malformed(&self) -> Vec<Forgery> {
        let honest = self.token();
        let parts: Vec<&str> = honest.split('.').collect();
        let [header, body, signature] = parts[..] else {
            panic!("a token has three parts");
        };
        let bytes = |part: &str| {
            let decoded = BASE64_URL_SAFE_NO_PAD.decode(part);
            decoded.expect("a token's parts are base64url")
        };
        let usual = self.key.algorithm();
        let of_text = |header: &str, claims: &str| self.key.token_of_text(usual, header, claims);
        let head = self.header().to_string();
        let claims = self.claims().to_string();
        let deep = format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
        // The last character of a part has bits that say nothing: they must be zero.
        let last = if signature.ends_with('A') { "B" } else { "A" };
        let not_utf_8 = text(b"{\"a\":\"\xff\"}");
        [
            ("nothing", String::new()),
            ("a dot", ".".to_owned()),
            ("two dots", "..".to_owned()),
            ("one part", header.to_owned()),
            ("two parts", format!("{header}.{body}")),
            ("an empty fourth", format!("{honest}.")),
            ("an empty first", format!(".{honest}")),
            ("four parts", format!("{honest}.{signature}")),
            ("five parts", format!("{honest}..{signature}.x")),
            ("a blank inside", format!("{header} .{body}.{signature}")),
            ("a line inside", format!("{header}\n.{body}.{signature}")),
            (
                "padding",
                format!(
                    "{}.{body}.{signature}",
                    BASE64_URL_SAFE.encode([bytes(header), vec![b' ']].concat())
                ),
            ),
            (
                "another alphabet",
                format!(
                    "{header}.{body}.{}",
                    BASE64_STANDARD.encode([bytes(signature), vec![0xfb]].concat())
                ),
            ),
            (
                "an idle bit",
                format!("{}{last}", &honest[..honest.len() - 1]),
            ),
            (
                "JSON form",
                json!({ "protected": header, "payload": body, "signature": signature }).to_string(),
            ),
            ("deep claims", of_text(&head, &deep)),
            ("a deep header", of_text(&deep, &claims)),
            ("a list for a header", of_text("[]", &claims)),
            ("a list for claims", of_text(&head, "[]")),
            ("a byte-order mark", of_text("\u{feff}{}", &claims)),
            ("no UTF-8", format!("{not_utf_8}.{body}.{signature}")),
        ]
        .into_iter()
        .map(|(what, token)| forgery(what, token))
        .collect()
    }
}
