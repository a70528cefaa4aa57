//! `i18n`: the languages of our own pages.

use std::{io, path::PathBuf};

use super::read::Reader;

/// Which languages pages speak.
#[derive(Debug, Clone)]
pub(crate) struct I18n {
    /// The one for whoever wants none of them.
    pub(crate) default_locale: String,
    /// Where the operator's own texts are.
    pub(crate) locales_folder: Option<PathBuf>,
}

impl I18n {
    /// The operator's catalogues, in the order of their names.
    pub(crate) fn files(&self) -> io::Result<Vec<PathBuf>> {
        let Some(folder) = &self.locales_folder else { return Ok(Vec::new()) };
        let listed = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
        let yaml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
        let mut files = listed.collect::<io::Result<Vec<PathBuf>>>()?;
        files.retain(yaml);
        files.sort_unstable();
        Ok(files)
    }
}

/// Reads `i18n`.
pub(super) fn read(r: &Reader<'_>) -> I18n {
    I18n {
        default_locale: r.text("i18n.default_locale").unwrap_or_else(|| "en".to_owned()),
        locales_folder: r.text("i18n.locales_folder").map(PathBuf::from),
    }
}
