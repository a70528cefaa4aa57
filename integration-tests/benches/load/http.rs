//! A keep-alive HTTP/1.1 connection with as little between the request's bytes and the socket as can be.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// One connection and the answer it read last.
pub(crate) struct Connection {
    address: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// An answer; it lives until the next request on its connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    head: &'a str,
    pub(crate) body: &'a [u8],
}

impl<'a> Response<'a> {
    /// Every value of a header, in order.
    pub(crate) fn headers(self, name: &'static str) -> impl Iterator<Item = &'a str> {
        self.head.split("\r\n").filter_map(move |line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// This status, or an error that shows the body.
    pub(crate) fn expect(self, status: u16) -> anyhow::Result<Self> {
        if self.status != status {
            bail!("{} instead of {status}: {}", self.status, String::from_utf8_lossy(self.body));
        }
        Ok(self)
    }

    pub(crate) fn location(self) -> anyhow::Result<&'a str> {
        self.headers("location").next().with_context(|| format!("{} without a Location", self.status))
    }

    pub(crate) fn json(self) -> anyhow::Result<serde_json::Value> {
        Ok(serde_json::from_slice(self.body)?)
    }
}

/// A request as it goes over the wire.
pub(crate) fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let (host, path) = split(url);
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n");
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    if !body.is_empty() || method != "GET" {
        let _ = write!(text, "content-length: {}\r\n", body.len());
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// Host with port, and path with query, of an `http://` address.
fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    rest.find('/').map_or((rest, "/"), |at| rest.split_at(at))
}

impl Connection {
    pub(crate) fn to(url: &str) -> Self {
        Self { address: split(url).0.to_owned(), stream: None, buffer: Vec::with_capacity(8192) }
    }

    /// One request and its answer. A connection that failed is opened again for the next.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Response<'_>> {
        let mut stream = if let Some(stream) = self.stream.take() {
            stream
        } else {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            stream
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        let answer = read_answer(&mut stream, &mut self.buffer).await?;
        if !answer.closes {
            self.stream = Some(stream);
        }
        let head = std::str::from_utf8(self.buffer.get(..answer.head).unwrap_or_default())?;
        let body = self.buffer.get(answer.head + 4..).unwrap_or_default();
        Ok(Response { status: answer.status, head, body })
    }
}

struct Read {
    status: u16,
    /// Where the head ends in the buffer; the body begins four bytes later.
    head: usize,
    closes: bool,
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<Read> {
    let head = loop {
        more(stream, buffer).await?;
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
    };
    let text = std::str::from_utf8(buffer.get(..head).unwrap_or_default())?;
    let status = text.get(9..12).and_then(|digits| digits.parse().ok()).context("not an HTTP answer")?;
    let header = |name: &str| {
        text.split("\r\n").find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let closes = header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let length: Option<usize> = header("content-length").and_then(|value| value.parse().ok());
    let chunked = header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    if let Some(length) = length {
        while buffer.len() < head + 4 + length {
            more(stream, buffer).await?;
        }
    } else if chunked {
        read_chunks(stream, buffer, head + 4).await?;
    }
    Ok(Read { status, head, closes })
}

/// Reads to the last chunk and leaves the body without its framing.
async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>, start: usize) -> anyhow::Result<()> {
    let mut at = start;
    let mut body = Vec::new();
    loop {
        let line_end = loop {
            let found = buffer.get(at..).unwrap_or_default().windows(2).position(|two| two == b"\r\n");
            match found {
                Some(offset) => break at + offset,
                None => more(stream, buffer).await?,
            }
        };
        let size = std::str::from_utf8(buffer.get(at..line_end).unwrap_or_default())?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)?;
        while buffer.len() < line_end + 2 + size + 2 {
            more(stream, buffer).await?;
        }
        if size == 0 {
            break;
        }
        body.extend_from_slice(buffer.get(line_end + 2..line_end + 2 + size).unwrap_or_default());
        at = line_end + 2 + size + 2;
    }
    buffer.truncate(start);
    buffer.extend_from_slice(&body);
    Ok(())
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<()> {
    if stream.read_buf(buffer).await? == 0 {
        bail!("the connection was closed in the middle of an answer");
    }
    Ok(())
}
