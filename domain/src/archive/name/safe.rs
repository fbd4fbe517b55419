//! One segment of a path: what Windows, macOS and Linux all take as a file's name.

use unicode_normalization::UnicodeNormalization;

/// The longest segment in bytes: Linux counts 255 bytes, Windows and macOS 255 units of UTF-16.
const MAX_SEGMENT_BYTES: usize = 255;

/// What follows a dot and is longer than this, in bytes, is no extension that is worth keeping.
const MAX_EXTENSION_BYTES: usize = 32;

/// Names of devices on Windows, whatever the extension (“Naming Files, Paths, and Namespaces”).
const DEVICES: [&str; 7] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

/// The safe form of a segment, which is its own safe form.
pub(super) fn safe_segment(segment: &str) -> String {
    let composed: String = segment.nfc().collect();
    let replaced: String = composed
        .chars()
        .map(|c| if is_forbidden(c) { '_' } else { c })
        .collect();
    // A character less may let its neighbours compose.
    let replaced: String = replaced.nfc().collect();
    let mut safe = shortened(&replaced, "");
    if is_device(&safe) {
        safe = shortened(&format!("_{safe}"), "");
    }
    let kept = safe.trim_end_matches(['.', ' ']).len();
    if kept < safe.len() || safe.is_empty() {
        let trailing = (safe.len() - kept).max(1);
        safe.truncate(kept);
        safe.extend(std::iter::repeat_n('_', trailing));
    }
    safe
}

/// The safe segment with a number before its extension, no longer than a segment may be.
pub(super) fn with_number(segment: &str, number: u64) -> String {
    shortened(segment, &format!(" ({number})"))
}

/// `segment` with `addition` before its extension, its stem cut at a character so that both fit.
fn shortened(segment: &str, addition: &str) -> String {
    let (stem, extension) = match segment.rfind('.') {
        Some(dot) if dot > 0 && segment.len() - dot <= MAX_EXTENSION_BYTES => segment.split_at(dot),
        _ => (segment, ""),
    };
    let room = MAX_SEGMENT_BYTES.saturating_sub(addition.len() + extension.len());
    let cut = stem.floor_char_boundary(room);
    let stem = stem.get(..cut).unwrap_or_default();
    format!("{stem}{addition}{extension}")
}

/// Characters that some system refuses in a name, or that make a name read as another.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' | '/')
        // Directions of text, and separators of lines and paragraphs.
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        // The byte order mark, and what is no character.
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Is the segment up to its first dot, colon excluded, a device on Windows?
fn is_device(segment: &str) -> bool {
    let base = segment.split('.').next().unwrap_or_default().trim_end();
    if DEVICES
        .iter()
        .any(|device| base.eq_ignore_ascii_case(device))
    {
        return true;
    }
    let mut characters = base.chars();
    let port: String = characters.by_ref().take(3).collect();
    let is_port = port.eq_ignore_ascii_case("COM") || port.eq_ignore_ascii_case("LPT");
    let number = matches!(characters.next(), Some('0'..='9' | '¹' | '²' | '³'));
    is_port && number && characters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_would_not_unpack_is_replaced() {
        for (segment, safe) in [
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("aux .tar.gz", "_aux .tar.gz"),
            ("Com1", "_Com1"),
            ("LPT³", "_LPT³"),
            ("com10", "com10"),
            ("console", "console"),
            ("a.", "a_"),
            ("a. .", "a___"),
            ("...", "___"),
            (" a", " a"),
            ("a:b|c", "a_b_c"),
            ("a\u{0}b\u{7f}\u{85}", "a_b__"),
            ("\u{202e}gnp.exe", "_gnp.exe"),
            ("e\u{301}", "é"),
            (".hidden", ".hidden"),
            ("👩\u{200d}👧", "👩\u{200d}👧"),
        ] {
            assert_eq!(safe_segment(segment), safe);
        }
    }

    #[test]
    fn what_is_too_long_keeps_its_extension_and_whole_characters() {
        let name = safe_segment(&format!("{}.tar", "ä".repeat(200)));
        assert_eq!(name, format!("{}.tar", "ä".repeat(125)));
        let numbered = with_number(&name, 12_345);
        assert!(numbered.ends_with("ä (12345).tar") && numbered.len() <= MAX_SEGMENT_BYTES);
        let no_extension = safe_segment(&format!("a.{}", "x".repeat(300)));
        assert_eq!(no_extension.len(), MAX_SEGMENT_BYTES);
        // The cut may leave a space or a dot at the end.
        let spaced = format!("{} {}", "x".repeat(254), "x".repeat(10));
        assert_eq!(safe_segment(&spaced), format!("{}_", "x".repeat(254)));
    }
}
