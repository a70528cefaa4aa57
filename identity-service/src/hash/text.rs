//! Takes the texts of stored hashes apart. Every error is said to whoever imports the hash, so it names the part.

use std::{fmt::Display, ops::RangeInclusive};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Why a hash cannot be compared with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unusable(String);

impl Unusable {
    pub(super) fn new(what: impl Display) -> Self {
        Self(what.to_string())
    }
}

/// The standard alphabet; some systems pad, others do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The parts between dollar signs, of which there must be as many as the grammar has; the text begins with such a sign.
pub(super) fn parts<'a, const N: usize>(text: &'a str, grammar: &str) -> Result<[&'a str; N], Unusable> {
    let found: Vec<&str> = text.split('$').skip(1).collect();
    found.try_into().map_err(|_| Unusable::new(format_args!("must look like {grammar}")))
}

/// The values of `a=1,b=2,..`, in this order.
pub(super) fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Result<[u64; N], Unusable> {
    let wrong = || Unusable::new(format_args!("its parameters must be {}=.., each a number", names.join("=..,")));
    let mut values = [0; N];
    let mut given = text.split(',');
    for (value, name) in values.iter_mut().zip(names) {
        let number = given.next().and_then(|pair| pair.strip_prefix(name)?.strip_prefix('=')).ok_or_else(wrong)?;
        *value = number.parse().map_err(|_| wrong())?;
    }
    if given.next().is_some() { Err(wrong()) } else { Ok(values) }
}

/// A parameter that may not be hostile.
pub(super) fn within<T>(name: &str, value: u64, bounds: RangeInclusive<T>) -> Result<T, Unusable>
where
    T: TryFrom<u64> + PartialOrd + Display,
{
    let outside = || Unusable::new(format_args!("{name} must be between {} and {}", bounds.start(), bounds.end()));
    T::try_from(value).ok().filter(|value| bounds.contains(value)).ok_or_else(outside)
}

/// Base64 of so many bytes.
pub(super) fn bytes(name: &str, text: &str, lengths: RangeInclusive<usize>) -> Result<Vec<u8>, Unusable> {
    let bytes = BASE64.decode(text).map_err(|_| Unusable::new(format_args!("its {name} is not base64")))?;
    if !lengths.contains(&bytes.len()) {
        let (low, high) = (lengths.start(), lengths.end());
        let wanted = if low == high { low.to_string() } else { format!("{low} to {high}") };
        return Err(Unusable::new(format_args!("its {name} must have {wanted} bytes")));
    }
    Ok(bytes)
}

/// Salts and keys of other systems are not longer.
pub(super) const SALT: RangeInclusive<usize> = 0..=512;
