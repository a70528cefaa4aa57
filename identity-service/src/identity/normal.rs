//! The normal form of identifiers and addresses: what looks alike is alike (contract §4.2).
//!
//! Width and compatibility forms are folded (NFKC), letters are lower-cased, invisible and control characters are
//! taken out. Normalising twice changes nothing.

use unicode_normalization::UnicodeNormalization as _;

use crate::model::address::Via;

/// Longer identifiers than this are no identifiers: they would not fit a database index.
pub(crate) const MAX_IDENTIFIER: usize = 512;

/// The form in which an identifier is stored and looked up: phone numbers as E.164, e-mail addresses with an ASCII
/// domain, everything else folded.
pub(crate) fn identifier(text: &str) -> String {
    if let Some(phone) = phone(text) {
        return phone;
    }
    if text.contains('@')
        && let Some(email) = email(&visible(text))
    {
        return email;
    }
    folded(text)
}

/// An e-mail address in normal form; `None` when the text is none.
pub(crate) fn email(text: &str) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.chars().any(|c| is_invisible(c) || c.is_whitespace()) {
        return None;
    }
    let folded = folded(trimmed);
    let (local, domain) = folded.rsplit_once('@')?;
    let good_local = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(is_local_char);
    if !good_local {
        return None;
    }
    let address = format!("{local}@{}", ascii_domain(domain)?);
    (address.len() <= 254).then_some(address)
}

/// A phone number as E.164; `None` when the text is not an international number.
pub(crate) fn phone(text: &str) -> Option<String> {
    let folded: String = text.trim().nfkc().collect();
    let rest = folded.strip_prefix('+')?;
    let mut digits = String::with_capacity(16);
    for c in rest.chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '-' | '(' | ')' | '.' | '/' => {}
            _ => return None,
        }
    }
    let good = (8..=15).contains(&digits.len()) && !digits.starts_with('0');
    good.then(|| format!("+{digits}"))
}

/// An address in the normal form of its channel; what is none is folded like any identifier.
pub(crate) fn address(via: Via, text: &str) -> String {
    let address = match via {
        Via::Email => email(text),
        Via::Sms => phone(text),
    };
    address.unwrap_or_else(|| identifier(text))
}

/// The visible characters of a text, trimmed, in compatibility form and lower case.
fn folded(text: &str) -> String {
    let mut text = visible(text);
    // Lower-casing can leave a text that is not in compatibility form, and the other way round; the second round settles
    // it for every character there is, the third is never reached.
    for _ in 0..3 {
        let next: String = text.nfkc().flat_map(char::to_lowercase).nfkc().filter(|c| !is_invisible(*c)).collect();
        let next = next.trim().to_owned();
        if next == text {
            break;
        }
        text = next;
    }
    text
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect::<String>().trim().to_owned()
}

/// What RFC 5321 calls atext, and letters and digits of any script (RFC 6531).
fn is_local_char(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || (!c.is_ascii() && !c.is_whitespace())
}

/// A domain name in lower-case ASCII; labels of other scripts as IDNA has them.
fn ascii_domain(domain: &str) -> Option<String> {
    let good = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let ascii = if domain.is_ascii() {
        domain.to_owned()
    } else {
        match url::Host::parse(domain).ok()? {
            url::Host::Domain(name) => name,
            url::Host::Ipv4(_) | url::Host::Ipv6(_) => return None,
        }
    };
    ascii.split('.').all(good).then_some(ascii)
}

/// Characters that cannot be seen: controls, formats, fillers, and code points that are no characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests;
