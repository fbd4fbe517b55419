//! Whom `/_local/` answers: this machine, by its own name, and no page but the server's own.

use std::net::SocketAddr;

use http::{HeaderMap, Method, header, request::Parts};

/// Says that a request is a command. Pages of other origins cannot add it: their browser would have to ask first, and
/// is refused.
pub const COMMAND: &str = "x-notewarden-command";

/// Why a request is not answered, if it is not.
pub(super) fn refusal(parts: &Parts, peer: SocketAddr) -> Option<String> {
    if !is_local(parts, peer) {
        return Some("only this machine, by its own name, may see this".to_owned());
    }
    if !is_from_here(&parts.method, &parts.headers) {
        return Some("pages of other origins may not see this".to_owned());
    }
    let is_command = parts.method != Method::GET && parts.method != Method::HEAD;
    (is_command && !parts.headers.contains_key(COMMAND))
        .then(|| format!("a command needs the header `{COMMAND}`"))
}

/// Whether the request comes from this machine and names it as itself: a page of another origin whose name
/// was rebound to this address has its own name in `Host`.
fn is_local(parts: &Parts, peer: SocketAddr) -> bool {
    let host = text(&parts.headers, header::HOST.as_str()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    peer.ip().to_canonical().is_loopback() && matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// Whether the request is no browser's, or that of a page of this server, or a person follows a link to here. Without
/// this another page could still have answers loaded that it cannot read, and learn from how long they take.
fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    let host = text(headers, header::HOST.as_str()).unwrap_or_default();
    let origin = text(headers, header::ORIGIN.as_str());
    let is_own = origin.is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    let is_followed = *method == Method::GET && text(headers, "sec-fetch-mode") == Some("navigate");
    let is_other_site = matches!(
        text(headers, "sec-fetch-site"),
        Some("cross-site" | "same-site")
    );
    is_own && (!is_other_site || is_followed)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // What is no text is nobody's own.
    Some(headers.get(name)?.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, host: &str, peer: &str, headers: &[(&str, &str)]) -> Option<String> {
        let mut request = http::Request::builder().method(method).uri("/_local/inbox");
        for (name, value) in [("host", host)].iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        refusal(&parts, peer.parse().unwrap())
    }

    fn get(host: &str, peer: &str) -> Option<String> {
        asked(Method::GET, host, peer, &[])
    }

    #[test]
    fn only_this_machine_by_its_own_name() {
        for host in [
            "127.0.0.1:8787",
            "localhost",
            "localhost:1",
            "[::1]:8787",
            "[::1]",
        ] {
            assert_eq!(get(host, "127.0.0.1:5000"), None, "{host}");
        }
        assert_eq!(get("localhost", "[::ffff:127.0.0.1]:5000"), None);
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:8787",
            "",
            "10.0.0.1",
        ] {
            assert!(get(host, "127.0.0.1:5000").is_some(), "{host}");
        }
        assert!(get("localhost", "10.0.0.1:5000").is_some());
    }

    #[test]
    fn no_page_of_another_origin() {
        let from = |headers: &[(&str, &str)]| {
            asked(Method::GET, "localhost:8787", "127.0.0.1:5000", headers)
        };
        for headers in [
            &[("origin", "http://localhost:8787")][..],
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-mode", "cors"),
            ],
            &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
            ],
        ] {
            assert_eq!(from(headers), None, "{headers:?}");
        }
        for headers in [
            &[("origin", "http://localhost:3000")][..],
            &[("origin", "https://localhost:8787")],
            &[("origin", "null")],
            &[("origin", "http://evil.example")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "no-cors"),
            ],
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")],
            &[
                ("origin", "http://evil.example"),
                ("sec-fetch-mode", "navigate"),
            ],
        ] {
            assert!(from(headers).is_some(), "{headers:?}");
        }
    }

    #[test]
    fn commands_say_that_they_are_some() {
        let post = |headers: &[(&str, &str)]| {
            asked(Method::POST, "localhost:8787", "127.0.0.1:5000", headers)
        };
        assert_eq!(post(&[(COMMAND, "1")]), None);
        assert!(post(&[]).unwrap().contains(COMMAND));
        let evil = [
            (COMMAND, "1"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ];
        assert!(post(&evil).is_some());
    }
}
