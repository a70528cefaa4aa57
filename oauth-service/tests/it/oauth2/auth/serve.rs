//! Another party's web server: it answers with what it was given, counts who comes and remembers what was posted.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

#[derive(Default)]
struct Pages {
    bodies: HashMap<String, String>,
    seen: Vec<(String, String)>,
    failures: HashMap<String, usize>,
}

/// A server on loopback that lives as long as the test.
pub(crate) struct Served {
    origin: String,
    pages: Arc<Mutex<Pages>>,
}

impl Served {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let pages = Arc::new(Mutex::new(Pages::default()));
        let shared = Arc::clone(&pages);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &shared);
            }
        });
        Self { origin, pages }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn put(&self, path: &str, body: String) {
        self.pages.lock().unwrap().bodies.insert(path.to_owned(), body);
    }

    /// Has a path fail so many times first.
    pub(crate) fn fail(&self, path: &str, times: usize) {
        self.pages.lock().unwrap().failures.insert(path.to_owned(), times);
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.bodies(path).len()
    }

    /// What was sent to a path.
    pub(crate) fn bodies(&self, path: &str) -> Vec<String> {
        let pages = self.pages.lock().unwrap();
        pages.seen.iter().filter(|(known, _)| known == path).map(|(_, body)| body.clone()).collect()
    }
}

fn answer(mut stream: TcpStream, pages: &Mutex<Pages>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut pages = pages.lock().unwrap();
    pages.seen.push((path.clone(), String::from_utf8_lossy(&body).into_owned()));
    let fails = pages.failures.get_mut(&path).filter(|times| **times > 0).map(|times| *times -= 1).is_some();
    let (status, text) = match pages.bodies.get(&path) {
        _ if fails => ("503 Service Unavailable", String::new()),
        Some(text) => ("200 OK", text.clone()),
        None => ("404 Not Found", String::new()),
    };
    write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}", text.len())
}
