//! `courier`: where messages go out, and what they say (contract §8).

mod texts;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use shared_types::secret::Secret;
use url::Url;

pub(crate) use self::texts::OwnText;
use super::{
    read::Reader,
    request::{self, Request},
};

/// Everything below `courier`.
#[derive(Debug, Clone)]
pub(crate) struct Courier {
    /// The mail server. Absent, and no `mail_gateway` either: mails stay in the queue.
    pub(crate) smtp: Option<Smtp>,
    /// E-mail goes out by this request, not by SMTP.
    pub(crate) mail_gateway: Option<Request>,
    /// Text messages go out by this request. Absent: there are none.
    pub(crate) sms_gateway: Option<Request>,
    /// Tries after the first before a message is given up.
    pub(crate) message_retries: i32,
    /// How long a message is kept after it was sent or given up; zero is for ever.
    pub(crate) message_retention: Duration,
    pub(crate) pull_count: i64,
    pub(crate) pull_wait: Duration,
    /// Run the worker inside `serve`.
    pub(crate) watch: bool,
    /// Where a worker of its own shows figures.
    pub(crate) figures_port: Option<u16>,
    /// A folder with texts that replace ours.
    pub(crate) template_override_path: Option<PathBuf>,
    /// Texts that replace ours, and those in the folder.
    pub(crate) templates: Vec<OwnText>,
}

impl Courier {
    /// Whether a channel for text messages is configured.
    pub(crate) const fn sends_sms(&self) -> bool {
        self.sms_gateway.is_some()
    }

    /// The texts in the folder, as far as it can be read.
    pub(super) fn override_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        if let Some(root) = &self.template_override_path {
            walk(root, 3, &mut files);
        }
        files.sort_unstable();
        files
    }

    /// The requests messages go out by, and where each stands in the configuration.
    pub(super) fn gateways(&self) -> impl Iterator<Item = (&'static str, &Request)> {
        let mail = self.mail_gateway.as_ref().map(|request| ("e-mail", request));
        mail.into_iter().chain(self.sms_gateway.as_ref().map(|request| ("sms", request)))
    }
}

/// The templates below a folder: a folder for each message, and in it one for each variant.
fn walk(folder: &Path, depth: usize, into: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            if depth > 1 {
                walk(&path, depth - 1, into);
            }
        } else if path.extension().is_some_and(|ending| ending == "gotmpl") {
            into.push(path);
        }
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
    /// Whether a server in a private network is refused.
    pub(crate) public_only: bool,
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
    let (by_channel, sms_gateway) = channels(r);
    let mail_gateway = match by_channel {
        MailBy::Unsaid => by_strategy(r),
        MailBy::Smtp => None,
        MailBy::Gateway(request) => request.map(|request| *request),
    };
    Courier {
        smtp: smtp(r),
        mail_gateway,
        sms_gateway,
        message_retries: r.number("courier.message_retries", 5, 0..=1000),
        message_retention: r.duration("courier.message_retention", Duration::from_hours(720)),
        pull_count: r.number("courier.worker.pull_count", 10, 1..=1000),
        pull_wait: r.duration("courier.worker.pull_wait", Duration::from_secs(1)),
        watch: r.flag("watch-courier", false),
        figures_port: match r.number("expose-metrics-port", 0_u16, 0..=u16::MAX) {
            0 => None,
            port => Some(port),
        },
        template_override_path: r.text("courier.template_override_path").map(PathBuf::from),
        templates: texts::read(r),
    }
}

/// How e-mail goes out when no channel says it.
fn by_strategy(r: &Reader<'_>) -> Option<Request> {
    let path = "courier.delivery_strategy";
    match r.text(path).as_deref() {
        None | Some("smtp") => None,
        Some("http") => request::read(r, "courier.http.request_config"),
        Some(_) => {
            r.problem(path, "must be \"smtp\" or \"http\"");
            None
        }
    }
}

/// What the channels say of e-mail.
enum MailBy {
    Unsaid,
    Smtp,
    /// By this request, unless it cannot be used.
    Gateway(Option<Box<Request>>),
}

/// The channels: how e-mail goes out, and by which request text messages do.
fn channels(r: &Reader<'_>) -> (MailBy, Option<Request>) {
    let (mut mail, mut sms) = (MailBy::Unsaid, None);
    for (path, _) in r.items("courier.channels") {
        let at = |name: &str| format!("{path}.{name}");
        let kind = r.text(&at("type")).unwrap_or_else(|| "http".to_owned());
        match (r.text(&at("id")).as_deref(), kind.as_str()) {
            (Some("email"), _) if !matches!(mail, MailBy::Unsaid) => {
                r.problem(&path, "there is a channel for e-mail already");
            }
            (Some("sms"), _) if sms.is_some() => r.problem(&path, "there is a channel for text messages already"),
            (Some("email"), "smtp") => mail = MailBy::Smtp,
            (Some("email"), "http") => mail = MailBy::Gateway(request::read(r, &at("request_config")).map(Box::new)),
            (Some("sms"), "http") => sms = request::read(r, &at("request_config")),
            (Some("sms"), "smtp") => r.problem(&at("type"), "text messages cannot go by SMTP"),
            (Some("email" | "sms"), _) => r.problem(&at("type"), "must be \"http\" or \"smtp\""),
            _ => r.problem(&at("id"), "must be \"sms\" or \"email\""),
        }
    }
    (mail, sms)
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
    let cert = r.text("courier.smtp.client_cert_path");
    let key = r.text("courier.smtp.client_key_path");
    if cert.is_some() != key.is_some() {
        r.problem("courier.smtp.client_cert_path", "and client_key_path go together: one is missing");
    }
    let cert = cert.zip(key);
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
        public_only: r.flag("clients.smtp.disallow_private_ip_ranges", false),
    })
}

#[cfg(test)]
mod tests;
