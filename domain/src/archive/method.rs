//! Whether an entry is stored or deflated: by what kind of data it is.

/// How an entry's bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// As they are (zip's method 0).
    Stored,
    /// Deflated (zip's method 8, RFC 1951).
    Deflated,
}

/// What is deflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    /// The smallest file that is deflated, in bytes; `None` if none is.
    pub smallest: Option<u64>,
    /// The largest file that is deflated, in bytes: deflating takes the worker's time, and only a stored entry
    /// can be copied without being read.
    pub largest: u64,
}

impl Compression {
    /// Everything is stored.
    pub const NONE: Self = Self {
        smallest: None,
        largest: 0,
    };

    /// The method of a file by its name, its content type where it has one, and its size in bytes.
    ///
    /// The content type decides, unless it is one that is given to anything; then the name's extension does.
    pub fn method(&self, name: &str, content_type: Option<&str>, size: u64) -> Method {
        let is_within = |smallest| (smallest..=self.largest).contains(&size) && size > 0;
        if self.smallest.is_some_and(is_within) && !is_dense(name, content_type) {
            Method::Deflated
        } else {
            Method::Stored
        }
    }
}

/// From 128 bytes to 1 GiB, which one core of a worker deflates in some 15 seconds.
impl Default for Compression {
    fn default() -> Self {
        Self {
            smallest: Some(128),
            largest: 1 << 30,
        }
    }
}

/// Is it of a kind that is compressed already?
fn is_dense(name: &str, content_type: Option<&str>) -> bool {
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .map(|essence| essence.trim().to_ascii_lowercase())
        .filter(|essence| !GENERIC_TYPES.contains(&essence.as_str()));
    match essence {
        Some(essence) => is_dense_type(&essence),
        None => {
            let file = name.rsplit('/').next().unwrap_or(name);
            file.rsplit_once('.').is_some_and(|(_, extension)| {
                DENSE_EXTENSIONS
                    .iter()
                    .any(|dense| dense.eq_ignore_ascii_case(extension))
            })
        }
    }
}

fn is_dense_type(essence: &str) -> bool {
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let subtype = subtype.strip_prefix("x-").unwrap_or(subtype);
    match kind {
        "video" => true,
        "audio" => !PLAIN_AUDIO.contains(&subtype),
        "image" => DENSE_IMAGES.contains(&subtype),
        "font" => matches!(subtype, "woff" | "woff2"),
        _ => {
            DENSE_APPLICATIONS.contains(&subtype)
                || subtype.ends_with("+zip")
                || subtype.ends_with("+gzip")
                || subtype.starts_with("vnd.openxmlformats-officedocument.")
                || subtype.starts_with("vnd.oasis.opendocument.") && !subtype.contains("-flat-xml")
        }
    }
}

/// What upload tools say of anything.
const GENERIC_TYPES: [&str; 4] = [
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/x-www-form-urlencoded",
];

/// Audio without compression.
const PLAIN_AUDIO: [&str; 9] = [
    "wav", "wave", "vnd.wave", "aiff", "basic", "l16", "l24", "midi", "pn-wav",
];

const DENSE_IMAGES: [&str; 9] = [
    "jpeg", "jpg", "png", "gif", "webp", "avif", "heic", "heif", "jxl",
];

const DENSE_APPLICATIONS: [&str; 17] = [
    "zip",
    "zip-compressed",
    "gzip",
    "gzip-compressed",
    "7z-compressed",
    "rar",
    "rar-compressed",
    "vnd.rar",
    "bzip2",
    "bzip",
    "xz",
    "zstd",
    "lz4",
    "java-archive",
    "vnd.android.package-archive",
    "mp4",
    "ogg",
];

const DENSE_EXTENSIONS: [&str; 52] = [
    // Images
    "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "heif", "jxl", // Video
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "wmv", "flv", "3gp", // Audio
    "mp3", "m4a", "aac", "ogg", "oga", "opus", "flac", "wma", // Archives
    "zip", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "lz4", "7z", "rar", "br", "jar", "apk",
    // Documents and fonts that are zips or compressed inside
    "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "woff", "woff2", "parquet",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_already_is_stored() {
        let policy = Compression::default();
        let method = |name, content_type| policy.method(name, content_type, 1_000);
        for (name, content_type) in [
            ("a", Some("image/jpeg")),
            ("a.txt", Some("video/x-matroska")),
            ("a", Some("Application/Zip; charset=binary")),
            (
                "a",
                Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ),
            ("a", Some("application/epub+zip")),
            ("photos/A.JPG", None),
            ("a.tar.gz", Some("application/octet-stream")),
        ] {
            assert_eq!(
                method(name, content_type),
                Method::Stored,
                "{name} {content_type:?}"
            );
        }
        for (name, content_type) in [
            ("a", None),
            ("a.jpg", Some("text/plain")),
            ("a", Some("image/svg+xml")),
            ("a", Some("image/bmp")),
            ("a", Some("audio/x-wav")),
            ("a", Some("application/json")),
            ("a", Some("nonsense")),
            ("jpg", None),
            ("a.jpg/b", Some("")),
        ] {
            assert_eq!(
                method(name, content_type),
                Method::Deflated,
                "{name} {content_type:?}"
            );
        }
    }

    #[test]
    fn sizes_outside_the_policy_are_stored() {
        let policy = Compression::default();
        let method = |size| policy.method("a.txt", None, size);
        assert_eq!(method(127), Method::Stored);
        assert_eq!(method(128), Method::Deflated);
        assert_eq!(method(1 << 30), Method::Deflated);
        assert_eq!(method((1 << 30) + 1), Method::Stored);
        assert_eq!(
            Compression::NONE.method("a.txt", None, 1_000),
            Method::Stored
        );
        let eager = Compression {
            smallest: Some(0),
            ..policy
        };
        assert_eq!(eager.method("a.txt", None, 0), Method::Stored);
    }
}
