//! A load generator that costs little, because it shares the machine's cores with what it measures:
//! requests are written ready-made, signatures included, and of an answer only its status and end are read.

use std::{
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::LocalSet,
};

/// The bytes of a request on an HTTP/1.1 connection that stays open.
pub fn encode(request: &Request<Bytes>) -> Bytes {
    let target = request.uri().path_and_query().unwrap();
    let mut bytes = format!("{} {target} HTTP/1.1\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let length = request.body().len();
    bytes.extend_from_slice(format!("content-length: {length}\r\n\r\n").as_bytes());
    bytes.extend_from_slice(request.body());
    bytes.into()
}

/// An answer, as far as a load looks at it.
#[derive(Debug)]
pub struct Answer<'a> {
    pub status: StatusCode,
    pub head: &'a str,
    /// The body, still in chunks if it came so.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Fails unless the answer is a success.
    #[track_caller]
    pub fn ok(self) -> Self {
        let text = String::from_utf8_lossy(self.body);
        assert!(self.status.is_success(), "{}\n{text}", self.head);
        self
    }
}

/// A connection that stays open.
pub struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        Self {
            address,
            stream: dial(address).await,
            buffer: Vec::with_capacity(16 << 10),
        }
    }

    /// Sends a request and reads its answer. Opens the connection again where the last answer ended it.
    pub async fn exchange(&mut self, request: &[u8]) -> Answer<'_> {
        self.buffer.clear();
        self.stream.write_all(request).await.unwrap();
        let (head, end) = loop {
            if self.stream.read_buf(&mut self.buffer).await.unwrap() == 0 {
                panic!("the connection ended within an answer");
            }
            if let Some(found) = self.extent() {
                break found;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head]).unwrap();
        if is_last(text) {
            self.stream = dial(self.address).await;
        }
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: text,
            body: &self.buffer[head + 4..end],
        }
    }

    /// Where the head and the whole answer end, once it is there.
    fn extent(&self) -> Option<(usize, usize)> {
        let head = self
            .buffer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")?;
        let text = std::str::from_utf8(&self.buffer[..head]).unwrap();
        let there = self.buffer.len();
        if let Some(length) = field(text, "content-length") {
            let end = head + 4 + length.parse::<usize>().unwrap();
            (there >= end).then_some((head, end))
        } else if field(text, "transfer-encoding").is_some() {
            self.buffer.ends_with(b"0\r\n\r\n").then_some((head, there))
        } else {
            Some((head, head + 4))
        }
    }
}

async fn dial(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// The value of a header.
pub fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn is_last(head: &str) -> bool {
    field(head, "connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
}

/// What a load came to.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub elapsed: Duration,
    /// Of every request, in order.
    pub latencies: Vec<Duration>,
}

impl Figures {
    pub fn requests(&self) -> usize {
        self.latencies.len()
    }

    pub fn per_second(&self) -> f64 {
        self.requests() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests does not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.latencies.len() - 1;
        self.latencies[(last as f64 * share) as usize]
    }
}

/// When a load ends.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    Elapsed(Duration),
    /// Each connection has sent so many.
    Sent(usize),
}

/// Loads a server: one connection for each list of requests, which it repeats, each sent when the one before
/// it is answered. Every answer must be a success if `must_succeed`.
pub async fn load(
    address: SocketAddr,
    lists: &[Vec<Bytes>],
    until: Until,
    must_succeed: bool,
) -> Figures {
    let mut connections = Vec::new();
    for list in lists {
        connections.push((Connection::open(address).await, Rc::new(list.clone())));
    }
    let start = Instant::now();
    let local = LocalSet::new();
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|(mut connection, list)| {
            local.spawn_local(async move {
                let mut latencies = Vec::with_capacity(4_096);
                for request in list.iter().cycle() {
                    let sent = Instant::now();
                    let is_over = match until {
                        Until::Elapsed(time) => sent - start >= time,
                        Until::Sent(count) => latencies.len() >= count,
                    };
                    if is_over {
                        break;
                    }
                    let answer = connection.exchange(request).await;
                    if must_succeed {
                        answer.ok();
                    }
                    latencies.push(sent.elapsed());
                }
                latencies
            })
        })
        .collect();
    local.await;
    let elapsed = start.elapsed();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    latencies.sort_unstable();
    Figures { elapsed, latencies }
}
