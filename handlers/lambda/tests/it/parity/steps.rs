//! The steps that both places are taken through.

mod account;
mod archives;
mod files;
mod keys;
mod notes;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Somebody signed in.
    Person,
    /// The same person by the latest of their API keys.
    Key,
    /// The same person by an access token, which nobody has exchanged for an identity yet.
    Token,
    /// Somebody else who is signed in.
    Neighbour,
    /// Keys that belong to no identity.
    Administrator,
    /// Nobody: without a signature.
    Nobody,
}

/// One thing that is done.
#[derive(Clone, Debug)]
pub enum Step {
    /// A request to the API.
    Ask(Ask),
    /// The request of the latest link to upload, with this body.
    Upload(&'static str),
    /// The latest link to download, which is answered with this status.
    Download(u16),
    /// The worker does what waits for it, all that there is.
    Work(&'static [&'static str]),
}

/// One request. In its path, `<note 0>` is the first note that was created, and `<cursor>` that of the last list.
#[derive(Clone, Debug)]
pub struct Ask {
    pub who: Who,
    pub method: &'static str,
    pub path: &'static str,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
    pub expected: u16,
    /// How often it is made at most until it is answered as expected.
    pub times: usize,
    /// What makes it dearer than other requests for its route.
    pub of: &'static str,
}

impl Ask {
    /// The key of the route that it takes.
    pub fn route(&self) -> String {
        let path = self.path.split('?').next().unwrap();
        let path = path.replace("%6F", "o");
        let path = match path.split('/').collect::<Vec<_>>()[..] {
            ["", "notes", _] => "/notes/{noteId}",
            ["", "api-keys", _] => "/api-keys/{keyId}",
            ["", "archives", _] => "/archives/{archiveId}",
            ["", "files", _, ..] => "/files/{name+}",
            _ => &path,
        };
        format!("{} {path}", self.method)
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    const fn by(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    const fn of(mut self, what: &'static str) -> Self {
        self.of = what;
        self
    }

    const fn until_answered(mut self, most: usize) -> Self {
        self.times = most;
        self
    }
}

impl From<Ask> for Step {
    fn from(ask: Ask) -> Self {
        Self::Ask(ask)
    }
}

fn ask(expected: u16, method: &'static str, path: &'static str, body: impl Into<Vec<u8>>) -> Ask {
    Ask {
        who: Who::Person,
        method,
        path,
        headers: Vec::new(),
        body: body.into(),
        expected,
        times: 1,
        of: "",
    }
}

/// `HEAD` is not among them: an HTTP API has no such routes and answers by itself, as the local gateway does. Nor is `/`,
/// where the local server has the web client.
pub fn steps() -> Vec<Step> {
    let asks = [notes::notes(), keys::keys()].concat();
    let asks = asks.into_iter().map(Step::Ask);
    asks.chain(files::files())
        .chain(archives::archives())
        .chain(account::account())
        .collect()
}
