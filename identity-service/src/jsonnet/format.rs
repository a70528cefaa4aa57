//! The one way to write a snippet: `format jsonnet`. Lines end where their author ended them, as far as a list or an object
//! is either on one line or has a line for each of its members; indentation, blanks, quotes, commas and comments are the same
//! everywhere. What means something stays as it was.

#[expect(clippy::indexing_slicing, reason = "places are those of the words that are walked")]
mod lay;
#[expect(clippy::indexing_slicing, reason = "places are those of the words that are walked")]
mod shape;
#[expect(clippy::indexing_slicing, reason = "places are those of the words that are walked")]
mod words;

use super::lint;

/// A snippet as it is written; the error says why it is none.
pub(crate) fn format(name: &str, text: &str) -> Result<String, String> {
    // What cannot be read as a whole is left alone.
    lint::parsed(name, text)?;
    let mut words = words::of(name, text)?;
    words::simplify(&mut words);
    shape::settle(&mut words);
    let laid = lay::out(&words);
    lint::parsed(name, &laid).map_err(|error| format!("{name}: it cannot be formatted: {error}"))?;
    Ok(laid)
}

#[cfg(test)]
mod tests;
