//! One mail as it came: its envelope, and its source read as far as the tests ask (RFC 5322, RFC 2045).

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A mail with its envelope.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub source: String,
}

impl Mail {
    /// A header by name, folded lines joined; encoded words are left as they are.
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.source, name)
    }

    /// The plain-text part.
    pub fn text(&self) -> String {
        self.part("text/plain").unwrap_or_default()
    }

    /// The HTML part.
    pub fn html(&self) -> String {
        self.part("text/html").unwrap_or_default()
    }

    /// The first run of six digits in the plain text: the code of the mails that carry one.
    pub fn code(&self) -> anyhow::Result<String> {
        let text = self.text();
        text.split(|c: char| !c.is_ascii_digit())
            .find(|run| run.len() == 6)
            .map(str::to_owned)
            .with_context(|| format!("no six digits in this mail:\n{text}"))
    }

    /// The first link of the plain text.
    pub fn link(&self) -> anyhow::Result<String> {
        let text = self.text();
        let start = text.find("http").with_context(|| format!("no link in this mail:\n{text}"))?;
        let rest = text.get(start..).unwrap_or_default();
        Ok(rest.split(char::is_whitespace).next().unwrap_or_default().to_owned())
    }

    fn part(&self, kind: &str) -> Option<String> {
        let boundary = boundary(&self.header("Content-Type")?);
        let Some(boundary) = boundary else {
            return Some(body(&self.source));
        };
        let separator = format!("--{boundary}");
        self.source
            .split(separator.as_str())
            .find(|part| header(part.trim_start(), "Content-Type").is_some_and(|found| found.starts_with(kind)))
            .map(|part| body(part.trim_start()))
    }
}

fn boundary(content_type: &str) -> Option<String> {
    let (_, rest) = content_type.split_once("boundary=")?;
    let value = rest.split(';').next()?.trim();
    Some(value.trim_matches('"').to_owned())
}

fn header(source: &str, name: &str) -> Option<String> {
    let (head, _) = source.split_once("\r\n\r\n")?;
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.split("\r\n").find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// The body of a part with its transfer encoding undone.
fn body(part: &str) -> String {
    let Some((_, body)) = part.split_once("\r\n\r\n") else {
        return String::new();
    };
    let encoding = header(part, "Content-Transfer-Encoding").unwrap_or_default().to_lowercase();
    match encoding.as_str() {
        "base64" => {
            let text: String = body.chars().filter(|c| !c.is_whitespace()).collect();
            STANDARD.decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_owned(),
    }
}

fn quoted_printable(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'=').and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some(byte) = hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
