//! The same work beside few stored tokens and beside very many: cost grows with the work, not with the table.

use integration_tests::settings::Engine;
use shared_types::testing::execute;

use super::{drive, lookup, token};
use crate::{arguments::Arguments, closed_loop::Outcome, system::System};

const FEW: u64 = 10_000;
const MANY: u64 = 10_000_000;
/// How much slower it may be.
const BOUND: f64 = 0.9;

/// Introspection; its figures beside many are those of the row.
pub(crate) async fn introspection(system: &System, arguments: &Arguments) -> anyhow::Result<Outcome> {
    compared(system, async || drive(lookup::introspection(system, arguments.connections).await?, arguments).await).await
}

/// Client credentials, likewise.
pub(crate) async fn issuing(system: &System, arguments: &Arguments) -> anyhow::Result<Outcome> {
    compared(system, async || drive(token::opaque(system, arguments.connections).await?, arguments).await).await
}

async fn compared(system: &System, measure: impl AsyncFn() -> anyhow::Result<Outcome>) -> anyhow::Result<Outcome> {
    stock(system, FEW)?;
    let few = measure().await?;
    stock(system, MANY)?;
    let mut many = measure().await?;
    let share = many.per_second / few.per_second;
    many.remark = Some(format!("{share:.2} of the {:.0} beside {FEW} tokens (bound {BOUND})", few.per_second));
    Ok(many)
}

/// Fills the table up to so many rows of nobody's, written in the order of their keys.
fn stock(system: &System, rows: u64) -> anyhow::Result<()> {
    let (engine, dsn) = system.oauth_database()?;
    let columns = "NULL, 'stock', 'subject-' || n, '[\"read\"]', '[]'";
    let end = "2099-01-01 00:00:00";
    match engine {
        Engine::Sqlite => execute(
            &dsn,
            &format!(
                "PRAGMA synchronous = OFF; PRAGMA busy_timeout = 60000; PRAGMA cache_size = -400000;
                 INSERT INTO access_tokens
                 SELECT digest, {columns}, x'', '2026-01-01 00:00:00', '{end}' FROM (
                   WITH RECURSIVE counted(n) AS (
                     SELECT 1 WHERE (SELECT count(*) FROM access_tokens) < {rows}
                     UNION ALL SELECT n + 1 FROM counted WHERE n < {rows} - (SELECT count(*) FROM access_tokens))
                   SELECT randomblob(32) AS digest, n FROM counted ORDER BY digest);
                 ANALYZE;"
            ),
        ),
        Engine::Postgres => {
            execute(
                &dsn,
                &format!(
                    "SET synchronous_commit = off;
                     INSERT INTO access_tokens
                     SELECT digest, {columns}, ''::bytea, '2026-01-01 00:00:00', '{end}' FROM (
                       SELECT sha256((n || 'stock' || {rows})::text::bytea) AS digest, n
                       FROM generate_series(1, {rows} - (SELECT count(*) FROM access_tokens)) AS n ORDER BY 1) AS made"
                ),
            );
            execute(&dsn, "VACUUM ANALYZE access_tokens");
            execute(&dsn, "CHECKPOINT");
        }
    }
    Ok(())
}
