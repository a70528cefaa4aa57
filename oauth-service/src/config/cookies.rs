//! `serve.cookies` (contract 3.10).

use super::{read::Reader, urls::Urls};

/// When a browser sends a cookie along from another site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SameSite {
    /// With links.
    Lax,
    /// Never.
    Strict,
    /// Always.
    None,
}

/// Names and attributes of this server's cookies.
#[derive(Debug, Clone)]
pub(crate) struct Cookies {
    pub(crate) domain: Option<String>,
    pub(crate) secure: bool,
    pub(crate) same_site: SameSite,
    /// A second cookie without `SameSite`, for browsers that misread it.
    pub(crate) legacy_workaround: bool,
    pub(crate) names: CookieNames,
    pub(crate) session_path: String,
}

/// Base names; a CSRF cookie's goes on with the client.
#[derive(Debug, Clone)]
pub(crate) struct CookieNames {
    pub(crate) login_csrf: String,
    pub(crate) consent_csrf: String,
    pub(crate) device_csrf: String,
    pub(crate) session: String,
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>, urls: &Urls, dev: bool) -> Cookies {
    let suffix = if dev { "_dev" } else { "" };
    let name = |key: &str, default: &str| {
        let base = r.text(&format!("serve.cookies.names.{key}")).unwrap_or_else(|| default.to_owned());
        format!("{base}{suffix}")
    };
    // A cookie without `Secure` is for development alone.
    let secure = !dev || r.flag("serve.cookies.secure", false);
    Cookies {
        domain: r.text("serve.cookies.domain"),
        secure,
        same_site: same_site(r, urls.is_https() && secure, dev),
        legacy_workaround: r.flag("serve.cookies.same_site_legacy_workaround", false),
        names: CookieNames {
            login_csrf: name("login_csrf", "ory_hydra_login_csrf"),
            consent_csrf: name("consent_csrf", "ory_hydra_consent_csrf"),
            device_csrf: name("device_csrf", "ory_hydra_device_csrf"),
            session: name("session", "ory_hydra_session"),
        },
        session_path: r.text("serve.cookies.paths.session").unwrap_or_else(|| "/".to_owned()),
    }
}

fn same_site(r: &Reader<'_>, https: bool, dev: bool) -> SameSite {
    let default = if dev { "Lax" } else { "None" };
    let name = r.text("serve.cookies.same_site_mode").unwrap_or_else(|| default.to_owned());
    match name.to_ascii_lowercase().as_str() {
        "strict" => SameSite::Strict,
        "none" if https => SameSite::None,
        // Browsers drop `SameSite=None` cookies that are not `Secure`.
        "lax" | "none" => SameSite::Lax,
        _ => {
            r.problem("serve.cookies.same_site_mode", "must be Strict, Lax or None");
            SameSite::Lax
        }
    }
}
