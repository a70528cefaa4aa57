//! Who is calling, from what machine.

use std::net::IpAddr;

use actix_web::{HttpRequest, http::header::USER_AGENT};
use shared_types::{
    http::{client_address, peer_address},
    id::DeviceId,
};

use crate::{app::Cx, config::Config, model::session::Device};

/// The client's address: the peer's, or what trusted proxies say of it.
pub(crate) fn address(request: &HttpRequest, config: &Config) -> IpAddr {
    client_address(request, &config.serve.trusted_proxies)
}

/// What a session records of the machine a request comes from. The place is believed only where a trusted proxy stands
/// between.
pub(crate) fn device(request: &HttpRequest, cx: &Cx) -> Device {
    let address = address(request, &cx.config);
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let behind_proxy = peer_address(request) != address;
    let location = [header("cf-ipcity"), header("cf-ipcountry")];
    let location = location.into_iter().filter(|part| behind_proxy && !part.is_empty()).collect::<Vec<_>>().join(", ");
    Device {
        id: DeviceId::ordered(cx.now, &*cx.entropy),
        ip_address: address.to_string(),
        user_agent: cut(header(USER_AGENT.as_str()), 512),
        location: cut(&location, 128),
    }
}

fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}
