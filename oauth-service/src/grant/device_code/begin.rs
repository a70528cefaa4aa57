//! The device authorization request (RFC 8628 3.1, 3.2): a code the device keeps, and one it shows.

use serde_json::{Value, json};
use shared_types::{db, entropy::random_from};

use super::DeviceCode;
use crate::{
    app::Cx,
    challenge::{
        device::USER_CODE,
        url::{self as urls, DEVICE_VERIFY},
    },
    grant::{Grant as _, allowed_audience, allowed_scopes, scopes_of},
    model::{
        client::Client,
        device::{DeviceRequest, DeviceRequestId, DeviceState, Polling},
    },
    protocol::{
        audience,
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::device_requests,
    token::opaque::{self, Kind},
};

/// Codes drawn before giving up: two in a row that somebody else has are a bug, not chance.
const DRAWS: usize = 4;

/// What the device is told.
#[derive(Debug)]
pub(crate) struct Begun {
    device_code: String,
    user_code: String,
    verification_uri: url::Url,
    expires_in: i64,
    interval: i64,
}

impl Begun {
    /// The answer (RFC 8628 3.2).
    pub(crate) fn body(&self) -> Value {
        json!({
            "device_code": self.device_code,
            "user_code": self.user_code,
            "verification_uri": self.verification_uri,
            "verification_uri_complete": urls::with_params(&self.verification_uri, &[("user_code", &self.user_code)]),
            "expires_in": self.expires_in,
            "interval": self.interval,
        })
    }
}

/// Begins a request.
pub(crate) async fn begin(cx: &Cx, client: &Client, params: &Params) -> Result<Begun, OAuthError> {
    if !client.has_grant(DeviceCode::TYPE) {
        let why = format!("The client is not registered for the grant type {}.", DeviceCode::TYPE);
        return Err(OAuthError::new(OAuthCode::UnauthorizedClient).because(why));
    }
    let (scope, audience) = (scopes_of(params), audience::split(params.all("audience")));
    allowed_scopes(cx, client, &scope)?;
    allowed_audience(client, &audience)?;
    let config = &cx.config.device;
    for _ in 0..DRAWS {
        let user_code = random_from(cx.entropy.as_ref(), &config.user_code.alphabet, config.user_code.length);
        let minted = opaque::mint(cx, Kind::Device);
        let request = DeviceRequest {
            id: DeviceRequestId::ordered(cx.now, cx.entropy.as_ref()),
            device_digest: minted.digest,
            user_digest: cx.digester.digest(USER_CODE, &user_code),
            client_id: client.id.clone(),
            scope: scope.clone(),
            audience: audience.clone(),
            polling: Polling { interval: config.interval, last: None },
            state: DeviceState::Pending,
            issued_at: cx.now,
            expires_at: cx.now + config.lifetime.chrono(),
        };
        match cx.db.write(move |conn| device_requests::insert(conn, &request)).await {
            // Somebody else's device shows this code.
            Err(db::Error::Conflict(_)) => {}
            done => {
                done?;
                return Ok(Begun {
                    device_code: minted.text,
                    user_code,
                    verification_uri: urls::under(&cx.config.urls.public, DEVICE_VERIFY),
                    expires_in: config.lifetime.seconds(),
                    interval: config.interval,
                });
            }
        }
    }
    Err(OAuthError::new(OAuthCode::TemporarilyUnavailable).because("No free user code was found."))
}
