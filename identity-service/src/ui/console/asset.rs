//! The files the console's pages load; their names hold a hash of their content. They are served beside the console, as
//! the public listener may not be reachable from where operators are.

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
pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("css", "text/css; charset=utf-8", include_str!("../../../assets/console.css")));

/// The window's icon.
pub(super) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("svg", "image/svg+xml", include_str!("../../../assets/portico.svg")));

impl Asset {
    fn new(extension: &str, media: &'static str, content: &'static str) -> Self {
        let mut name = "console-".to_owned();
        for byte in Sha256::digest(content.as_bytes()).iter().take(8) {
            let _ = write!(name, "{byte:02x}");
        }
        Self { name: format!("{name}.{extension}"), media, content }
    }
}

/// The file of that name.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    [&STYLE, &ICON].into_iter().map(|asset| &**asset).find(|asset| asset.name == name)
}
