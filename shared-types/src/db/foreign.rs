//! A database of another program, read and never written: its tables as they are found, a page at a time. A row comes as JSON, so one
//! query serves every table, and a column that an older schema lacks is merely absent.

mod row;

use diesel::{
    Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{Nullable, Text},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    conn::{AnyConn, with_time_limit},
    dsn::Dsn,
    error::Error,
};
use crate::{each_backend, id::Uuid};

pub use row::{Row, Unreadable};

/// What need not be escaped in the path of a SQLite URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// A connection that cannot write. On PostgreSQL all of it sees the database as it was when the first row was read.
#[derive(Debug)]
pub struct Foreign {
    conn: AnyConn,
}

/// A column and its type as the database calls it.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct Column {
    /// The name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The type, in lower case.
    #[diesel(sql_type = Text)]
    pub kind: String,
}

/// Some rows of a table in the order of a unique column.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The table.
    pub table: &'a str,
    /// The column that orders the rows.
    pub key: &'a str,
    /// A column and the value that it must have.
    pub of: Option<(&'a str, &'a str)>,
    /// A condition that rows must meet, as SQL.
    pub only: Option<&'static str>,
    /// The key of the last row of the page before.
    pub after: Option<&'a str>,
    /// How many rows at most.
    pub limit: u32,
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Foreign {
    /// Connects. A SQLite file that is not there is an error, not a new database.
    pub fn open(dsn: &Dsn) -> Result<Self, Error> {
        let conn = match dsn {
            Dsn::Memory => return Err(Error::backend("a database in memory cannot be read from outside")),
            Dsn::Sqlite(path) => {
                let uri = format!("file:{}?mode=ro", utf8_percent_encode(&path.to_string_lossy(), PATH));
                let mut conn = SqliteConnection::establish(&uri).map_err(|e| Error::Backend(Box::new(e)))?;
                conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;").map_err(Error::from)?;
                AnyConn::Sqlite(conn)
            }
            Dsn::Postgres(url) => {
                let mut conn =
                    PgConnection::establish(&with_time_limit(url.expose())).map_err(|e| Error::Backend(Box::new(e)))?;
                conn.batch_execute("SET TIME ZONE 'UTC'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
                    .map_err(Error::from)?;
                AnyConn::Pg(conn)
            }
        };
        Ok(Self { conn })
    }

    /// The columns of a table; none where there is no such table.
    pub fn columns(&mut self, table: &str) -> Result<Vec<Column>, Error> {
        let query = match &self.conn {
            AnyConn::Pg(_) => {
                "SELECT column_name::text AS name, lower(udt_name::text) AS kind FROM information_schema.columns \
                 WHERE table_schema = ANY (current_schemas(false)) AND table_name = $1 ORDER BY ordinal_position"
            }
            AnyConn::Sqlite(_) => "SELECT name, lower(type) AS kind FROM pragma_table_info($1)",
        };
        each_backend!(&mut self.conn, |c| sql_query(query).bind::<Text, _>(table).load(c)).map_err(Error::from)
    }

    /// A page of a table. A table that is not there has no rows.
    pub fn page(&mut self, page: &Page<'_>) -> Result<Vec<Row>, Error> {
        let columns = self.columns(page.table)?;
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let query = match &self.conn {
            AnyConn::Pg(_) => postgres(page, &columns),
            AnyConn::Sqlite(_) => sqlite(page, &columns),
        };
        let of = page.of.map(|(_, value)| value);
        let lines: Vec<Line> = each_backend!(&mut self.conn, |c| sql_query(query)
            .bind::<Nullable<Text>, _>(page.after)
            .bind::<Nullable<Text>, _>(of)
            .load(c))?;
        lines.iter().map(|line| Row::parse(&line.line)).collect()
    }

    /// The rows of a table that belong to others, by a column of UUIDs. A table that is not there has no rows.
    pub fn belonging(&mut self, table: &str, column: &str, owners: &[Uuid]) -> Result<Vec<Row>, Error> {
        let columns = self.columns(table)?;
        if columns.is_empty() || owners.is_empty() {
            return Ok(Vec::new());
        }
        // What a UUID prints needs no escaping, and goes with columns of that type and of text.
        let list: Vec<String> = owners.iter().map(|id| format!("'{id}'")).collect();
        let condition = format!("{} IN ({})", quoted(column), list.join(", "));
        let query = match &self.conn {
            AnyConn::Pg(_) => format!(
                "SELECT row_to_json(found)::text AS line FROM (SELECT * FROM {} WHERE {condition}) AS found",
                quoted(table)
            ),
            AnyConn::Sqlite(_) => {
                format!("SELECT {} AS line FROM {} WHERE {condition}", object(&columns), quoted(table))
            }
        };
        let lines: Vec<Line> = each_backend!(&mut self.conn, |c| sql_query(query).load(c))?;
        lines.iter().map(|line| Row::parse(&line.line)).collect()
    }

    /// How many rows a table has, as far as a condition holds.
    pub fn count(&mut self, table: &str, of: Option<(&str, &str)>) -> Result<usize, Error> {
        let columns = self.columns(table)?;
        if columns.is_empty() {
            return Ok(0);
        }
        let pg = matches!(self.conn, AnyConn::Pg(_));
        let condition = of.map_or("$1 IS NULL".to_owned(), |(name, _)| equals(pg, &columns, name, "$1"));
        let query = format!("SELECT CAST(count(*) AS text) AS line FROM {} WHERE {condition}", quoted(table));
        let value = of.map(|(_, value)| value);
        let lines: Vec<Line> =
            each_backend!(&mut self.conn, |c| sql_query(query).bind::<Nullable<Text>, _>(value).load(c))?;
        Ok(lines.first().and_then(|line| line.line.parse().ok()).unwrap_or_default())
    }
}

/// The query of a page on PostgreSQL.
fn postgres(page: &Page<'_>, columns: &[Column]) -> String {
    let (table, key) = (quoted(page.table), quoted(page.key));
    format!(
        "SELECT row_to_json(found)::text AS line FROM (SELECT * FROM {table} WHERE {} ORDER BY {key} LIMIT {}) AS found",
        conditions(true, page, columns),
        page.limit
    )
}

/// A row as JSON on SQLite. Text that was stored as bytes is text again.
fn object(columns: &[Column]) -> String {
    let member = |column: &Column| {
        let (name, literal) = (quoted(&column.name), column.name.replace('\'', "''"));
        format!("'{literal}', CASE typeof({name}) WHEN 'blob' THEN CAST({name} AS TEXT) ELSE {name} END")
    };
    let members: Vec<String> = columns.iter().map(member).collect();
    format!("json_object({})", members.join(", "))
}

/// The query of a page on SQLite.
fn sqlite(page: &Page<'_>, columns: &[Column]) -> String {
    format!(
        "SELECT {} AS line FROM {} WHERE {} ORDER BY {} LIMIT {}",
        object(columns),
        quoted(page.table),
        conditions(false, page, columns),
        quoted(page.key),
        page.limit
    )
}

/// Both values are bound in every query, used or not.
fn conditions(pg: bool, page: &Page<'_>, columns: &[Column]) -> String {
    let after = match page.after {
        Some(_) => format!("{} > {}", quoted(page.key), cast(pg, columns, page.key, "$1")),
        None => "CAST($1 AS text) IS NULL".to_owned(),
    };
    let of = match page.of {
        Some((name, _)) => equals(pg, columns, name, "$2"),
        None => "CAST($2 AS text) IS NULL".to_owned(),
    };
    let only = page.only.map(|only| format!(" AND ({only})")).unwrap_or_default();
    format!("{after} AND {of}{only}")
}

fn equals(pg: bool, columns: &[Column], name: &str, value: &str) -> String {
    // With the sign SQLite takes no index of that column, by which it would sort all that is left for each page anew.
    let sign = if pg { "" } else { "+" };
    format!("{sign}{} = {}", quoted(name), cast(pg, columns, name, value))
}

/// A bound text as a value of a column's type. SQLite compares texts as they are.
fn cast(pg: bool, columns: &[Column], name: &str, value: &str) -> String {
    let kind = columns.iter().find(|column| column.name == name).map_or("text", |column| column.kind.as_str());
    match kind {
        "uuid" | "int4" | "int8" if pg => format!("CAST({value} AS {kind})"),
        _ if !pg && kind.contains("int") => format!("CAST({value} AS integer)"),
        _ => format!("CAST({value} AS text)"),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests;
