//! Keys: opened with Hydra's secret and sealed with ours. They keep their names, so what they signed stays good, and none of them is ever
//! taken away by rotation.

use josekit::jwk::Jwk;
use shared_types::{
    db::{AnyConn, Error, foreign::Row},
    import::Outcome,
};

use super::{
    batch::{Job, Kind, Rules},
    failed, skipped, unreadable,
};
use crate::{
    key::admin,
    model::key::StoredKey,
    store::{hydra::Table, keys},
};

/// Of Hydra's own certificate; nothing here is signed with it.
const TLS: &str = "hydra.https-tls";

pub(super) struct Keys;

impl Kind for Keys {
    const NAME: &'static str = "keys";
    const TABLE: Table = Table::Keys;
    type Item = StoredKey;

    fn id(row: &Row) -> Option<String> {
        Some(format!("{} {}", row.text("sid")?, row.text("kid")?))
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<StoredKey, Outcome> {
        let text = |name: &str| row.required(name).map_err(|error| unreadable(&error));
        let (set, kid) = (text("sid")?, text("kid")?);
        if set == TLS {
            return Err(skipped("the certificate of Hydra's own listener has no use here"));
        }
        if job.opener.is_empty() {
            return Err(skipped("no system secret was given"));
        }
        let plain = job.opener.open(text("keydata")?);
        let plain = plain.ok_or_else(|| failed("none of the system secrets opens it"))?;
        let jwk = Jwk::from_bytes(&plain).map_err(|_| failed("it is no JSON Web Key"))?;
        let created_at = row.time("created_at").map_err(|error| unreadable(&error))?.unwrap_or(job.cx.now);
        Ok(admin::moved(job.cx, (set, kid), &jwk, created_at))
    }

    fn keep(conn: &mut AnyConn, key: &StoredKey, _: Rules) -> Result<Outcome, Error> {
        keys::lock_set(conn, &key.set, key.created_at)?;
        if keys::get(conn, &key.set, &key.kid)?.is_some() {
            return Ok(skipped("the set has a key of this id"));
        }
        keys::insert(conn, key).map(|()| Outcome::Imported)
    }
}
