//! One digest over password and salt, put together by a template: `$sha256$pf=<base64 of the template>$<salt>$<hash>`;
//! MD5 also without either, `$md5$<hash>`. `{SALT}` and `{PASSWORD}` stand for what they say in the template.

use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, digest::Digest, stored::Stored, text};

const SALT: &[u8] = b"{SALT}";
const PASSWORD: &[u8] = b"{PASSWORD}";

struct Hash {
    digest: Digest,
    template: Vec<u8>,
    salt: Vec<u8>,
    value: Vec<u8>,
}

/// Reads `$md5$..`, `$sha1$..`, `$sha256$..` and `$sha512$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let name = text.split('$').nth(1).unwrap_or_default();
    let digest = Digest::named(name).ok_or_else(|| Unusable::new("its digest is not known"))?;
    let length = digest.length()..=digest.length();
    if digest == Digest::Md5
        && let Ok([_, hash]) = text::parts(text, "")
    {
        let hash = text::bytes("hash", hash, length)?;
        return Ok(Box::new(Hash { digest, template: PASSWORD.to_vec(), salt: Vec::new(), value: hash }));
    }
    let [_, template, salt, hash] = text::parts(text, &format!("${name}$pf=<template>$<salt>$<hash>"))?;
    let template = template.strip_prefix("pf=").ok_or_else(|| Unusable::new("its template must begin with pf="))?;
    let template = text::bytes("template", template, 1..=1024)?;
    if !template.windows(PASSWORD.len()).any(|window| window == PASSWORD) {
        return Err(Unusable::new("its template must have {PASSWORD} in it"));
    }
    let (salt, value) = (text::bytes("salt", salt, text::SALT)?, text::bytes("hash", hash, length)?);
    Ok(Box::new(Hash { digest, template, salt, value }))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        Ok(constant_time_eq(&self.digest.of(&filled(&self.template, &self.salt, password))?, &self.value))
    }
}

/// The template with salt and password in their places. What they say themselves is no template.
fn filled(template: &[u8], salt: &[u8], password: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(SALT) {
            out.extend_from_slice(salt);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(PASSWORD) {
            out.extend_from_slice(password);
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}
