//! What the operator calls the service, and what it looks like (`branding`), as the frame of a page has it.

use crate::config::{self, Config, Logo};

/// A brand on a page.
#[derive(Debug, Clone)]
pub(crate) struct Brand {
    /// What the service is called.
    pub(crate) name: String,
    /// Whether our own mark goes with the name.
    pub(crate) ours: bool,
    /// Where the logo is.
    pub(crate) logo: Option<String>,
    /// Where the style sheet is that comes after ours.
    pub(crate) style: Option<String>,
    pub(crate) support: Option<String>,
    pub(crate) privacy: Option<String>,
    pub(crate) terms: Option<String>,
}

impl Brand {
    /// The configured brand.
    pub(crate) fn of(config: &Config) -> Self {
        let branding = &config.branding;
        let here =
            |name: &str| config::below(&config.serve.public.base_url, &format!("assets/{name}")).path().to_owned();
        Self {
            name: branding.name.clone(),
            ours: branding.is_ours(),
            logo: branding.logo.as_ref().map(|logo| match logo {
                Logo::Here(file) => here(&file.name),
                Logo::There(url) => url.to_string(),
            }),
            style: branding.style.as_ref().map(|file| here(&file.name)),
            support: branding.support_url.as_ref().map(ToString::to_string),
            privacy: branding.privacy_url.as_ref().map(ToString::to_string),
            terms: branding.terms_url.as_ref().map(ToString::to_string),
        }
    }

    /// Whether anything is linked to at the foot of a page.
    pub(crate) fn has_links(&self) -> bool {
        self.support.is_some() || self.privacy.is_some() || self.terms.is_some()
    }
}
