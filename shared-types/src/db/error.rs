//! What can go wrong in storage. Absence is never an error: it is an `Option`.

use std::cell::Cell;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// A failed unit of work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique or foreign-key rule was broken: PostgreSQL's constraint name, or SQLite's `table.column` list.
    #[error("conflicts with {0}")]
    Conflict(String),
    /// Too much is waiting, or another writer holds the database; the same call may succeed later.
    #[error("the database is busy")]
    Busy,
    /// A stored value cannot be what this program wrote.
    #[error("corrupt value in {table}.{column}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The database failed or cannot be reached.
    #[error("the database failed: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failure without another error behind it.
    pub fn backend(text: impl Into<String>) -> Self {
        Self::Backend(text.into().into())
    }

    /// Whether a conflict names this constraint, table or column.
    pub fn conflicts_with(&self, part: &str) -> bool {
        matches!(self, Self::Conflict(what) if what.contains(part))
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        if let DieselError::DatabaseError(kind, info) = &error {
            match kind {
                DatabaseErrorKind::UniqueViolation => {
                    let what = info.constraint_name().map_or_else(|| after_colon(info.message()), str::to_owned);
                    return Self::Conflict(what);
                }
                DatabaseErrorKind::ForeignKeyViolation => {
                    return Self::Conflict(info.constraint_name().unwrap_or("foreign key").to_owned());
                }
                DatabaseErrorKind::SerializationFailure => return busy(),
                _ if is_lock_message(info.message()) => return busy(),
                _ => {}
            }
        }
        super::pool::suspect();
        Self::Backend(Box::new(error))
    }
}

fn after_colon(message: &str) -> String {
    message.rsplit_once(": ").map_or(message, |(_, what)| what).to_owned()
}

fn is_lock_message(message: &str) -> bool {
    message.contains("database is locked")
        || message.contains("database table is locked")
        || message.contains("deadlock detected")
}

fn busy() -> Error {
    BUSY.with(|flag| flag.set(true));
    Error::Busy
}

/// Whether a busy error was made on this thread since the last call. A unit of work returns its own error type, which
/// may hide why it failed; this tells whether running it again can help.
pub(crate) fn take_busy() -> bool {
    BUSY.with(Cell::take)
}
