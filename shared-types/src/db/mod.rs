//! Storage plumbing: two engines behind one connection type, units of work, coalesced statements, migrations.
//!
//! Each service keeps its tables and queries in its own `store/`; this module knows none of them.

mod coalesce;
mod conn;
mod dsn;
mod error;
pub mod foreign;
mod inspect;
pub mod migrate;
mod pool;
mod unit;

pub use coalesce::Coalescer;
pub use conn::{AnyConn, stamp, unstamp};
pub use dsn::{Dsn, DsnError};
pub use error::Error;
pub use inspect::{Inspection, inspect};
pub use unit::{Db, DbOptions, savepoint};
