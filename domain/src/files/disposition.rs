//! `Content-Disposition` of downloads (RFC 6266, RFC 8187).

use std::fmt::Write;

/// A header that has a browser save the answer as `name`: the name in UTF-8 for those that read `filename*`, and
/// an ASCII likeness for those that do not.
///
/// ```
/// use notewarden_domain::files::attachment;
///
/// assert_eq!(attachment("a.txt"), "attachment; filename=\"a.txt\"");
/// assert_eq!(
///     attachment("naïve \"x\".txt"),
///     "attachment; filename=\"na_ve _x_.txt\"; filename*=UTF-8''na%C3%AFve%20%22x%22.txt"
/// );
/// ```
pub fn attachment(name: &str) -> String {
    // `%` is kept out of the likeness because some browsers decode it.
    let is_plain = |c: char| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%');
    let likeness: String = name
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    let mut header = format!("attachment; filename=\"{likeness}\"");
    if likeness != name {
        header.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                header.push(char::from(byte));
            } else {
                // INVARIANT: writing into a string does not fail.
                let _ = write!(header, "%{byte:02X}");
            }
        }
    }
    header
}
