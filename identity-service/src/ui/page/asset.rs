//! The files pages load. Their names hold a hash of their content, so browsers may keep them for ever.

use std::{fmt::Write as _, sync::LazyLock};

use sha2::{Digest as _, Sha256};

/// A file.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its name, with the hash.
    pub(crate) name: String,
    /// Its media type.
    pub(crate) media: &'static str,
    /// Its content.
    pub(crate) content: &'static str,
}

/// The style sheet.
pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("css", "text/css; charset=utf-8", include_str!("../../../assets/portico.css")));

/// The window's icon.
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("svg", "image/svg+xml", include_str!("../../../assets/portico.svg")));

/// What makes buttons of authenticators work.
pub(crate) static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("js", "text/javascript; charset=utf-8", include_str!("../../../assets/portico.js")));

impl Asset {
    fn new(extension: &str, media: &'static str, content: &'static str) -> Self {
        let hash = Sha256::digest(content.as_bytes());
        let mut name = "portico-".to_owned();
        for byte in hash.iter().take(8) {
            let _ = write!(name, "{byte:02x}");
        }
        Self { name: format!("{name}.{extension}"), media, content }
    }
}

/// The file of that name.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    [&STYLE, &ICON, &SCRIPT].into_iter().map(|asset| &**asset).find(|asset| asset.name == name)
}
