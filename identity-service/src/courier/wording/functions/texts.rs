//! Functions of texts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gotmpl::{Result, Value};

use super::{Args, Function, MAX, list, shown, text, truth};

pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("upper", |args| text(args.text(0)?.to_uppercase())),
    ("lower", |args| text(args.text(0)?.to_lowercase())),
    ("title", |args| text(titled(&args.text(0)?, true))),
    ("untitle", |args| text(titled(&args.text(0)?, false))),
    ("trim", |args| text(args.text(0)?.trim())),
    ("trimAll", |args| text(args.text(1)?.trim_matches(|c| args.text(0).is_ok_and(|cut| cut.contains(c))))),
    ("trimSuffix", |args| cut(args, |whole, part| whole.strip_suffix(part))),
    ("trimPrefix", |args| cut(args, |whole, part| whole.strip_prefix(part))),
    ("nospace", |args| text(args.text(0)?.split_whitespace().collect::<String>())),
    ("contains", |args| truth(args.text(1)?.contains(&args.text(0)?))),
    ("hasPrefix", |args| truth(args.text(1)?.starts_with(&args.text(0)?))),
    ("hasSuffix", |args| truth(args.text(1)?.ends_with(&args.text(0)?))),
    ("replace", replace),
    ("repeat", repeat),
    ("trunc", trunc),
    ("abbrev", abbrev),
    ("substr", substr),
    ("initials", |args| text(args.text(0)?.split_whitespace().filter_map(|w| w.chars().next()).collect::<String>())),
    ("cat", |args| text(joined(args.values, " "))),
    ("indent", |args| text(indented(&args.text(1)?, args.size(0)?))),
    ("nindent", |args| text(format!("\n{}", indented(&args.text(1)?, args.size(0)?)))),
    ("quote", |args| text(joined_by(args.values, |value| format!("{:?}", shown(value))))),
    ("squote", |args| text(joined_by(args.values, |value| format!("'{}'", shown(value))))),
    ("plural", |args| text(args.text(usize::from(args.int(2)? != 1))?)),
    ("snakecase", |args| text(words(&args.text(0)?).join("_"))),
    ("kebabcase", |args| text(words(&args.text(0)?).join("-"))),
    ("camelcase", |args| text(words(&args.text(0)?).iter().map(|word| titled(word, true)).collect::<String>())),
    ("toString", |args| text(args.text(0)?)),
    ("b64enc", |args| text(STANDARD.encode(args.text(0)?))),
    ("b64dec", |args| {
        let bytes = STANDARD.decode(args.text(0)?).map_err(|_| args.fault("is not base64"))?;
        text(String::from_utf8(bytes).map_err(|_| args.fault("is not UTF-8"))?)
    }),
    ("splitList", |args| {
        let (separator, whole) = (args.text(0)?, args.text(1)?);
        list(whole.split(&separator).map(|part| Value::String(part.into())).collect())
    }),
    ("join", |args| {
        let separator = args.text(0)?;
        match args.value(1)? {
            Value::List(items) => text(joined(items, &separator)),
            other => text(shown(other)),
        }
    }),
    ("fail", |args| Err(args.fault(&args.text(0)?))),
];

fn joined(values: &[Value], separator: &str) -> String {
    values.iter().filter(|value| !matches!(value, Value::Nil)).map(shown).collect::<Vec<_>>().join(separator)
}

fn joined_by(values: &[Value], write: impl Fn(&Value) -> String) -> String {
    values.iter().filter(|value| !matches!(value, Value::Nil)).map(write).collect::<Vec<_>>().join(" ")
}

/// Every word with a large (or small) first letter.
fn titled(whole: &str, large: bool) -> String {
    let mut at_start = true;
    let mut out = String::with_capacity(whole.len());
    for c in whole.chars() {
        match (at_start, large) {
            (true, true) => out.extend(c.to_uppercase()),
            (true, false) => out.extend(c.to_lowercase()),
            (false, _) => out.push(c),
        }
        at_start = c.is_whitespace();
    }
    out
}

fn cut(args: &Args<'_>, strip: for<'t> fn(&'t str, &str) -> Option<&'t str>) -> Result<Value> {
    let (part, whole) = (args.text(0)?, args.text(1)?);
    text(strip(&whole, &part).unwrap_or(&whole))
}

fn replace(args: &Args<'_>) -> Result<Value> {
    let (old, new, whole) = (args.text(0)?, args.text(1)?, args.text(2)?);
    if (whole.len() + 1).saturating_mul(new.len().max(1)) > MAX {
        return Err(args.fault("makes too long a text"));
    }
    text(whole.replace(&old, &new))
}

fn repeat(args: &Args<'_>) -> Result<Value> {
    let (times, whole) = (args.size(0)?, args.text(1)?);
    if whole.len().saturating_mul(times) > MAX {
        return Err(args.fault("makes too long a text"));
    }
    text(whole.repeat(times))
}

/// The first characters, or with a negative number the last.
fn trunc(args: &Args<'_>) -> Result<Value> {
    let (count, whole) = (args.int(0)?, args.text(1)?);
    let length = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let all = whole.chars().count();
    if count < 0 {
        return text(whole.chars().skip(all.saturating_sub(length)).collect::<String>());
    }
    text(whole.chars().take(length).collect::<String>())
}

fn abbrev(args: &Args<'_>) -> Result<Value> {
    let (width, whole) = (args.size(0)?, args.text(1)?);
    if width < 4 || whole.chars().count() <= width {
        return text(whole);
    }
    text(format!("{}...", whole.chars().take(width - 3).collect::<String>()))
}

fn substr(args: &Args<'_>) -> Result<Value> {
    let (from, to, whole) = (args.int(0)?, args.int(1)?, args.text(2)?);
    let from = usize::try_from(from).unwrap_or(0);
    let to = usize::try_from(to).unwrap_or(usize::MAX);
    text(whole.chars().skip(from).take(to.saturating_sub(from)).collect::<String>())
}

fn indented(whole: &str, by: usize) -> String {
    let pad = " ".repeat(by.min(200));
    whole.lines().map(|line| format!("{pad}{line}")).collect::<Vec<_>>().join("\n")
}

/// The words of a text in small letters, parted by anything that is no letter or digit, or by a large letter.
fn words(whole: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut was_small = false;
    for c in whole.chars() {
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (was_small && c.is_uppercase()) {
            words.push(String::new());
        }
        fresh = false;
        was_small = !c.is_uppercase();
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}
