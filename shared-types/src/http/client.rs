//! The one outgoing HTTP client: time limits, size limits, no redirects, and for addresses that come from data (client
//! registrations, web hooks) a refusal of private networks after name resolution.

use std::{net::IpAddr, sync::Arc, time::Duration};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// A reply larger than this is an error.
const MAX_REPLY: usize = 5 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request to send.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// `GET`, `POST`, ..
    pub method: String,
    /// Where to.
    pub url: Url,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// From connecting to the last byte of the reply; 30 s when absent.
    pub timeout: Option<Duration>,
}

impl HttpRequest {
    /// A request without headers and body.
    pub fn new(method: impl Into<String>, url: Url) -> Self {
        Self { method: method.into(), url, headers: Vec::new(), body: Vec::new(), timeout: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, value: &serde_json::Value) -> Self {
        self.body = value.to_string().into_bytes();
        self.header("content-type", "application/json")
    }
}

/// What came back, whatever its status.
#[derive(Debug, Clone)]
pub struct HttpReply {
    /// The HTTP status.
    pub status: u16,
    /// Header names (lower-case) and values.
    pub headers: Vec<(String, String)>,
    /// At most 5 MiB.
    pub body: Vec<u8>,
}

/// Why no reply came.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address is not one this client may call.
    #[error("{0} is in a private or local network, which is not allowed here")]
    Refused(String),
    /// The request cannot be written as HTTP.
    #[error("the request is not valid: {0}")]
    Invalid(String),
    /// It took too long.
    #[error("no answer from {0} in time")]
    Timeout(String),
    /// No connection, or it broke.
    #[error("{0} could not be reached")]
    Unreachable(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The reply is larger than 5 MiB.
    #[error("the reply of {0} is too large")]
    TooLarge(String),
}

/// What a guarded client lets through.
#[derive(Debug, Clone, Default)]
pub struct GuardOptions {
    /// Refuse private, loopback, link-local and other special networks.
    pub disallow_private_ip_ranges: bool,
    /// URLs excepted from that, `*` standing for anything.
    pub private_ip_exception_urls: Vec<String>,
}

/// Sends requests; keeps connections for reuse. Cloning shares them.
#[derive(Debug, Clone)]
pub struct HttpClient {
    open: reqwest::Client,
    guarded: reqwest::Client,
    guard: Arc<GuardOptions>,
}

/// The TLS library or the resolver could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct SetUpError(#[source] reqwest::Error);

impl HttpClient {
    /// For peers an operator named in the configuration: any address.
    pub fn trusted() -> Result<Self, SetUpError> {
        Self::guarded(GuardOptions::default())
    }

    /// For a command line told to skip the check of certificates (`--skip-tls-verify`); a service never uses it.
    pub fn without_tls_verification() -> Result<Self, SetUpError> {
        let open = builder().tls_danger_accept_invalid_certs(true).build().map_err(SetUpError)?;
        Ok(Self { guarded: open.clone(), open, guard: Arc::new(GuardOptions::default()) })
    }

    /// For addresses that come from data.
    pub fn guarded(options: GuardOptions) -> Result<Self, SetUpError> {
        let open = builder().build().map_err(SetUpError)?;
        let guarded = builder().dns_resolver(Arc::new(PublicOnly)).build().map_err(SetUpError)?;
        Ok(Self { open, guarded, guard: Arc::new(options) })
    }

    /// Sends a request and reads the whole reply.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpReply, HttpError> {
        let client = self.client_for(&request.url)?;
        let origin = request.url.origin().ascii_serialization();
        let method = request.method.parse().map_err(|_| HttpError::Invalid(format!("method {:?}", request.method)))?;
        let mut call = client.request(method, request.url).timeout(request.timeout.unwrap_or(TIMEOUT));
        for (name, value) in request.headers {
            call = call.header(name, value);
        }
        if !request.body.is_empty() {
            call = call.body(request.body);
        }
        let reply = call.send().await.map_err(|e| failure(&origin, e))?;
        let status = reply.status().as_u16();
        let headers = reply
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = read(&origin, reply).await?;
        Ok(HttpReply { status, headers, body })
    }

    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HttpError::Invalid(format!("scheme {:?}", url.scheme())));
        }
        if !self.guard.disallow_private_ip_ranges || self.is_excepted(url) {
            return Ok(&self.open);
        }
        // A literal address is not resolved, so it is looked at here; names are looked at when they are resolved.
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            _ => None,
        };
        match literal {
            Some(ip) if !is_public(ip) => Err(HttpError::Refused(ip.to_string())),
            _ => Ok(&self.guarded),
        }
    }

    fn is_excepted(&self, url: &Url) -> bool {
        self.guard.private_ip_exception_urls.iter().any(|pattern| glob(pattern, url.as_str()))
    }
}

fn builder() -> reqwest::ClientBuilder {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes an HTTP client")]
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(Duration::from_mins(1))
        .user_agent(concat!("portico/", env!("CARGO_PKG_VERSION")))
        // A proxy from the environment would see what the guard refuses.
        .no_proxy()
}

async fn read(origin: &str, mut reply: reqwest::Response) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(part) = reply.chunk().await.map_err(|e| failure(origin, e))? {
        if body.len() + part.len() > MAX_REPLY {
            return Err(HttpError::TooLarge(origin.to_owned()));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn failure(origin: &str, error: reqwest::Error) -> HttpError {
    if error.is_timeout() {
        return HttpError::Timeout(origin.to_owned());
    }
    if error.is_builder() || error.is_request() && std::error::Error::source(&error).is_none() {
        return HttpError::Invalid(error.without_url().to_string());
    }
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(inner) = source {
        if inner.is::<PrivateOnly>() {
            return HttpError::Refused(origin.to_owned());
        }
        source = inner.source();
    }
    HttpError::Unreachable(origin.to_owned(), Box::new(error.without_url()))
}

/// A name with private addresses alone.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to no public address")]
struct PrivateOnly;

/// The internet of a test: one server that stands for all.
#[cfg(feature = "testing")]
mod detour {
    use std::{net::SocketAddr, sync::Arc};

    use reqwest::dns::{Addrs, Name, Resolve, Resolving};

    use super::{GuardOptions, HttpClient, SetUpError, builder};

    struct To(SocketAddr);

    impl Resolve for To {
        fn resolve(&self, _name: Name) -> Resolving {
            let there: Addrs = Box::new(std::iter::once(self.0));
            Box::pin(std::future::ready(Ok(there)))
        }
    }

    impl HttpClient {
        /// For tests: whatever its name, it is found there; `root` (PEM) vouches for it.
        pub fn leading_to(there: SocketAddr, root: &[u8]) -> Result<Self, SetUpError> {
            let root = reqwest::Certificate::from_pem(root).map_err(SetUpError)?;
            let open =
                builder().dns_resolver(Arc::new(To(there))).tls_certs_merge([root]).build().map_err(SetUpError)?;
            Ok(Self { guarded: open.clone(), open, guard: Arc::new(GuardOptions::default()) })
        }
    }
}

/// Resolves names and keeps the public addresses, so that a name cannot point inwards.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|addr| is_public(addr.ip())).collect();
            if found.is_empty() {
                return Err(PrivateOnly.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b & 0xfe) == 18))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let embedded_v4 = first == 0x2002 || v6.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || embedded_v4
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                || (first == 0x2001 && v6.segments()[1] == 0x0db8)
                || v6.segments()[..6] == [0; 6])
        }
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for any run of characters.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| text.strip_prefix(head)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests;
