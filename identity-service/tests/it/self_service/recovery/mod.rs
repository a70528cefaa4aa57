//! Getting back into an account.

mod by_code;
mod by_link;
mod choice;
mod handed_over;

use serde_json::{Value, json};

use super::world::{Browser, World, parts};

pub(super) const BEGIN: &str = "/self-service/recovery/browser";

/// A flow in which a code is on its way to an address, and the code.
pub(super) async fn sent(world: &World, browser: &Browser, address: &str, nth: usize) -> (Value, String) {
    let flow = browser.begin(BEGIN).await;
    let (status, flow) = parts(browser.submit(&flow, json!({"method": "code", "email": address})).await).await;
    assert_eq!((status, &flow["state"]), (200, &json!("sent_email")), "{flow}");
    (flow, world.mailbox.wait(address, nth).await.code())
}

/// A code brought back.
pub(super) async fn redeem(browser: &Browser, flow: &Value, code: &str) -> (u16, Value) {
    parts(browser.submit(flow, json!({"method": "code", "code": code})).await).await
}
