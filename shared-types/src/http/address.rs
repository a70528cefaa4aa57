//! Who is calling: the peer's address, or what trusted proxies say of it.

use std::{net::IpAddr, str::FromStr as _};

use actix_web::HttpRequest;
use ipnet::IpNet;

/// Proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Networks in CIDR notation, or single addresses. The first that is neither is returned as the error.
    pub fn parse<S: AsRef<str>>(list: &[S]) -> Result<Self, String> {
        let one = |text: &S| {
            let text = text.as_ref().trim();
            IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from)).map_err(|_| text.to_owned())
        };
        list.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether this address belongs to a trusted proxy.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// Who is at the other end of the connection. Who comes by a Unix socket has no address, and is of this machine.
pub fn peer_address(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::from([127, 0, 0, 1]), |address| canonical(address.ip()))
}

/// The client's address: the last entry of `X-Forwarded-For` that no trusted proxy wrote for itself. Without trusted
/// proxies the header is not looked at.
pub fn client_address(request: &HttpRequest, proxies: &TrustedProxies) -> IpAddr {
    let peer = peer_address(request);
    if !proxies.trusts(peer) {
        return peer;
    }
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|entry| IpAddr::from_str(entry.trim()).map(canonical))
        .collect::<Vec<_>>();
    let mut client = peer;
    for entry in forwarded.into_iter().rev() {
        // What stands left of an unreadable entry was not written by a proxy of ours.
        let Ok(address) = entry else { break };
        client = address;
        if !proxies.trusts(address) {
            break;
        }
    }
    client
}

/// An IPv4 address that arrived on an IPv6 socket is the IPv4 address.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests;
