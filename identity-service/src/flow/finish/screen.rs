//! Steps that lead to another screen of the same flow, or to another site and back.

use shared_types::db::{Error, savepoint};

use super::{FlowError, Outcome, Taken, reread, save};
use crate::{
    flow::{
        form,
        outcome::Leaving,
        send::{self, Letter, Reader},
        settings,
        view::FlowView,
    },
    model::{
        flow::{Flow, Open},
        step::{Away, Outbox, Screen},
    },
    store,
};

/// Shows another screen.
pub(super) async fn shown(taken: Taken<'_>, screen: Screen) -> Result<Outcome, FlowError> {
    let Taken { cx, visitor, open, schema, .. } = taken;
    if screen.privileged {
        settings::demand_fresh(cx, visitor, &open)?;
    }
    let (told_as_error, navigates) = (screen.told_as_error, screen.navigates);
    let mut flow = moved(open, screen).into_flow();
    if navigates {
        let kind = flow.kind;
        form::sort(&mut flow.data.ui, kind, Some(schema));
    }
    save(cx, visitor, &flow).await?;
    if navigates {
        return Err(FlowError::Moved(form::ui_url(&cx.config, flow.kind, flow.id)));
    }
    Ok(answer(FlowView::of(cx, flow, Some(&visitor.csrf)), told_as_error))
}

/// The flow with its next screen.
fn moved(open: Open, screen: Screen) -> Open {
    let open = open.show(screen.form).in_state(screen.state);
    match screen.memory {
        Some((name, sealed)) => open.remembering(name, sealed),
        None => open,
    }
}

fn answer(view: FlowView, told_as_error: bool) -> Outcome {
    if told_as_error { Outcome::Again(view) } else { Outcome::Shown(view) }
}

/// Sends codes or links, and shows the form that takes them. Known and unknown addresses are answered alike.
pub(super) async fn sent(taken: Taken<'_>, outbox: Outbox) -> Result<Outcome, FlowError> {
    let Taken { cx, visitor, open, .. } = taken;
    let Outbox { kind, targets, newcomer, screen } = outbox;
    let told_as_error = screen.told_as_error;
    let state = screen.state;
    let addresses: Vec<&str> = targets.iter().map(|target| target.address.as_str()).collect();
    let flow = moved(open, screen).sent(&addresses.join(", ")).in_state(state).into_flow();
    let (cx2, stored) = (cx.clone(), flow.clone());
    let kept = cx
        .db
        .write(move |conn| {
            if !store::flows::save(conn, &stored, cx2.now)? {
                return Ok::<_, Error>(false);
            }
            send::start_over(conn, &stored)?;
            for target in &targets {
                let letter = Letter { flow: &stored, kind, target };
                let owner = match target.owner {
                    Some(owner) => store::identities::get(conn, owner)?,
                    None => None,
                };
                match (&owner, &newcomer) {
                    // In a savepoint, as what is done for nobody.
                    (Some(owner), _) => {
                        savepoint(conn, |conn| send::to(conn, &cx2, &letter, &Reader::Owner(owner)))?;
                    }
                    (None, Some(traits)) => send::to(conn, &cx2, &letter, &Reader::Newcomer(traits))?,
                    (None, None) => send::to_nobody(conn, &cx2, &letter)?,
                }
            }
            Ok(true)
        })
        .await?;
    // Somebody else was quicker, as a second click on the same button is: what he was told is told again.
    let flow: Flow = if kept { flow } else { reread(cx, visitor, &flow).await? };
    Ok(answer(FlowView::of(cx, flow, Some(&visitor.csrf)), told_as_error))
}

/// Sends the browser to another site.
pub(super) async fn away(taken: Taken<'_>, away: Away) -> Result<Outcome, FlowError> {
    if away.privileged {
        settings::demand_fresh(taken.cx, taken.visitor, &taken.open)?;
    }
    let flow_type = taken.open.data.flow_type;
    let open = match away.memory {
        Some((name, sealed)) => taken.open.remembering(name, sealed),
        None => taken.open,
    };
    save(taken.cx, taken.visitor, &open.into_flow()).await?;
    Ok(Outcome::Away(Leaving { flow_type, url: away.url, ticket: away.ticket }))
}
