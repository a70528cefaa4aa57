//! Ports for services that must know each other's address before either has started.
//!
//! Port 0 would be simpler, but each service's configuration names the other. The ports come from below the range from which
//! the kernel serves port 0, so nobody is given one of them by chance; each is tried before it is handed out.

use std::{
    collections::HashSet,
    net::{Ipv4Addr, TcpListener},
    sync::{Mutex, PoisonError},
};

use anyhow::bail;
use shared_types::entropy::{SystemEntropy, random_bytes};

static TAKEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

const FIRST: u16 = 12_000;
const COUNT: u16 = 18_000;

/// A port of the loopback interface that nobody listens on, given out once in this process.
pub fn free() -> anyhow::Result<u16> {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = taken.get_or_insert_with(HashSet::new);
    for _ in 0..200 {
        let draw = u16::from_be_bytes(random_bytes::<2>(&SystemEntropy));
        let port = FIRST + draw % COUNT;
        if !taken.contains(&port) && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            taken.insert(port);
            return Ok(port);
        }
    }
    bail!("no free port found between {FIRST} and {}", FIRST + COUNT)
}
