//! The headers and the list of them as clients make them by mistake.

use http::{HeaderMap, header};

use super::{
    Mistake,
    canonical::{Part, Variant},
};
use crate::{Request, Service, claim::Claim};

/// Of how many headers each is tried in each way.
const TRIED: usize = 24;

/// A header that is signed: its name, and its values as the canonical request has them.
#[derive(Clone)]
struct Line {
    name: String,
    value: String,
}

pub(super) fn variants(
    request: &Request<'_>,
    claim: &Claim<'_>,
    service: Service,
    region: &str,
) -> Vec<Variant> {
    let headers = request.headers;
    let lines: Vec<_> = claim
        .signed_headers
        .names()
        .map(|name| line(headers, name, ","))
        .collect();
    let mut variants = Vec::new();
    for host in hosts(headers, service, region) {
        let changed = with(&lines, header::HOST.as_str(), &host);
        variants.push(new(&changed, Mistake::Host(host.into())));
    }
    for value in content_types(headers) {
        let changed = with(&lines, header::CONTENT_TYPE.as_str(), &value);
        variants.push(new(&changed, Mistake::ContentType(value.into())));
    }
    variants.extend(of_all(&lines, headers));
    for number in 0..lines.len().min(TRIED) {
        variants.extend(of_one(&lines, number));
    }
    let unsigned = headers.keys().filter(|name| {
        **name != header::AUTHORIZATION && !lines.iter().any(|line| line.name == name.as_str())
    });
    for name in unsigned.take(TRIED) {
        let mut added = lines.clone();
        added.push(line(headers, name.as_str(), ","));
        added.sort_by(|one, other| one.name.cmp(&other.name));
        variants.push(new(&added, Mistake::HeaderAdded(name.as_str().into())));
    }
    variants
}

/// What may have happened to all headers at once.
fn of_all(lines: &[Line], headers: &HeaderMap) -> Vec<Variant> {
    let changed = |change: &dyn Fn(&Line) -> Line| lines.iter().map(change).collect::<Vec<_>>();
    let spaced = changed(&|line| Line {
        value: format!(" {}", line.value),
        ..line.clone()
    });
    let uncollapsed = changed(&|line| self::line_as_sent(headers, &line.name, ","));
    let joined = changed(&|line| self::line(headers, &line.name, ", "));
    let titled = changed(&|line| Line {
        name: title(&line.name),
        ..line.clone()
    });
    let lowered = changed(&|line| Line {
        value: line.value.to_ascii_lowercase(),
        ..line.clone()
    });
    let mut without_blank_line = block(lines);
    without_blank_line.extend_from_slice(list(lines).as_bytes());
    let titled_block = [&block(&titled)[..], b"\n", list(lines).as_bytes()].concat();
    vec![
        new(&spaced, Mistake::HeaderSpaces),
        new(&uncollapsed, Mistake::HeaderSpaces),
        new(&joined, Mistake::HeaderValuesJoined),
        new(&titled, Mistake::HeaderNamesInMixedCase),
        Variant::new(Part::Headers, titled_block, Mistake::HeaderNamesInMixedCase),
        new(&lowered, Mistake::HeaderValuesInLowerCase),
        Variant::new(Part::Headers, without_blank_line, Mistake::BlankLineMissing),
    ]
}

/// What may have happened to one of the headers.
fn of_one(lines: &[Line], number: usize) -> Vec<Variant> {
    let Some(Line { name, value }) = lines.get(number) else {
        return Vec::new();
    };
    let without: Vec<_> = lines
        .iter()
        .filter(|line| line.name != *name)
        .cloned()
        .collect();
    let only_listed = [&block(&without)[..], b"\n", list(lines).as_bytes()].concat();
    let left_out = || Mistake::HeaderLeftOut(name.as_str().into());
    let spaces = [format!("{value} "), format!(" {value}")].map(|value| {
        let changed = with(lines, name, &value);
        new(&changed, Mistake::HeaderSpace(name.as_str().into()))
    });
    let mut variants = vec![
        new(&without, left_out()),
        Variant::new(Part::Headers, only_listed, left_out()),
        new(
            &with(lines, name, ""),
            Mistake::HeaderEmpty(name.as_str().into()),
        ),
    ];
    variants.extend(spaces);
    variants
}

fn new(lines: &[Line], mistake: Mistake) -> Variant {
    let text = [&block(lines)[..], b"\n", list(lines).as_bytes()].concat();
    Variant::new(Part::Headers, text, mistake)
}

fn block(lines: &[Line]) -> Vec<u8> {
    let lines = lines
        .iter()
        .map(|Line { name, value }| format!("{name}:{value}\n"));
    lines.collect::<String>().into_bytes()
}

fn list(lines: &[Line]) -> String {
    let names: Vec<_> = lines.iter().map(|line| line.name.as_str()).collect();
    names.join(";")
}

fn with(lines: &[Line], name: &str, value: &str) -> Vec<Line> {
    let changed = lines.iter().map(|line| Line {
        value: if line.name == name {
            value
        } else {
            &line.value
        }
        .to_owned(),
        name: line.name.clone(),
    });
    changed.collect()
}

/// The header as it is signed, its values joined by `separator`.
fn line(headers: &HeaderMap, name: &str, separator: &str) -> Line {
    let Line { name, value } = line_as_sent(headers, name, separator);
    let mut reduced = String::with_capacity(value.len());
    for char in value.chars() {
        if char != ' ' || !reduced.ends_with(' ') {
            reduced.push(char);
        }
    }
    Line {
        name,
        value: reduced,
    }
}

/// The header with the spaces that are within it.
fn line_as_sent(headers: &HeaderMap, name: &str, separator: &str) -> Line {
    let values = headers.get_all(name).iter().map(|value| {
        String::from_utf8_lossy(value.as_bytes())
            .trim_ascii()
            .to_owned()
    });
    Line {
        name: name.to_owned(),
        value: values.collect::<Vec<_>>().join(separator),
    }
}

/// `x-amz-date` as `X-Amz-Date`.
fn title(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut chars = word.chars();
        let first = chars.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    });
    words.collect::<Vec<_>>().join("-")
}

/// The hosts that a client may have signed for: with and without a port, this machine's other names, the one that a
/// proxy replaced, AWS's own.
fn hosts(headers: &HeaderMap, service: Service, region: &str) -> Vec<String> {
    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.trim().to_owned())
    };
    let Some(host) = text("host") else {
        return Vec::new();
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, Some(port)),
        _ => (host.as_str(), None),
    };
    let mut hosts = vec![name.to_owned(), format!("{name}:443"), format!("{name}:80")];
    let suffix = port.map(|port| format!(":{port}")).unwrap_or_default();
    for other in ["localhost", "127.0.0.1", "[::1]", "host.docker.internal"] {
        hosts.push(format!("{other}{suffix}"));
        hosts.push(other.to_owned());
    }
    hosts.extend(text("x-forwarded-host"));
    let service = service.name();
    hosts.push(format!("{service}.{region}.amazonaws.com"));
    hosts.push(format!("{service}.amazonaws.com"));
    hosts.push(host.to_ascii_lowercase());
    hosts
}

/// What a library may have made of the content type after the client signed it.
fn content_types(headers: &HeaderMap) -> Vec<String> {
    let value = headers.get(header::CONTENT_TYPE);
    let Some(value) = value.and_then(|value| value.to_str().ok()) else {
        return Vec::new();
    };
    let plain = value.split(';').next().unwrap_or(value).trim();
    vec![
        plain.to_owned(),
        format!("{plain}; charset=utf-8"),
        format!("{plain}; charset=UTF-8"),
        format!("{plain};charset=utf-8"),
        format!("{plain};charset=UTF-8"),
    ]
}
