//! `multipart/form-data` (RFC 7578), as far as forms of texts go. Files are refused.

/// The name and value of every part; the error is a sentence for the sender.
pub(super) fn pairs(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let boundary = boundary(content_type).ok_or("The multipart body names no boundary.")?;
    let text = std::str::from_utf8(body).map_err(|_| "The multipart body is not UTF-8.")?;
    let delimiter = format!("--{boundary}");
    let mut found = Vec::new();
    let mut parts = text.split(delimiter.as_str());
    // What stands before the first delimiter is a preamble nobody reads (RFC 2046 §5.1.1).
    parts.next();
    let mut closed = false;
    for part in parts {
        if part.starts_with("--") {
            closed = true;
            break;
        }
        found.push(pair(part)?);
    }
    if closed { Ok(found) } else { Err("The multipart body is cut off.".to_owned()) }
}

fn pair(part: &str) -> Result<(String, String), String> {
    let part = part.strip_prefix("\r\n").ok_or("The multipart body is malformed.")?;
    let (headers, value) = match part.strip_prefix("\r\n") {
        Some(value) => ("", value),
        None => part.split_once("\r\n\r\n").ok_or("The multipart body has a part without an end of its headers.")?,
    };
    let value = value.strip_suffix("\r\n").ok_or("The multipart body is malformed.")?;
    let disposition = headers.split("\r\n").find_map(|line| {
        let (name, content) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then(|| content.trim())
    });
    let disposition = disposition.ok_or("The multipart body has a part without a name.")?;
    if parameter(disposition, "filename").is_some() {
        return Err("Files cannot be sent here.".to_owned());
    }
    let name = parameter(disposition, "name").ok_or("The multipart body has a part without a name.")?;
    Ok((name, value.to_owned()))
}

/// The boundary parameter of the content type: 1 to 70 characters.
fn boundary(content_type: &str) -> Option<String> {
    parameter(content_type, "boundary").filter(|text| (1..=70).contains(&text.len()))
}

/// A parameter of a header value; quotes are taken off, and `%22` in a name is a quote (RFC 7578 §2).
fn parameter(header: &str, wanted: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        let plain = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        name.trim().eq_ignore_ascii_case(wanted).then(|| plain.replace("%22", "\""))
    })
}

#[cfg(test)]
mod tests;
