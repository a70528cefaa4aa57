//! Listening on a Unix socket: a file whose owner, group and mode say who may connect. It is there as long as somebody
//! listens, and a file that was left behind by a process that is gone is in nobody's way.

use std::{
    fs, io,
    net::TcpListener,
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _, chown},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

use super::server::{self, ListenError, ListenOptions};

/// Where to listen, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketOptions {
    /// The file.
    pub path: PathBuf,
    /// Its owner, by name or number; otherwise who runs the process.
    pub owner: Option<String>,
    /// Its group, likewise.
    pub group: Option<String>,
    /// Its mode: who may connect.
    pub mode: u32,
}

/// The file of a socket, which goes when this goes.
#[derive(Debug)]
pub struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Somebody may have taken it away already.
        let _ = fs::remove_file(&self.0);
    }
}

/// What a listener listens on.
#[derive(Debug)]
pub enum Socket {
    /// An address.
    Tcp(TcpListener),
    /// A file, for as long as the second part lives.
    Unix(UnixListener, SocketFile),
}

impl Socket {
    /// Opens the file where one is configured, else the address.
    pub fn open(
        name: &'static str,
        address: &ListenOptions,
        file: Option<&SocketOptions>,
    ) -> Result<Self, ListenError> {
        match file {
            Some(options) => bind(name, options).map(|(listener, file)| Self::Unix(listener, file)),
            None => server::bind(name, address).map(Self::Tcp),
        }
    }

    /// The port that was taken; a file has none.
    pub fn port(&self) -> io::Result<Option<u16>> {
        match self {
            Self::Tcp(socket) => socket.local_addr().map(|address| Some(address.port())),
            Self::Unix(..) => Ok(None),
        }
    }
}

/// Opens a socket.
pub fn bind(name: &'static str, options: &SocketOptions) -> Result<(UnixListener, SocketFile), ListenError> {
    let address = format!("unix:{}", options.path.display());
    let failed = |source: io::Error| ListenError::Bind { name, address: address.clone(), source };
    clear(&options.path).map_err(failed)?;
    let listener = UnixListener::bind(&options.path).map_err(failed)?;
    let file = SocketFile(options.path.clone());
    listener.set_nonblocking(true).map_err(failed)?;
    let owner = options.owner.as_deref().map(|owner| id("/etc/passwd", owner)).transpose().map_err(failed)?;
    let group = options.group.as_deref().map(|group| id("/etc/group", group)).transpose().map_err(failed)?;
    if owner.is_some() || group.is_some() {
        chown(&options.path, owner, group).map_err(failed)?;
    }
    fs::set_permissions(&options.path, fs::Permissions::from_mode(options.mode)).map_err(failed)?;
    Ok((listener, file))
}

/// Takes away the socket of a process that is gone; any other file stays, and is an error.
fn clear(path: &Path) -> io::Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !kind.is_socket() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file of that name, which is no socket"));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        _ => Err(io::Error::new(io::ErrorKind::AddrInUse, "somebody else listens there already")),
    }
}

/// The number of a user or group: the third field of its line.
fn id(table: &str, name: &str) -> io::Result<u32> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    let text = fs::read_to_string(table)?;
    let mut rows = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let row = rows.find(|fields| fields.first() == Some(&name));
    row.and_then(|fields| fields.get(2)?.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{table} names no {name:?}; a number will do")))
}

#[cfg(test)]
mod tests;
