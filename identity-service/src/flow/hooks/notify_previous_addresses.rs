//! `notify_previous_addresses`: who takes over an account cannot do it in silence: addresses it had before a change are
//! told of it (contract §6.2).

use serde_json::json;
use shared_types::db::{AnyConn, Error};

use super::After;
use crate::{
    config::Recipients,
    courier::enqueue::{self, Mail, Template},
    identity::view,
    model::{address::VerifiableAddress, identity::Identity},
};

pub(super) fn run(conn: &mut AnyConn, after: &After<'_>, recipients: Recipients) -> Result<(), Error> {
    let Some(before) = after.before else { return Ok(()) };
    if addresses(before) == addresses(after.identity) {
        return Ok(());
    }
    let told = before.verifiable_addresses.iter().filter(|known| match recipients {
        Recipients::Removed => after.identity.verifiable(known.via, &known.value).is_none(),
        Recipients::AllVerified => known.verified,
        Recipients::All => true,
    });
    for known in told {
        let data = json!({
            "to": known.value,
            "identity": view::public(after.identity, &after.cx.config),
            "changed_at": after.cx.now,
            "request_url": after.flow.data.request_url,
            "transient_payload": after.flow.data.transient_payload,
        });
        let mail =
            Mail { recipient: known.value.clone(), via: known.via, template: Template::VerifiableAddressChanged, data };
        enqueue::mail(conn, after.cx, mail)?;
    }
    Ok(())
}

fn addresses(identity: &Identity) -> Vec<&str> {
    let mut values: Vec<&str> = identity.verifiable_addresses.iter().map(value).collect();
    values.sort_unstable();
    values
}

fn value(address: &VerifiableAddress) -> &str {
    &address.value
}
