//! MurmurHash3 (x86, 32 bits, seed 0): the suffix that keeps the cookies of several clients in one browser apart
//! (contract 3.10). Not a cryptographic hash, and nothing here relies on it being one.

const C1: u32 = 0xcc9e_2d51;
const C2: u32 = 0x1b87_3593;

/// The hash of a text's bytes.
pub(crate) fn hash(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut chunks = bytes.chunks_exact(4);
    let mut state = 0u32;
    for chunk in &mut chunks {
        state = (state ^ mixed(little_endian(chunk))).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    if !chunks.remainder().is_empty() {
        state ^= mixed(little_endian(chunks.remainder()));
    }
    // The algorithm folds the length into 32 bits.
    state ^= u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    state = (state ^ (state >> 16)).wrapping_mul(0x85eb_ca6b);
    state = (state ^ (state >> 13)).wrapping_mul(0xc2b2_ae35);
    state ^ (state >> 16)
}

fn mixed(word: u32) -> u32 {
    word.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2)
}

fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, byte| (word << 8) | u32::from(*byte))
}

#[cfg(test)]
mod tests;
