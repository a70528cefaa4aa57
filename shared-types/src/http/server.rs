//! Listeners: binding with a clear error, TLS, and stopping.

use std::{net::TcpListener, path::PathBuf, time::Duration};

use openssl::ssl::{SslAcceptor, SslAcceptorBuilder, SslFiletype, SslMethod};

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenOptions {
    /// An address or a name; empty is every address.
    pub host: String,
    /// 0 lets the system choose.
    pub port: u16,
    /// TLS, if the listener speaks it.
    pub tls: Option<TlsOptions>,
}

/// A certificate chain and its key, each from a file or given in base64 (PEM inside).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsOptions {
    /// The certificate, then its issuers.
    pub cert: PemSource,
    /// The private key.
    pub key: PemSource,
}

/// Where a PEM text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PemSource {
    /// A file.
    Path(PathBuf),
    /// The text itself.
    Inline(crate::secret::Secret<String>),
}

/// A listener that cannot be opened; the text is one clear line.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else listens there.
    #[error("{name} port {address} is already in use; stop what listens there or configure another port")]
    Busy {
        /// `public` or `admin`.
        name: &'static str,
        /// Host and port.
        address: String,
    },
    /// Any other reason.
    #[error("cannot listen on {name} {address}: {source}")]
    Bind {
        /// `public` or `admin`.
        name: &'static str,
        /// Host and port.
        address: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The certificate or key cannot be used.
    #[error("TLS of the {name} listener: {reason}")]
    Tls {
        /// `public` or `admin`.
        name: &'static str,
        /// What is wrong.
        reason: String,
    },
}

/// Opens a listener.
pub fn bind(name: &'static str, options: &ListenOptions) -> Result<TcpListener, ListenError> {
    let host = if options.host.is_empty() { "0.0.0.0" } else { options.host.as_str() };
    let address = format!("{host}:{}", options.port);
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => ListenError::Busy { name, address: address.clone() },
        _ => ListenError::Bind { name, address: address.clone(), source },
    };
    let listener = TcpListener::bind((host.trim_matches(['[', ']']), options.port)).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

/// The TLS settings of a listener: TLS 1.2 and 1.3 with Mozilla's intermediate ciphers.
pub fn tls(name: &'static str, options: &TlsOptions) -> Result<SslAcceptorBuilder, ListenError> {
    let fail = |what: &str, e: &dyn std::fmt::Display| ListenError::Tls { name, reason: format!("{what}: {e}") };
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).map_err(|e| fail("set-up", &e))?;
    match &options.cert {
        PemSource::Path(path) => builder
            .set_certificate_chain_file(path)
            .map_err(|_| fail(&path.display().to_string(), &"is not a readable certificate chain in PEM"))?,
        PemSource::Inline(text) => {
            inline_chain(&mut builder, text.expose().as_bytes()).map_err(|e| fail("certificate", &e))?;
        }
    }
    match &options.key {
        PemSource::Path(path) => builder
            .set_private_key_file(path, SslFiletype::PEM)
            .map_err(|_| fail(&path.display().to_string(), &"is not a readable private key in PEM"))?,
        PemSource::Inline(text) => {
            let key =
                openssl::pkey::PKey::private_key_from_pem(text.expose().as_bytes()).map_err(|e| fail("key", &e))?;
            builder.set_private_key(&key).map_err(|e| fail("key", &e))?;
        }
    }
    builder.check_private_key().map_err(|_| fail("key", &"does not belong to the certificate"))?;
    Ok(builder)
}

fn inline_chain(builder: &mut SslAcceptorBuilder, pem: &[u8]) -> Result<(), openssl::error::ErrorStack> {
    let mut chain = openssl::x509::X509::stack_from_pem(pem)?.into_iter();
    if let Some(leaf) = chain.next() {
        builder.set_certificate(&leaf)?;
    }
    chain.try_for_each(|issuer| builder.add_extra_chain_cert(issuer))
}

/// How long a stopping server waits for requests under way.
pub const DRAIN: Duration = Duration::from_mins(2);

/// Waits for the signal to stop: SIGTERM or Ctrl-C.
pub async fn stop_signal() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { () = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => interrupt.await,
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
