//! Issuers whose assertions are exchanged for tokens, and the one-time ids of assertions that have been.

use shared_types::{
    db::{AnyConn, Error, foreign::Row},
    import::Outcome,
    time::Time,
};

use super::{
    batch::{Job, Kind, Rules},
    clients::bars,
    failed, skipped, unreadable,
};
use crate::{
    model::issuer::{TrustId, TrustedIssuer},
    store::{hydra::Table, imported, keys, trusted_issuers, used_nonces},
};

pub(super) struct Issuers;

impl Kind for Issuers {
    const NAME: &'static str = "trusted issuers";
    const TABLE: Table = Table::Issuers;
    type Item = TrustedIssuer;

    fn id(row: &Row) -> Option<String> {
        row.key("id")
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<TrustedIssuer, Outcome> {
        let text = |name: &str| row.required(name).map_err(|error| unreadable(&error));
        let time = |name: &str| row.time(name).map_err(|error| unreadable(&error));
        let anybody = row.flag("allow_any_subject").map_err(|error| unreadable(&error))?.unwrap_or_default();
        let expires_at = time("expires_at")?.ok_or_else(|| failed("it has no end"))?;
        if expires_at <= job.cx.now {
            return Err(skipped("it has ended"));
        }
        Ok(TrustedIssuer {
            id: TrustId::parse(text("id")?).map_err(|_| failed("its id is no UUID"))?,
            issuer: text("issuer")?.to_owned(),
            subject: row.text("subject").filter(|_| !anybody).map(str::to_owned),
            scope: bars(row, "scope"),
            kid: text("key_id")?.to_owned(),
            created_at: time("created_at")?.unwrap_or(job.cx.now),
            expires_at,
        })
    }

    fn ends(trust: &TrustedIssuer) -> Option<Time> {
        Some(trust.expires_at)
    }

    fn keep(conn: &mut AnyConn, trust: &TrustedIssuer, rules: Rules) -> Result<Outcome, Error> {
        if !rules.dry_run && keys::get(conn, &trust.issuer, &trust.kid)?.is_none() {
            return Ok(skipped("its key did not come"));
        }
        trusted_issuers::insert(conn, trust).map(|()| Outcome::Imported)
    }
}

/// A one-time id: its SHA-256, and until when it counts.
pub(super) struct Jti {
    digest: Vec<u8>,
    expires_at: Time,
}

pub(super) struct Jtis;

impl Kind for Jtis {
    const NAME: &'static str = "used assertions";
    const TABLE: Table = Table::Jtis;
    type Item = Jti;

    fn id(row: &Row) -> Option<String> {
        row.key("signature")
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<Jti, Outcome> {
        let signature = row.required("signature").map_err(|error| unreadable(&error))?;
        let digest = from_hex(signature).ok_or_else(|| failed("its id is no SHA-256"))?;
        let expires_at = row.time("expires_at").map_err(|error| unreadable(&error))?;
        match expires_at {
            Some(expires_at) if expires_at > job.cx.now => Ok(Jti { digest, expires_at }),
            _ => Err(skipped("it counts no more")),
        }
    }

    fn ends(jti: &Jti) -> Option<Time> {
        Some(jti.expires_at)
    }

    fn keep(conn: &mut AnyConn, jti: &Jti, _: Rules) -> Result<Outcome, Error> {
        used_nonces::spend(conn, imported::JTI, &jti.digest, jti.expires_at).map(|_| Outcome::Imported)
    }
}

/// 32 bytes from 64 digits.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    (text.len() == 64).then(|| text.as_bytes().chunks(2).map(byte).collect())?
}
