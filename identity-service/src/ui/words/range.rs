//! Which language somebody reads: what a browser accepts (RFC 9110 §12.5.4), what a client wishes (OpenID Connect Core
//! §3.1.2.1, `ui_locales`), and which of ours that is (RFC 4647 §3.4).

/// More wishes than anybody has are not read.
const MOST: usize = 32;

/// A language range, with how much it is wanted in thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    tag: String,
    weight: u16,
}

/// What an `Accept-Language` header says, most wanted first. What is not one of its elements is passed over.
pub(crate) fn accepted(header: &str) -> Vec<Range> {
    let mut ranges: Vec<Range> = header.split(',').take(MOST).filter_map(element).collect();
    ranges.sort_by_key(|range| std::cmp::Reverse(range.weight));
    ranges
}

/// What a list of language tags says, most wanted first.
pub(crate) fn listed(tags: &str) -> Vec<Range> {
    let tags = tags.split_ascii_whitespace().take(MOST).filter(|tag| *tag != "*" && is_range(tag));
    tags.map(|tag| Range { tag: tag.to_ascii_lowercase(), weight: 1000 }).collect()
}

fn element(text: &str) -> Option<Range> {
    let (tag, weight) = match text.split_once(';') {
        Some((tag, parameter)) => {
            let (name, value) = parameter.trim().split_once('=')?;
            (tag, name.eq_ignore_ascii_case("q").then(|| thousandths(value)).flatten()?)
        }
        None => (text, 1000),
    };
    let tag = tag.trim();
    is_range(tag).then(|| Range { tag: tag.to_ascii_lowercase(), weight })
}

/// A `qvalue`: at most one, with at most three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

/// Whether a text is a basic language range (RFC 4647 §2.1).
pub(super) fn is_range(text: &str) -> bool {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = text.split('-').next().unwrap_or_default();
    text == "*" || (text.split('-').all(part) && first.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// The first language that is wanted and there. A range loses its last parts until it fits (`de-AT` means `de`); where nobody
/// speaks a language in general, its first regional form will do. `*` means the first one that is not refused.
pub(crate) fn choose<'a>(ranges: &[Range], there: &[&'a str]) -> Option<&'a str> {
    let refused = |tag: &str| {
        let named = |range: &Range| range.tag != "*" && covers(&range.tag, tag);
        let mut close: Vec<&Range> = ranges.iter().filter(|range| named(range)).collect();
        close.sort_by_key(|range| std::cmp::Reverse(range.tag.len()));
        close.first().is_some_and(|range| range.weight == 0)
    };
    let open: Vec<&str> = there.iter().copied().filter(|tag| !refused(tag)).collect();
    ranges.iter().filter(|range| range.weight > 0).find_map(|range| match range.tag.as_str() {
        "*" => open.first().copied(),
        tag => looked_up(tag, &open).or_else(|| open.iter().copied().find(|there| covers(tag, there))),
    })
}

fn looked_up<'a>(range: &str, there: &[&'a str]) -> Option<&'a str> {
    let mut range = range;
    loop {
        if let Some(found) = there.iter().find(|tag| tag.eq_ignore_ascii_case(range)) {
            return Some(found);
        }
        range = range.rsplit_once('-')?.0;
        // What a single letter leads in goes with it (RFC 4647 §3.4).
        if let Some((rest, letter)) = range.rsplit_once('-')
            && letter.len() == 1
        {
            range = rest;
        }
    }
}

/// Whether a range means a tag as well (RFC 4647 §3.3.1).
fn covers(range: &str, tag: &str) -> bool {
    let Some(head) = tag.get(..range.len()) else { return false };
    head.eq_ignore_ascii_case(range) && matches!(tag.as_bytes().get(range.len()), None | Some(b'-'))
}
