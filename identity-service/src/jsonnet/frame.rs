//! What the service and a process that evaluates say to each other: frames of a kind, a length and a body.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind, Read, Write},
};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// No request is larger: a snippet and what it is given.
const MAX_REQUEST: usize = 8 << 20;
/// No answer is larger: a value, or a text that says what is wrong.
const MAX_ANSWER: usize = 2 << 20;
/// The kind and the length.
const HEAD: usize = 5;

/// A snippet to evaluate. Values travel as JSON texts, so that their depth is looked at once, where they are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    /// How messages name the snippet.
    pub(super) name: String,
    pub(super) text: String,
    /// What `std.extVar` gives.
    pub(super) vars: BTreeMap<String, String>,
    /// What the snippet is called with, if it is a function.
    pub(super) args: BTreeMap<String, String>,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The snippet is wrong; where and why.
    Wrong(String),
    /// The snippet says `error 'cancel'`.
    Cancelled,
    /// The value is larger than a value may be.
    TooLarge,
}

/// The JSON text of a value, or why there is none.
pub(super) type Outcome = Result<String, Stop>;

/// What a process answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has limited itself and waits for requests.
    Ready,
    /// It could not limit itself, and will not work.
    Unfit(String),
    /// What came of a request.
    Outcome(Outcome),
}

const REQUEST: u8 = b'?';
const READY: u8 = b'!';
const UNFIT: u8 = b'#';
const VALUE: u8 = b'=';
const WRONG: u8 = b'e';
const CANCELLED: u8 = b'x';
const TOO_LARGE: u8 = b'+';

impl Request {
    /// The request as a frame; none when it is larger than a request may be.
    pub(super) fn frame(&self) -> Option<Vec<u8>> {
        let body = serde_json::to_vec(self).ok().filter(|body| body.len() <= MAX_REQUEST)?;
        Some(frame(REQUEST, &body))
    }

    /// The next request; none when there will be no more.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut head = [0; HEAD];
        match from.read_exact(&mut head) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let (kind, length) = split(head, MAX_REQUEST)?;
        if kind != REQUEST {
            return Err(garbled());
        }
        let mut body = vec![0; length];
        from.read_exact(&mut body)?;
        Ok(Some(serde_json::from_slice(&body)?))
    }
}

impl Answer {
    fn frame(&self) -> Vec<u8> {
        match self {
            Self::Ready => frame(READY, b""),
            Self::Unfit(why) => frame(UNFIT, why.as_bytes()),
            Self::Outcome(Ok(json)) => frame(VALUE, json.as_bytes()),
            Self::Outcome(Err(Stop::Wrong(why))) => frame(WRONG, why.as_bytes()),
            Self::Outcome(Err(Stop::Cancelled)) => frame(CANCELLED, b""),
            Self::Outcome(Err(Stop::TooLarge)) => frame(TOO_LARGE, b""),
        }
    }

    /// Sends the answer.
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&self.frame())?;
        to.flush()
    }

    /// The next answer.
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let mut head = [0; HEAD];
        from.read_exact(&mut head).await?;
        let (kind, length) = split(head, MAX_ANSWER)?;
        let mut body = vec![0; length];
        from.read_exact(&mut body).await?;
        let text = String::from_utf8(body).map_err(|_| garbled())?;
        Ok(match kind {
            READY => Self::Ready,
            UNFIT => Self::Unfit(text),
            VALUE => Self::Outcome(Ok(text)),
            WRONG => Self::Outcome(Err(Stop::Wrong(text))),
            CANCELLED => Self::Outcome(Err(Stop::Cancelled)),
            TOO_LARGE => Self::Outcome(Err(Stop::TooLarge)),
            _ => return Err(garbled()),
        })
    }
}

/// Sends a frame that was made before.
pub(super) async fn send(to: &mut (impl AsyncWrite + Unpin), frame: &[u8]) -> io::Result<()> {
    to.write_all(frame).await?;
    to.flush().await
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut frame = Vec::with_capacity(HEAD + body.len());
    frame.push(kind);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(body);
    frame
}

fn split(head: [u8; HEAD], most: usize) -> io::Result<(u8, usize)> {
    let [kind, length @ ..] = head;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > most { Err(garbled()) } else { Ok((kind, length)) }
}

fn garbled() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "what was read is no frame")
}
