//! A browser by the name people know it by, from what it calls itself (RFC 9110 §10.1.5). Only for people to recognise
//! their devices by: anybody can call himself anything.

/// A browser and the system it runs on, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Agent<'a> {
    pub(super) browser: Option<&'a str>,
    pub(super) system: Option<&'static str>,
}

/// Marks, and whose they are. Browsers call themselves what others are called, so the first that fits is meant.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// No name is shown beyond this many characters.
const LONGEST: usize = 40;

impl<'a> Agent<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let known =
            |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
        // A program's name, as in `curl/8.5`.
        let first =
            text.split(['/', ' ']).next().filter(|name| (1..=LONGEST).contains(&name.len()) && *name != "Mozilla");
        Self { browser: known(BROWSERS).or(first), system: known(SYSTEMS) }
    }
}

#[cfg(test)]
mod tests;
