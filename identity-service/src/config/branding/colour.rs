//! Colours, and how well they are told apart (WCAG 2.2, 1.4.3).

use std::{fmt, str::FromStr};

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

impl Colour {
    pub(super) const WHITE: Self = Self([255; 3]);
    /// As dark as text gets.
    pub(super) const DARK: Self = Self([0; 3]);

    pub(super) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// So much of this colour, and of the other the rest.
    pub(super) fn mixed(self, percent: u16, other: Self) -> Self {
        let mut parts = [0; 3];
        for (part, (one, two)) in parts.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            let sum = u16::from(one) * percent + u16::from(two) * (100 - percent);
            *part = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(parts)
    }

    /// From 1, the same, to 21, black on white.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The darkest or the lightest text, whichever is told apart better on this.
    pub(super) fn text_on_it(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::DARK) { Self::WHITE } else { Self::DARK }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Not a colour.
#[derive(Debug, thiserror::Error)]
#[error("must be a colour such as \"#1f4fd8\"")]
pub(super) struct NoColour;

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').ok_or(NoColour)?;
        let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(NoColour);
        let digits: Vec<u8> = digits.chars().map(digit).collect::<Result<_, _>>()?;
        match *digits {
            [red, green, blue] => Ok(Self([red, green, blue].map(|digit| digit * 17))),
            [_, _, _, _, _, _] => {
                let mut pairs = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, digit| sum * 16 + digit));
                let mut next = || pairs.next().ok_or(NoColour);
                Ok(Self([next()?, next()?, next()?]))
            }
            _ => Err(NoColour),
        }
    }
}
