//! What the OAuth2 provider still has to be told.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::NoticeId,
    time::Time,
};

use super::{row::Table, schema::outbox};
use crate::model::notice::Notice;

const TABLE: Table = Table("outbox");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox)]
struct Row {
    id: String,
    subject: String,
    attempts: i32,
    next_at: NaiveDateTime,
    created_at: NaiveDateTime,
}

impl TryFrom<Row> for Notice {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: TABLE.parse("id", &row.id)?,
            subject: row.subject,
            attempts: row.attempts,
            next_at: unstamp(row.next_at),
            created_at: unstamp(row.created_at),
        })
    }
}

/// Keeps a notice, in the transaction of what it is about.
pub(crate) fn insert(conn: &mut AnyConn, notice: &Notice) -> Result<(), Error> {
    let row = Row {
        id: notice.id.text(),
        subject: notice.subject.clone(),
        attempts: notice.attempts,
        next_at: stamp(notice.next_at),
        created_at: stamp(notice.created_at),
    };
    diesel::insert_into(outbox::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes at most `limit` notices that are due and holds them until `until`: nobody else takes them meanwhile.
pub(crate) fn take_due(conn: &mut AnyConn, now: Time, until: Time, limit: i64) -> Result<Vec<Notice>, Error> {
    let due: Vec<Row> = outbox::table
        .filter(outbox::next_at.le(stamp(now)))
        .order((outbox::next_at, outbox::id))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    let mut taken = Vec::new();
    for row in due {
        let unchanged = outbox::table.find(row.id.clone()).filter(outbox::next_at.eq(row.next_at));
        if diesel::update(unchanged).set(outbox::next_at.eq(stamp(until))).execute(conn)? == 1 {
            taken.push(row.try_into()?);
        }
    }
    Ok(taken)
}

/// Gives a notice back for later.
pub(crate) fn postpone(conn: &mut AnyConn, notice: &Notice) -> Result<(), Error> {
    diesel::update(outbox::table.find(notice.id.text()))
        .set((outbox::attempts.eq(notice.attempts), outbox::next_at.eq(stamp(notice.next_at))))
        .execute(conn)?;
    Ok(())
}

/// Removes a notice that was heard.
pub(crate) fn remove(conn: &mut AnyConn, id: NoticeId) -> Result<(), Error> {
    diesel::delete(outbox::table.find(id.text())).execute(conn)?;
    Ok(())
}
