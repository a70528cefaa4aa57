//! What came before and is no longer there: sessions that were ended meanwhile end here, too; identities that were deleted
//! meanwhile are told of, and deleted where that was asked for.

use std::collections::HashMap;

use shared_types::{
    db::{AnyConn, Error},
    id::{IdentityId, SessionId, Uuid},
    import::{Outcome, Report},
};

use super::{Failure, Options, tally};
use crate::{
    app::Cx,
    identity::farewell::Farewell,
    session::revoke,
    store::{
        self,
        imports::{Origin, Record},
        kratos::{Kratos, Visit},
    },
};

/// Ends the sessions that have ended there.
pub(super) async fn sessions(
    cx: &Cx,
    from: &mut Kratos,
    options: &Options,
    origin: &Origin,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut after = Uuid::nil();
    loop {
        let records = page(cx, origin, after, options.batch).await?;
        let Some(last) = records.last() else { return Ok(()) };
        after = last.id;
        let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
        let there: HashMap<Uuid, Visit> =
            from.visits_by_id(&ids)?.into_iter().filter_map(|(id, visit)| Some((id, visit.ok()?))).collect();
        let lives = |id: &Uuid| there.get(id).is_some_and(|visit| visit.active && visit.expires_at > cx.now);
        let over: Vec<Uuid> = ids.into_iter().filter(|id| !lives(id)).collect();
        if over.is_empty() {
            continue;
        }
        if options.dry_run {
            told(report, &over);
            continue;
        }
        let (cx2, origin) = (cx.clone(), origin.clone());
        let ended = cx.db.write(move |conn| end(conn, &cx2, &origin, &over)).await?;
        told(report, &ended);
    }
}

fn told(report: &mut Report, ended: &[Uuid]) {
    for id in ended {
        report.count(tally::ENDED, &id.to_string(), &Outcome::Updated);
    }
}

/// Those that were active here until now.
fn end(conn: &mut AnyConn, cx: &Cx, origin: &Origin, over: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let mut ended = Vec::new();
    for id in over {
        if revoke::one(conn, cx, SessionId::from_uuid(*id))? {
            ended.push(*id);
        }
        store::imports::forget(conn, origin, *id)?;
    }
    Ok(ended)
}

/// Tells of identities that were deleted there, or deletes them here.
pub(super) async fn identities(
    cx: &Cx,
    from: &mut Kratos,
    options: &Options,
    origin: &Origin,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut after = Uuid::nil();
    loop {
        let records = page(cx, origin, after, options.batch).await?;
        let Some(last) = records.last() else { return Ok(()) };
        after = last.id;
        let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
        let there = from.present(&ids)?;
        for id in ids.into_iter().filter(|id| !there.contains(id)) {
            let outcome = one(cx, origin, id, options).await?;
            if let Some(outcome) = outcome {
                report.count(tally::GONE, &id.to_string(), &outcome);
            }
        }
    }
}

/// `None` where it is not here either.
async fn one(cx: &Cx, origin: &Origin, id: Uuid, options: &Options) -> Result<Option<Outcome>, Failure> {
    let (owner, origin) = (IdentityId::from_uuid(id), origin.clone());
    let farewell = Farewell::to(cx, owner);
    let (remove, dry_run) = (options.remove_gone, options.dry_run);
    let unit = move |conn: &mut AnyConn| {
        if store::identities::existing(conn, &[owner])?.is_empty() {
            return if dry_run { Ok(None) } else { store::imports::forget(conn, &origin, id).map(|()| None) };
        }
        if !remove {
            return Ok(Some(Outcome::Skipped("stays here; --remove-gone removes it".into())));
        }
        if !dry_run {
            store::identities::delete(conn, owner)?;
            farewell.deleted(conn)?;
            store::imports::forget(conn, &origin, id)?;
        }
        Ok::<_, Error>(Some(Outcome::Updated))
    };
    Ok(cx.db.write(unit).await?)
}

async fn page(cx: &Cx, origin: &Origin, after: Uuid, size: u32) -> Result<Vec<Record>, Error> {
    let origin = origin.clone();
    cx.db.read(move |conn| store::imports::page(conn, &origin, after, i64::from(size))).await
}
