//! `courier`: where mails go out (contract §8).

use std::{path::PathBuf, time::Duration};

use shared_types::secret::Secret;
use url::Url;

use super::read::Reader;

/// Everything below `courier`.
#[derive(Debug, Clone)]
pub(crate) struct Courier {
    /// Absent: mails stay in the queue.
    pub(crate) smtp: Option<Smtp>,
    /// Tries after the first before a message is given up.
    pub(crate) message_retries: i32,
    pub(crate) pull_count: i64,
    pub(crate) pull_wait: Duration,
    /// Run the worker inside `serve`.
    pub(crate) watch: bool,
    sms: bool,
}

impl Courier {
    /// Whether a channel for text messages is configured.
    pub(crate) const fn sends_sms(&self) -> bool {
        self.sms
    }
}

/// How to reach the mail server.
#[derive(Debug, Clone)]
pub(crate) struct Smtp {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: SmtpSecurity,
    /// The name the certificate must carry, when it is not the host.
    pub(crate) server_name: Option<String>,
    /// Accept any certificate: for test servers.
    pub(crate) skip_verify: bool,
    pub(crate) user: Option<(String, Secret<String>)>,
    pub(crate) from_address: String,
    pub(crate) from_name: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    /// What we call ourselves in EHLO.
    pub(crate) local_name: String,
    pub(crate) client_cert: Option<(PathBuf, PathBuf)>,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmtpSecurity {
    /// TLS from the first byte (`smtps://`).
    Implicit,
    /// STARTTLS or nothing (`smtp://`).
    StartTls,
    /// In clear (`smtp://..?disable_starttls=true`).
    Plain,
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> Courier {
    let strategy = "courier.delivery_strategy";
    if r.text(strategy).is_some_and(|text| text != "smtp") {
        r.warn(format!("{strategy}: only \"smtp\" is supported yet"));
    }
    Courier {
        smtp: smtp(r),
        message_retries: r.number("courier.message_retries", 5, 0..=1000),
        pull_count: r.number("courier.worker.pull_count", 10, 1..=1000),
        pull_wait: r.duration("courier.worker.pull_wait", Duration::from_secs(1)),
        watch: r.flag("watch-courier", false),
        sms: r.items("courier.channels").iter().any(|(_, channel)| channel.get("id").is_some_and(|id| id == "sms")),
    }
}

fn smtp(r: &Reader<'_>) -> Option<Smtp> {
    let path = "courier.smtp.connection_uri";
    let url: Url = r.parsed(path)?;
    let option = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let is_set = |name: &str| option(name).is_some_and(|value| value == "true");
    let security = match url.scheme() {
        "smtps" => SmtpSecurity::Implicit,
        "smtp" if is_set("disable_starttls") => SmtpSecurity::Plain,
        "smtp" => SmtpSecurity::StartTls,
        _ => {
            r.problem(path, "must start with smtp:// or smtps://");
            return None;
        }
    };
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        r.problem(path, "names no host");
        return None;
    };
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let user = decoded(url.username());
    let password = url.password().map(decoded).unwrap_or_default();
    let cert = r.text("courier.smtp.client_cert_path").zip(r.text("courier.smtp.client_key_path"));
    Some(Smtp {
        host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: url.port().unwrap_or(if security == SmtpSecurity::Implicit { 465 } else { 587 }),
        security,
        server_name: option("server_name"),
        skip_verify: is_set("skip_ssl_verify"),
        user: (!user.is_empty()).then(|| (user, Secret::new(password))),
        from_address: r.text("courier.smtp.from_address").unwrap_or_else(|| "no-reply@ory.kratos.sh".to_owned()),
        from_name: r.text("courier.smtp.from_name"),
        headers: r.text_map("courier.smtp.headers"),
        local_name: r.text("courier.smtp.local_name").unwrap_or_else(|| "localhost".to_owned()),
        client_cert: cert.map(|(cert, key)| (cert.into(), key.into())),
    })
}
