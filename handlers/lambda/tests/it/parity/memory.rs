//! A place, with the names that it gave: steps name things by number, and answers are compared without them.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use super::{
    links,
    places::{Followed, Place, Seen},
    steps::{Ask, Step},
    zips,
};

/// What a step came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered(Seen),
    Followed(Followed),
    Done,
}

/// Members of JSON whose numbers are times, or what the place itself costs.
const MEASURED: [&str; 7] = [
    "createdAt",
    "updatedAt",
    "modifiedAt",
    "expiresAt",
    "lastUsedAt",
    "expected",
    "actual",
];

pub struct Memory<P> {
    pub place: P,
    /// What was given, and what stands for it.
    given: Vec<(String, String)>,
    cursor: String,
    secret: String,
    upload: Value,
    download: String,
}

impl<P: Place> Memory<P> {
    pub fn new(place: P) -> Self {
        Self {
            place,
            given: Vec::new(),
            cursor: String::new(),
            secret: String::new(),
            upload: Value::Null,
            download: String::new(),
        }
    }

    pub async fn take(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Ask(ask) => {
                let mut seen = self.ask(ask).await;
                for _ in 1..ask.times {
                    if seen.status == ask.expected {
                        break;
                    }
                    seen = self.ask(ask).await;
                }
                Outcome::Answered(seen)
            }
            Step::Upload(body) => {
                let link = links::upload(&self.upload, body);
                Outcome::Followed(self.place.follow(link).await)
            }
            Step::Download(_) => {
                let link = links::download(&self.download);
                let followed = self.place.follow(link).await;
                Outcome::Followed(self.without_names_in_zip(followed))
            }
            Step::Work(waiting) => {
                self.place.work(waiting).await;
                Outcome::Done
            }
        }
    }

    async fn ask(&mut self, ask: &Ask) -> Seen {
        let mut path = ask.path.replace("<cursor>", &self.cursor);
        for (name, stands_for) in &self.given {
            path = path.replace(stands_for, name);
        }
        let mut seen = self.place.send(ask, &path, &self.secret).await;
        self.learn(&seen);
        let id = seen
            .headers
            .insert("x-amzn-requestid".to_owned(), "<request>".to_owned());
        let id = id.expect("every answer has its id");
        seen.headers = seen
            .headers
            .into_iter()
            .map(|(name, value)| {
                let value = if value == self.download {
                    links::outline(&value)
                } else {
                    value
                };
                (name, self.without_names(value.replace(&id, "<request>")))
            })
            .collect();
        if let Some(url) = self.upload["upload"]["url"].as_str() {
            let outline = Value::String(links::outline(url)).to_string();
            let url = Value::String(url.to_owned()).to_string();
            seen.body = seen.body.replace(&url, &outline);
        }
        seen.body = self.without_names(seen.body.replace(&id, "<request>"));
        for member in MEASURED {
            seen.body = without_number(&seen.body, member);
        }
        // The ids and times of an export's notes do not deflate alike.
        if seen.body.contains("\"export.zip\"") {
            seen.body = without_number(&seen.body, "size");
        }
        seen
    }

    /// Keeps what later steps need of an answer.
    fn learn(&mut self, seen: &Seen) {
        let body: Value = serde_json::from_str(&seen.body).unwrap_or_default();
        if let Some(secret) = body["secret"].as_str() {
            secret.clone_into(&mut self.secret);
        }
        if !body["upload"].is_null() {
            self.upload = body;
        }
        if let Some(location) = seen.headers.get("location") {
            if seen.status == 307 {
                location.clone_into(&mut self.download);
            } else {
                self.name(location);
            }
        }
        if let Some(link) = seen.headers.get("link") {
            let (_, cursor) = link.split_once("cursor=").unwrap();
            let end = cursor.find(['&', '>']).unwrap();
            cursor[..end].clone_into(&mut self.cursor);
        }
    }

    /// Gives what was made a number, unless it has a name of its own.
    fn name(&mut self, location: &str) {
        let (kind, name) = match location.split('/').collect::<Vec<_>>()[..] {
            ["", "notes", name] => ("note", name),
            ["", "api-keys", name] => ("key", name),
            ["", "archives", name] => ("archive", name),
            _ => return,
        };
        if self.given.iter().all(|(known, _)| known != name) {
            let prefix = format!("<{kind} ");
            let known = self.given.iter();
            let known = known.filter(|(_, stands_for)| stands_for.starts_with(&prefix));
            let stands_for = format!("<{kind} {}>", known.count());
            self.given.push((name.to_owned(), stands_for));
        }
    }

    fn without_names(&self, mut text: String) -> String {
        // A secret has the id of its key in it.
        for (name, stands_for) in [(&self.secret, "<secret>"), (&self.cursor, "<cursor>")] {
            if !name.is_empty() {
                text = text.replace(name, stands_for);
            }
        }
        for (name, stands_for) in &self.given {
            text = text.replace(name, stands_for);
        }
        for (name, stands_for) in self.place.names() {
            text = text.replace(&name, stands_for);
        }
        text
    }

    /// Of an export, whose notes have ids and times under their checksums, there are the names of its entries.
    fn without_names_in_zip(&self, followed: Followed) -> Followed {
        if !followed.body.starts_with(b"PK") {
            return followed;
        }
        let names = zips::names(&followed.body);
        let body = if names.iter().any(|name| name == "notes.json") {
            self.without_names(names.join("\n")).into()
        } else {
            Bytes::from(zips::without_times(&followed.body))
        };
        let headers = followed.headers.into_iter();
        let headers: BTreeMap<_, _> = headers
            .map(|(name, value)| (name, self.without_names(value)))
            .collect();
        Followed {
            body,
            headers,
            ..followed
        }
    }
}

/// The text without the number of each `member`.
fn without_number(text: &str, member: &str) -> String {
    let member = &*format!("\"{member}\":");
    let mut parts = text.split(member);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(member);
        kept.push_str(
            part.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | '-')),
        );
    }
    kept
}
