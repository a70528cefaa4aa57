//! Phone numbers among identifiers and addresses, to be rewritten in another form.

use diesel::prelude::*;
use serde_json::Value;
use shared_types::db::{AnyConn, Error, savepoint};

use super::schema::{credential_identifiers, credentials, recovery_addresses, verifiable_addresses};
use crate::model::{address::Via, credential::CredentialType};

/// Where numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Identifiers,
    Verifiable,
    Recovery,
}

impl Place {
    pub(crate) const ALL: [Self; 3] = [Self::Identifiers, Self::Verifiable, Self::Recovery];

    /// For people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Identifiers => "Credential identifiers",
            Self::Verifiable => "Verifiable addresses",
            Self::Recovery => "Recovery addresses",
        }
    }
}

/// Types of credentials whose identifiers may be numbers; providers' accounts may only look like them.
const KINDS: [&str; 3] =
    [CredentialType::Password.as_str(), CredentialType::WebAuthn.as_str(), CredentialType::Code.as_str()];

/// At most `size` values that begin like a number, after `after`.
pub(crate) fn page(conn: &mut AnyConn, place: Place, after: &str, size: i64) -> Result<Vec<String>, Error> {
    Ok(match place {
        Place::Identifiers => {
            use credential_identifiers::{identifier, kind, table};
            let own = table.filter(kind.eq_any(KINDS)).filter(identifier.like("+%")).filter(identifier.gt(after));
            own.select(identifier).distinct().order(identifier).limit(size).load(conn)?
        }
        Place::Verifiable => {
            use verifiable_addresses::{table, value, via};
            let own = table.filter(via.eq(Via::Sms.as_str())).filter(value.like("+%")).filter(value.gt(after));
            own.select(value).distinct().order(value).limit(size).load(conn)?
        }
        Place::Recovery => {
            use recovery_addresses::{table, value, via};
            let own = table.filter(via.eq(Via::Sms.as_str())).filter(value.like("+%")).filter(value.gt(after));
            own.select(value).distinct().order(value).limit(size).load(conn)?
        }
    })
}

/// Whether nobody has this number there.
pub(crate) fn is_free(conn: &mut AnyConn, place: Place, number: &str) -> Result<bool, Error> {
    let count: i64 = match place {
        Place::Identifiers => {
            use credential_identifiers::{identifier, kind, table};
            table.filter(kind.eq_any(KINDS)).filter(identifier.eq(number)).count().get_result(conn)?
        }
        Place::Verifiable => {
            use verifiable_addresses::{table, value, via};
            table.filter(via.eq(Via::Sms.as_str())).filter(value.eq(number)).count().get_result(conn)?
        }
        Place::Recovery => {
            use recovery_addresses::{table, value, via};
            table.filter(via.eq(Via::Sms.as_str())).filter(value.eq(number)).count().get_result(conn)?
        }
    };
    Ok(count == 0)
}

/// Rewrites a value; `false` when somebody has the new one already.
pub(crate) fn rename(conn: &mut AnyConn, place: Place, old: &str, new: &str) -> Result<bool, Error> {
    let renamed = savepoint(conn, |conn| match place {
        Place::Identifiers => rename_identifier(conn, old, new),
        Place::Verifiable => {
            use verifiable_addresses::{table, value, via};
            let own = table.filter(via.eq(Via::Sms.as_str())).filter(value.eq(old));
            diesel::update(own).set(value.eq(new)).execute(conn).map_err(Error::from)
        }
        Place::Recovery => {
            use recovery_addresses::{table, value, via};
            let own = table.filter(via.eq(Via::Sms.as_str())).filter(value.eq(old));
            diesel::update(own).set(value.eq(new)).execute(conn).map_err(Error::from)
        }
    });
    match renamed {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Identifiers, and the addresses codes are sent to, which name the same number.
fn rename_identifier(conn: &mut AnyConn, old: &str, new: &str) -> Result<usize, Error> {
    use credential_identifiers::{credential_id, identifier, kind, table};
    let owners: Vec<String> = table
        .filter(kind.eq(CredentialType::Code.as_str()))
        .filter(identifier.eq(old))
        .select(credential_id)
        .load(conn)?;
    let count = diesel::update(table.filter(kind.eq_any(KINDS)).filter(identifier.eq(old)))
        .set(identifier.eq(new))
        .execute(conn)?;
    for owner in owners {
        let config: String = credentials::table.find(&owner).select(credentials::config).first(conn)?;
        let mut config: Value = super::row::Table("credentials").json("config", &config)?;
        let entries = config.get_mut("addresses").and_then(Value::as_array_mut).into_iter().flatten();
        for address in entries.filter_map(|entry| entry.get_mut("address")).filter(|address| **address == *old) {
            *address = Value::from(new);
        }
        diesel::update(credentials::table.find(&owner))
            .set(credentials::config.eq(config.to_string()))
            .execute(conn)?;
    }
    Ok(count)
}
