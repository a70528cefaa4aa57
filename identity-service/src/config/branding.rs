//! `branding`: what the pages are called and look like. Files are read with the configuration and served by the service
//! itself, so that the policy of the pages allows no more than before.

mod colour;
mod theme;

use std::{fmt::Write as _, path::PathBuf, sync::Arc};

use sha2::{Digest as _, Sha256};
use url::Url;

use self::theme::Themes;
use super::read::Reader;

/// No logo and no style sheet is larger.
const MAX_BYTES: usize = 256 * 1024;
/// From here on a page no longer stays below 50 KB.
const LIGHT: usize = 16 * 1024;

/// Everything below `branding`.
#[derive(Debug, Clone)]
pub(crate) struct Branding {
    /// What the pages call the service.
    pub(crate) name: String,
    pub(crate) logo: Option<Logo>,
    /// Colours and the operator's own rules.
    pub(crate) style: Option<Arc<BrandFile>>,
    pub(crate) support_url: Option<Url>,
    pub(crate) privacy_url: Option<Url>,
    pub(crate) terms_url: Option<Url>,
    /// The files it is made of.
    files: Vec<PathBuf>,
}

/// Where the logo is.
#[derive(Debug, Clone)]
pub(crate) enum Logo {
    /// Served by this service.
    Here(Arc<BrandFile>),
    /// On another server.
    There(Url),
}

/// A file of the operator's that pages load.
#[derive(Debug)]
pub(crate) struct BrandFile {
    /// Its name, with a hash of its content.
    pub(crate) name: String,
    /// Its media type.
    pub(crate) media: &'static str,
    /// Its content.
    pub(crate) content: Vec<u8>,
}

impl BrandFile {
    fn new(extension: &str, media: &'static str, content: Vec<u8>) -> Arc<Self> {
        let mut name = "brand-".to_owned();
        for byte in Sha256::digest(&content).iter().take(8) {
            let _ = write!(name, "{byte:02x}");
        }
        Arc::new(Self { name: format!("{name}.{extension}"), media, content })
    }
}

/// What the service is called where nobody says otherwise.
pub(crate) const OWN_NAME: &str = "Portico";

impl Branding {
    /// The file of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<BrandFile>> {
        let logo = match &self.logo {
            Some(Logo::Here(file)) => Some(file),
            _ => None,
        };
        logo.into_iter().chain(&self.style).find(|file| file.name == name)
    }

    /// Whether the operator left the name as it is.
    pub(crate) fn is_ours(&self) -> bool {
        self.name == OWN_NAME
    }

    /// The files it is made of.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.files.iter().cloned()
    }
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> Branding {
    let mut files = Vec::new();
    let logo = logo(r, &mut files);
    let style = style(r, &mut files);
    let here = match &logo {
        Some(Logo::Here(file)) => file.content.len(),
        _ => 0,
    };
    if here + style.as_ref().map_or(0, |file| file.content.len()) > LIGHT {
        r.warn("branding: logo and style sheet together make every page heavier than 50 KB".to_owned());
    }
    Branding {
        name: r.text("branding.name").unwrap_or_else(|| OWN_NAME.to_owned()),
        logo,
        style,
        support_url: link(r, "branding.support_url", &["https", "http", "mailto", "tel"]),
        privacy_url: link(r, "branding.privacy_url", &["https", "http"]),
        terms_url: link(r, "branding.terms_url", &["https", "http"]),
        files,
    }
}

fn link(r: &Reader<'_>, path: &str, schemes: &[&str]) -> Option<Url> {
    let url: Url = r.parsed(path)?;
    if schemes.contains(&url.scheme()) {
        return Some(url);
    }
    r.problem(path, format_args!("must begin with one of {}", schemes.join(", ")));
    None
}

const LOGO_FILE: &str = "branding.logo_file";

fn logo(r: &Reader<'_>, files: &mut Vec<PathBuf>) -> Option<Logo> {
    if r.has("branding.logo_url") && r.has("branding.logo_file") {
        r.problem("branding.logo_url", "says the same as branding.logo_file: only one of them can be set");
        return None;
    }
    if let Some(url) = link(r, "branding.logo_url", &["https"]) {
        return Some(Logo::There(url));
    }
    let file = file(r, LOGO_FILE, files)?;
    let name = files.last().and_then(|file| file.extension()?.to_str()).unwrap_or_default().to_ascii_lowercase();
    let media = match name.as_str() {
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        _ => {
            r.problem(LOGO_FILE, "must be an svg, png, jpg or webp file, and be called so");
            return None;
        }
    };
    Some(Logo::Here(BrandFile::new(&name, media, file)))
}

fn style(r: &Reader<'_>, files: &mut Vec<PathBuf>) -> Option<Arc<BrandFile>> {
    let mut css = Themes::read(r).css();
    if let Some(own) = file(r, "branding.css_file", files) {
        match String::from_utf8(own) {
            Ok(own) => css += &own,
            Err(_) => r.problem("branding.css_file", "is not UTF-8"),
        }
    }
    (!css.is_empty()).then(|| BrandFile::new("css", "text/css; charset=utf-8", css.into_bytes()))
}

fn file(r: &Reader<'_>, path: &str, files: &mut Vec<PathBuf>) -> Option<Vec<u8>> {
    let name = PathBuf::from(r.text(path)?);
    let content = std::fs::read(&name);
    let shown = name.display().to_string();
    files.push(name);
    match content {
        Ok(content) if content.len() > MAX_BYTES => {
            r.problem(path, format_args!("{shown}: is larger than {MAX_BYTES} bytes"));
            None
        }
        Ok(content) => Some(content),
        Err(error) => {
            r.problem(path, format_args!("{shown}: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests;
