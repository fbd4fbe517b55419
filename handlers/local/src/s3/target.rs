//! Which bucket and key a request is for: one canonical reading of host and path.

use http::{header, request::Parts};
use percent_encoding::percent_decode_str;
use s3s::{S3Result, s3_error};

/// The longest key that S3 takes, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1_024;

/// The path of a request in path style, percent-encoded as it was sent, whichever style that was.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// `/<bucket>/<key>`, or `/<bucket>`, or `/`.
    pub path: String,
    /// Whether it names an object.
    pub is_object: bool,
}

impl Target {
    /// Reads host and path. `Host: <bucket>.…` names the bucket, and then the path is the key, whatever it
    /// starts with; with any other host the path's first segment names it.
    ///
    /// # Errors
    /// `InvalidURI` for what is not UTF-8, or climbs out of the bucket; `KeyTooLongError`.
    pub fn of(parts: &Parts, bucket: &str) -> S3Result<Self> {
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let path = parts.uri.path();
        let is_virtual = host
            .split_at_checked(bucket.len())
            .is_some_and(|(name, rest)| name.eq_ignore_ascii_case(bucket) && rest.starts_with('.'));
        let path = if is_virtual {
            format!("/{bucket}{path}")
        } else {
            path.to_owned()
        };
        let key = path
            .get(1..)
            .and_then(|path| path.split_once('/'))
            .map_or("", |(_, key)| key);
        let key = percent_decode_str(key)
            .decode_utf8()
            .map_err(|error| s3_error!(error, InvalidURI, "Couldn't parse the specified URI."))?;
        check_key(&key)?;
        let is_object = !key.is_empty();
        Ok(Self { path, is_object })
    }
}

/// A key must fit, and must not climb above its first segment, whatever is stored: as S3 has it.
///
/// # Errors
/// `KeyTooLongError` or `InvalidURI`.
pub fn check_key(key: &str) -> S3Result<()> {
    if key.len() > MAX_KEY_BYTES {
        return Err(s3_error!(KeyTooLongError, "Your key is too long"));
    }
    let mut depth = 0_usize;
    for segment in key.split('/') {
        depth = match segment {
            "" | "." => depth,
            ".." => depth
                .checked_sub(1)
                .ok_or_else(|| s3_error!(InvalidURI, "Couldn't parse the specified URI."))?,
            _ => depth + 1,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str, path: &str) -> S3Result<Target> {
        let request = http::Request::builder()
            .uri(path)
            .header("host", host)
            .body(())
            .unwrap();
        Target::of(&request.into_parts().0, "the-bucket")
    }

    #[test]
    fn both_styles_have_one_reading() {
        let object = |path: &str| Target {
            path: path.to_owned(),
            is_object: true,
        };
        let host = "the-bucket.s3.localhost:8787";
        assert_eq!(
            target("127.0.0.1:8787", "/the-bucket/a%2Fb//c").unwrap(),
            object("/the-bucket/a%2Fb//c")
        );
        assert_eq!(target(host, "/a").unwrap(), object("/the-bucket/a"));
        assert_eq!(target(host, "//a").unwrap(), object("/the-bucket//a"));
        assert_eq!(
            target(host, "/the-bucket/a").unwrap(),
            object("/the-bucket/the-bucket/a")
        );
        assert_eq!(
            target(host, "/other/a").unwrap(),
            object("/the-bucket/other/a")
        );
        assert_eq!(
            target("the-bucketx.local", "/the-bucket/a").unwrap(),
            object("/the-bucket/a")
        );
        for (host, path, expected) in [
            (host, "/", "/the-bucket/"),
            ("localhost", "/the-bucket", "/the-bucket"),
            ("localhost", "/", "/"),
        ] {
            let found = target(host, path).unwrap();
            assert_eq!((found.path.as_str(), found.is_object), (expected, false));
        }
    }

    #[test]
    fn keys_may_not_climb_out() {
        for good in ["a/../b", "a/b/..", "./x", "a//../b", "...", ".", "a/.."] {
            assert!(check_key(good).is_ok(), "{good}");
        }
        for bad in ["..", "../x", "a/../../b", "./../x", "/../x"] {
            assert!(check_key(bad).is_err(), "{bad}");
        }
        assert!(target("localhost", "/the-bucket/%2e%2e%2fx").is_err());
        assert!(check_key(&"x".repeat(1_024)).is_ok() && check_key(&"x".repeat(1_025)).is_err());
    }
}
