//! The XML of STS's answers: elements with text, nothing else, so a writer of a few lines is enough.

/// The namespace of every answer.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// A document being written.
pub(super) struct Xml(String);

impl Xml {
    /// A document whose root is `root`, with what `content` writes in it.
    pub(super) fn document(root: &str, content: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self(format!("<{root} xmlns=\"{NAMESPACE}\">"));
        content(&mut xml);
        xml.close(root);
        xml.0
    }

    /// The element `name`, with what `content` writes in it.
    pub(super) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.open(name);
        content(self);
        self.close(name);
    }

    /// The element `name` with the text `text`.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\r' => self.0.push_str("&#13;"),
                '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => {
                    self.0.push(character);
                }
                // XML 1.0 has no way to write these.
                _ => self.0.push('\u{fffd}'),
            }
        }
        self.close(name);
    }

    fn open(&mut self, name: &str) {
        self.0.extend(["<", name, ">"]);
    }

    fn close(&mut self, name: &str) {
        self.0.extend(["</", name, ">"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let written = Xml::document("Root", |xml| {
            xml.element("Inner", |xml| {
                xml.text("A", "<b a=\"1\">&amp;\u{0}é\r\n</b>");
            });
        });
        assert_eq!(
            written,
            "<Root xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Inner><A>\
             &lt;b a=&quot;1&quot;&gt;&amp;amp;\u{fffd}é&#13;\n&lt;/b&gt;</A></Inner></Root>"
        );
    }
}
