use std::collections::BTreeMap;

use chrono::Duration;
use shared_types::{entropy::SystemEntropy, id::FlowId, time::Time};

use super::{Ended, Flow, FlowData, FlowKind, FlowState, FlowType};
use crate::{model::session::Aal, ui::node::Container};

fn flow(issued_at: Time) -> Flow {
    Flow {
        id: FlowId::random(&SystemEntropy),
        kind: FlowKind::Login,
        state: FlowState::ChooseMethod,
        issued_at,
        expires_at: issued_at + Duration::hours(1),
        updated_at: issued_at,
        closed_at: None,
        revision: 0,
        data: FlowData {
            flow_type: FlowType::Browser,
            request_url: "https://id.example.org/self-service/login/browser".to_owned(),
            return_to: None,
            csrf: None,
            active: None,
            ui: Container::post("https://id.example.org/self-service/login"),
            refresh: false,
            requested_aal: Aal::Aal1,
            identity_id: None,
            via: None,
            memory: BTreeMap::new(),
            for_any_browser: false,
            oauth2: None,
            identity_schema: None,
            after_verification: None,
            address: None,
            prefill: None,
            waiting: None,
            trial: None,
            exchange_code: None,
            transient_payload: None,
        },
    }
}

fn at() -> Time {
    "2026-07-29T10:00:00Z".parse().unwrap()
}

#[test]
fn a_flow_is_open_until_the_instant_it_expires() {
    assert!(flow(at()).open(at() + Duration::seconds(3599)).is_ok());
    assert!(matches!(flow(at()).open(at() + Duration::hours(1)), Err(Ended::Expired(_))));
}

#[test]
fn a_closed_flow_stays_closed_even_when_it_has_expired_since() {
    let closed = flow(at()).open(at()).unwrap().close(at());
    assert_eq!(closed.state, FlowState::PassedChallenge);
    assert!(matches!(closed.open(at() + Duration::days(1)), Err(Ended::Closed(_))));
}

#[test]
fn what_the_client_sent_along_is_not_stored() {
    let open = flow(at()).open(at()).unwrap().carrying(Some(serde_json::Map::new())).using(Some("password"), at());
    let stored = serde_json::to_value(&open.data).unwrap();
    assert!(stored.get("transient_payload").is_none());
    assert_eq!(stored["active"], "password");
}
