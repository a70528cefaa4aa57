//! A web server of a client's: it answers with what it was given and remembers what it was asked.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

#[derive(Default)]
struct Pages {
    /// Status line and headers, then the body.
    answers: HashMap<String, (String, String)>,
    seen: Vec<(String, String)>,
}

/// A server on the loopback that lives as long as the tests.
pub(crate) struct Site {
    origin: String,
    pages: Arc<Mutex<Pages>>,
    visits: Arc<AtomicUsize>,
}

impl Site {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let pages = Arc::new(Mutex::new(Pages::default()));
        let visits = Arc::new(AtomicUsize::new(0));
        let (shared, counted) = (Arc::clone(&pages), Arc::clone(&visits));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = answer(stream, &shared);
            }
        });
        Ok(Self { origin, pages, visits })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// What a path answers from now on.
    pub(crate) fn put(&self, path: &str, body: &str) {
        let answer = ("200 OK".to_owned(), body.to_owned());
        self.pages.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// A path that leads somewhere else.
    pub(crate) fn redirect(&self, path: &str, to: &str) {
        let answer = (format!("302 Found\r\nlocation: {to}"), String::new());
        self.pages.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// What was sent to a path, one entry for each request.
    pub(crate) fn bodies(&self, path: &str) -> Vec<String> {
        let pages = self.pages.lock().unwrap();
        pages.seen.iter().filter(|(known, _)| known == path).map(|(_, body)| body.clone()).collect()
    }

    /// How many connections came, whatever was said on them.
    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> &str {
        self.origin.rsplit(':').next().unwrap_or_default()
    }

    /// Every path that was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.pages.lock().unwrap().seen.iter().map(|(path, _)| path.clone()).collect()
    }

    /// The first body sent to a path, once there is one.
    pub(crate) async fn told(&self, path: &str) -> String {
        for _ in 0..400 {
            if let Some(body) = self.bodies(path).into_iter().next() {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing came to {path}");
    }
}

fn answer(mut stream: TcpStream, pages: &Mutex<Pages>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
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
    let missing = ("404 Not Found".to_owned(), String::new());
    let (status, text) = pages.answers.get(&path).unwrap_or(&missing);
    write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}", text.len())
}
