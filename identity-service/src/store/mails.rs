//! The mail queue and what became of each attempt to send.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::MessageId,
    time::Time,
};

use super::{
    row::Table,
    schema::{courier_dispatches, courier_messages},
};
use crate::model::mail::{Dispatch, Mail, MailStatus};

const TABLE: Table = Table("courier_messages");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = courier_messages)]
struct Row {
    id: String,
    status: String,
    kind: String,
    recipient: String,
    template: String,
    channel: String,
    sealed: Vec<u8>,
    send_count: i32,
    send_after: NaiveDateTime,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = courier_dispatches)]
struct DispatchRow {
    id: String,
    message_id: String,
    status: String,
    error: Option<String>,
    created_at: NaiveDateTime,
}

impl TryFrom<Row> for Mail {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: TABLE.parse("id", &row.id)?,
            status: TABLE.parse("status", &row.status)?,
            kind: TABLE.parse("kind", &row.kind)?,
            recipient: row.recipient,
            template: row.template,
            channel: row.channel,
            sealed: row.sealed,
            send_count: row.send_count,
            send_after: unstamp(row.send_after),
            created_at: unstamp(row.created_at),
            updated_at: unstamp(row.updated_at),
        })
    }
}

/// Puts a message into the queue, in the transaction of what caused it.
pub(crate) fn insert(conn: &mut AnyConn, mail: &Mail) -> Result<(), Error> {
    let row = Row {
        id: mail.id.text(),
        status: mail.status.to_string(),
        kind: mail.kind.to_string(),
        recipient: mail.recipient.clone(),
        template: mail.template.clone(),
        channel: mail.channel.clone(),
        sealed: mail.sealed.clone(),
        send_count: mail.send_count,
        send_after: stamp(mail.send_after),
        created_at: stamp(mail.created_at),
        updated_at: stamp(mail.updated_at),
    };
    diesel::insert_into(courier_messages::table).values(row).execute(conn)?;
    Ok(())
}

/// Which messages a worker takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    /// The channel it serves.
    pub(crate) channel: &'static str,
    /// Now.
    pub(crate) now: Time,
    /// How long it holds them.
    pub(crate) held_until: Time,
    /// No more than so many.
    pub(crate) limit: i64,
}

/// Takes due messages, oldest first, and holds them: a worker that dies loses them again. Messages another worker took
/// in between are left out.
pub(crate) fn take_due(conn: &mut AnyConn, due: Due) -> Result<Vec<Mail>, Error> {
    let Due { channel, now, held_until, limit } = due;
    let waiting = [MailStatus::Queued.as_str(), MailStatus::Processing.as_str()];
    let rows: Vec<Row> = courier_messages::table
        .filter(courier_messages::status.eq_any(waiting))
        .filter(courier_messages::channel.eq(channel))
        .filter(courier_messages::send_after.le(stamp(now)))
        .order((courier_messages::send_after, courier_messages::id))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let target = courier_messages::table
            .find(row.id.clone())
            .filter(courier_messages::status.eq_any(waiting))
            .filter(courier_messages::send_after.eq(row.send_after));
        let count = diesel::update(target)
            .set((
                courier_messages::status.eq(MailStatus::Processing.as_str()),
                courier_messages::send_after.eq(stamp(held_until)),
                courier_messages::updated_at.eq(stamp(now)),
            ))
            .execute(conn)?;
        if count > 0 {
            taken.push(Mail { status: MailStatus::Processing, send_after: held_until, ..Mail::try_from(row)? });
        }
    }
    Ok(taken)
}

/// How many messages have been due since before that time.
pub(crate) fn waiting_since(conn: &mut AnyConn, before: Time) -> Result<i64, Error> {
    let waiting = [MailStatus::Queued.as_str(), MailStatus::Processing.as_str()];
    let due = courier_messages::table
        .filter(courier_messages::status.eq_any(waiting))
        .filter(courier_messages::send_after.lt(stamp(before)));
    Ok(due.count().get_result(conn)?)
}

/// Writes what became of a message a worker held until `held_until`: status, count, next try, and the sealed content
/// (emptied once it is sent).
#[must_use = "false means that the worker's hold had ended, and another one has the message"]
pub(crate) fn settle(conn: &mut AnyConn, mail: &Mail, held_until: Time) -> Result<bool, Error> {
    // A message is taken again only when its hold has ended, and the next one ends later: its end tells whose it is.
    let held = courier_messages::table
        .find(mail.id.text())
        .filter(courier_messages::status.eq(MailStatus::Processing.as_str()))
        .filter(courier_messages::send_after.eq(stamp(held_until)));
    let count = diesel::update(held)
        .set((
            courier_messages::status.eq(mail.status.as_str()),
            courier_messages::send_count.eq(mail.send_count),
            courier_messages::send_after.eq(stamp(mail.send_after)),
            courier_messages::sealed.eq(mail.sealed.clone()),
            courier_messages::updated_at.eq(stamp(mail.updated_at)),
        ))
        .execute(conn)?;
    Ok(count > 0)
}

/// Notes one attempt.
pub(crate) fn insert_dispatch(conn: &mut AnyConn, dispatch: &Dispatch) -> Result<(), Error> {
    let row = DispatchRow {
        id: dispatch.id.text(),
        message_id: dispatch.message_id.text(),
        status: dispatch.status.to_string(),
        error: dispatch.error.clone(),
        created_at: stamp(dispatch.created_at),
    };
    diesel::insert_into(courier_dispatches::table).values(row).execute(conn)?;
    Ok(())
}

/// Removes messages that were sent or given up before an instant, with the attempts to send them; at most `limit`.
pub(crate) fn remove_done(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let done = [MailStatus::Sent.as_str(), MailStatus::Abandoned.as_str()];
    let old: Vec<String> = courier_messages::table
        .filter(courier_messages::status.eq_any(done))
        .filter(courier_messages::send_after.lt(stamp(before)))
        .filter(courier_messages::updated_at.lt(stamp(before)))
        .limit(limit)
        .select(courier_messages::id)
        .load(conn)?;
    Ok(diesel::delete(courier_messages::table.filter(courier_messages::id.eq_any(old))).execute(conn)?)
}

/// The message with this id.
pub(crate) fn get(conn: &mut AnyConn, id: MessageId) -> Result<Option<Mail>, Error> {
    let row: Option<Row> = courier_messages::table.find(id.text()).select(Row::as_select()).first(conn).optional()?;
    row.map(Mail::try_from).transpose()
}

/// The attempts to send a message, oldest first.
pub(crate) fn dispatches(conn: &mut AnyConn, id: MessageId) -> Result<Vec<Dispatch>, Error> {
    let rows: Vec<DispatchRow> = courier_dispatches::table
        .filter(courier_dispatches::message_id.eq(id.text()))
        .order(courier_dispatches::id)
        .select(DispatchRow::as_select())
        .load(conn)?;
    let table = Table("courier_dispatches");
    let read = |row: DispatchRow| {
        Ok(Dispatch {
            id: table.parse("id", &row.id)?,
            message_id: table.parse("message_id", &row.message_id)?,
            status: table.parse("status", &row.status)?,
            error: row.error,
            created_at: unstamp(row.created_at),
        })
    };
    rows.into_iter().map(read).collect()
}

/// How many messages are yet to be sent.
pub(crate) fn count_waiting(conn: &mut AnyConn) -> Result<i64, Error> {
    let waiting = [MailStatus::Queued, MailStatus::Processing].map(MailStatus::as_str);
    Ok(courier_messages::table.filter(courier_messages::status.eq_any(waiting)).count().get_result(conn)?)
}

/// When the youngest message that was sent was sent.
pub(crate) fn last_sent(conn: &mut AnyConn) -> Result<Option<Time>, Error> {
    let sent: Option<NaiveDateTime> = courier_messages::table
        .filter(courier_messages::status.eq(MailStatus::Sent.as_str()))
        .order(courier_messages::id.desc())
        .select(courier_messages::updated_at)
        .first(conn)
        .optional()?;
    Ok(sent.map(unstamp))
}

/// What a list of messages is narrowed to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) status: Option<MailStatus>,
    pub(crate) recipient: Option<String>,
}

/// At most `size` messages, newest first, after `after`. Ids of messages sort by time.
pub(crate) fn page(
    conn: &mut AnyConn,
    wanted: &Wanted,
    after: Option<MessageId>,
    size: i64,
) -> Result<Vec<Mail>, Error> {
    let mut query =
        courier_messages::table.select(Row::as_select()).order(courier_messages::id.desc()).limit(size).into_boxed();
    if let Some(status) = wanted.status {
        query = query.filter(courier_messages::status.eq(status.as_str()));
    }
    if let Some(recipient) = &wanted.recipient {
        query = query.filter(courier_messages::recipient.eq(recipient.clone()));
    }
    if let Some(after) = after {
        query = query.filter(courier_messages::id.lt(after.text()));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(Mail::try_from).collect()
}
