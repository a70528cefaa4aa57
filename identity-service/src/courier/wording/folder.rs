//! Texts in a folder: the one whose name ends with its part, and beside it others the first may use, such as one for
//! each language (`email.body.de.gotmpl`).

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use super::compiled::{Compiled, Form};

/// No text is larger, and no folder is read further.
const MAX_BYTES: u64 = 1 << 20;
const MAX_FILES: usize = 200;

/// The file whose text is sent.
pub(super) fn main(folder: &Path, stem: &str) -> PathBuf {
    folder.join(format!("{stem}.gotmpl"))
}

/// The text in a folder; nothing when there is none. Whatever else is there beginning with the same words is read with
/// it.
pub(super) fn read(folder: &Path, stem: &str, form: Form) -> Result<Option<Compiled>, String> {
    let main = format!("{stem}.gotmpl");
    match std::fs::metadata(folder.join(&main)) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(format!("{main} is no file")),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(format!("{main}: {error}")),
    }
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(stem))
        .take(MAX_FILES)
        .collect();
    names.sort_unstable();
    let files = names.iter().filter(|name| folder.join(name).is_file());
    let texts: Vec<(&str, String)> =
        files.map(|name| Ok((name.as_str(), text(&folder.join(name))?))).collect::<Result<_, String>>()?;
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Compiled::new(form, &main, &texts).map(Some)
}

fn text(path: &Path) -> Result<String, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    if std::fs::metadata(path).map_err(told)?.len() > MAX_BYTES {
        return Err(format!("{}: has more than {MAX_BYTES} bytes", path.display()));
    }
    std::fs::read_to_string(path).map_err(told)
}
