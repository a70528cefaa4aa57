//! The hand-over to the page that asks for a device's code (RFC 8628 3.3; contract 4.8).
//!
//! A code is short, so guessing is bounded twice: one challenge takes a few codes and no more, and the codes that come from one address
//! are counted over all challenges (`user_code` of `rate_limit.rules`).

use std::net::{IpAddr, Ipv6Addr};

use shared_types::{
    contract::{RedirectTo, device::AcceptUserCode},
    db::{AnyConn, Error},
    id::ClientId,
    time::Time,
};
use url::Url;

use super::{
    ChallengeError, expires_at,
    jar::{Jar, Leg},
    seal::{self, Envelope, Purpose},
    url as urls,
};
use crate::{
    app::Cx,
    model::{
        challenge::AuthFlowId,
        device::{DeviceChallenge, DeviceRequest, DeviceVerifier},
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::{device_requests, used_nonces},
};

/// Codes one challenge takes, the right one included.
const TRIES: u8 = 5;
/// Under which the codes of a challenge are counted.
const PURPOSE: &str = "device challenge";
/// What guesses are counted under (`rate_limit.rules`).
const ACTION: &str = "user_code";

/// The device leg belongs to no client yet.
fn nobody() -> ClientId {
    ClientId::from("")
}

/// Sends the browser to the page that asks for the code.
pub(crate) async fn ask(cx: &Cx, jar: &mut Jar, user_code: Option<&str>) -> Result<Url, OAuthError> {
    let page = &cx.config.urls.device_verification;
    let challenge = DeviceChallenge {
        id: AuthFlowId::random(cx.entropy.as_ref()),
        csrf: jar.csrf_value(cx, Leg::Device, &nobody()),
        address: network(jar.address()).to_string(),
        requested_at: cx.now,
    };
    let envelope = Envelope {
        purpose: Purpose::DeviceChallenge,
        carrier: page,
        expires_at: expires_at(cx, cx.now),
        stranger: Some(jar.address()),
    };
    let sealed = seal::seal(cx, &envelope, &challenge).await?;
    let mut params = vec![("device_challenge", sealed.as_str())];
    // A code longer than any of ours is nothing to hand on.
    params.extend(user_code.filter(|code| code.len() <= 128).map(|code| ("user_code", code)));
    Ok(urls::with_params(page, &params))
}

/// An IPv6 caller has a whole /64 to himself.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// Takes the code a person typed; the answer says where the browser goes with it.
pub(crate) async fn accept(cx: &Cx, text: &str, body: AcceptUserCode) -> Result<RedirectTo, ChallengeError> {
    let opened: Option<DeviceChallenge> = seal::open(cx, Purpose::DeviceChallenge, text).await?;
    let challenge = opened.ok_or_else(ChallengeError::unknown)?;
    if cx.now >= expires_at(cx, challenge.requested_at) {
        return Err(ChallengeError::expired());
    }
    let code = cx.config.device.user_code.normal(&body.user_code);
    if code.is_empty() {
        return Err(ChallengeError::invalid("The field 'user_code' is missing or empty."));
    }
    cx.limits.check(ACTION, &challenge.address)?;
    let request = claimed(cx, &challenge, &code).await?;
    tracing::info!(client_id = %request.client_id, "a device's code was typed");
    let verifier = DeviceVerifier { request: request.id, csrf: challenge.csrf, requested_at: challenge.requested_at };
    let carrier = urls::under(&cx.config.urls.public, urls::DEVICE_VERIFY);
    let envelope = Envelope {
        purpose: Purpose::DeviceVerifier,
        carrier: &carrier,
        expires_at: expires_at(cx, challenge.requested_at),
        stranger: None,
    };
    let sealed = seal::seal(cx, &envelope, &verifier).await?;
    let url = urls::with_params(&carrier, &[("client_id", request.client_id.as_str()), ("device_verifier", &sealed)]);
    Ok(RedirectTo { redirect_to: url.into() })
}

/// What became of a code.
enum Tried {
    Claimed(Box<DeviceRequest>),
    Wrong,
    TooOften,
}

async fn claimed(cx: &Cx, challenge: &DeviceChallenge, code: &str) -> Result<DeviceRequest, ChallengeError> {
    let (id, until, now) = (challenge.id, expires_at(cx, challenge.requested_at), cx.now);
    let digests = cx.digester.candidates(USER_CODE, code);
    let write = move |conn: &mut AnyConn| -> Result<Tried, Error> {
        if !takes_another(conn, id, until)? {
            return Ok(Tried::TooOften);
        }
        let found = device_requests::claim(conn, &digests, now)?;
        Ok(found.map_or(Tried::Wrong, |request| Tried::Claimed(Box::new(request))))
    };
    match cx.db.write(write).await? {
        Tried::Claimed(request) => Ok(*request),
        Tried::Wrong => Err(ChallengeError::invalid("The code is wrong, has expired, or has been used.")),
        Tried::TooOften => {
            tracing::warn!(event = "device_code_guessed", "a challenge was answered with too many codes");
            Err(ChallengeError::denied("Too many codes were tried. Start again at the device's address."))
        }
    }
}

/// What the digest of a user code is made of, beside the code.
pub(crate) const USER_CODE: &str = "user code";

/// Counts a code. Each takes one of a few places, and a place is taken once, however many come at a time.
fn takes_another(conn: &mut AnyConn, id: AuthFlowId, until: Time) -> Result<bool, Error> {
    for place in 0..TRIES {
        let mut mark = id.uuid().as_bytes().to_vec();
        mark.push(place);
        if used_nonces::spend(conn, PURPOSE, &mark, until)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The answer of the page that asks for the code, brought back by the browser that was sent there.
pub(crate) async fn verifier(cx: &Cx, jar: &Jar, params: &Params) -> Result<DeviceVerifier, OAuthError> {
    let denied = |why: &'static str| OAuthError::new(OAuthCode::AccessDenied).because(why);
    let text = params.get("device_verifier").unwrap_or_default();
    let opened: Option<DeviceVerifier> = seal::open(cx, Purpose::DeviceVerifier, text).await?;
    let verifier = opened.ok_or_else(|| denied("The device_verifier is not one of this server."))?;
    if cx.now >= expires_at(cx, verifier.requested_at) {
        return Err(OAuthError::new(OAuthCode::RequestUnauthorized).because("The request has expired. Start again."));
    }
    jar.check_csrf(cx, Leg::Device, &nobody(), &verifier.csrf)?;
    Ok(verifier)
}
