//! A list of breached passwords in a file: lines of `<40 digits of the SHA-1>:<count>` in ascending order, as the whole of
//! Have I Been Pwned can be had. It may have tens of gigabytes, so it is never read as a whole: a look-up reads some
//! forty short pieces of it.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// Digits of a SHA-1.
const DIGITS: usize = 40;
/// A line is no longer.
const LONGEST_LINE: usize = 80;

/// A line, and where the next one begins.
struct Line {
    digits: String,
    count: u64,
    next: u64,
}

/// How often a password was seen, by the digits of its SHA-1 in capital letters.
pub(crate) fn count(path: &Path, digits: &str) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let (mut low, mut high) = (0, file.metadata()?.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let begin = if middle == low { low } else { line_after(&mut file, middle - 1)? };
        if begin >= high {
            high = middle;
            continue;
        }
        let line = line_at(&mut file, begin)?;
        match line.digits.as_str().cmp(digits) {
            std::cmp::Ordering::Equal => return Ok(line.count),
            std::cmp::Ordering::Less => low = line.next,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(0)
}

/// Whether a file looks like such a list; the error says why it does not.
pub(crate) fn check(path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let first = line_at(&mut file, 0)?;
    // The last line is shorter than what is gone back.
    let last = match file.metadata()?.len().checked_sub(LONGEST_LINE as u64) {
        Some(at) => line_after(&mut file, at)?,
        None => 0,
    };
    let last = line_at(&mut file, last)?;
    if last.digits < first.digits { Err(invalid("its lines are not in ascending order")) } else { Ok(()) }
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn piece(file: &mut File, at: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(LONGEST_LINE);
    file.take(LONGEST_LINE as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Where the line after the one that a byte belongs to begins.
fn line_after(file: &mut File, at: u64) -> io::Result<u64> {
    let bytes = piece(file, at)?;
    let length = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
    if length == LONGEST_LINE && bytes.last() != Some(&b'\n') {
        return Err(invalid("it has a line that is too long"));
    }
    Ok(at + length as u64)
}

fn line_at(file: &mut File, at: u64) -> io::Result<Line> {
    let bytes = piece(file, at)?;
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (text, taken) = match end {
        Some(end) => (bytes.get(..end).unwrap_or_default(), end + 1),
        None if bytes.len() < LONGEST_LINE => (bytes.as_slice(), bytes.len()),
        None => return Err(invalid("it has a line that is too long")),
    };
    let text = std::str::from_utf8(text).map_err(|_| invalid("it is not a text"))?.trim();
    let (digits, count) = text.split_once(':').unwrap_or((text, "1"));
    if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(invalid("it has a line that does not begin with the 40 digits of a SHA-1"));
    }
    let count = count.parse().map_err(|_| invalid("it has a line whose count is no number"))?;
    Ok(Line { digits: digits.to_ascii_uppercase(), count, next: at + taken as u64 })
}

#[cfg(test)]
mod tests;
