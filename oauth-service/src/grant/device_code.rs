//! `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 3.4, 3.5; contract 4.8): the device asks until a person has decided.

mod begin;

use std::sync::Arc;

use shared_types::db::{AnyConn, Error};

use super::{Grant, Verdict, invalid_grant, keep, required};
use crate::{
    app::Cx,
    model::{
        device::{DeviceRequest, DeviceState},
        token::Granted,
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
    store::device_requests,
    token::{
        hook::{Asking, issued},
        lifetime::Via,
        mint::{Asker, Narrowed, Recipe, TokenSet, mint},
        opaque::{self, Kind},
        open_session,
    },
};

pub(crate) use begin::{Begun, begin};

/// The grant.
pub(super) struct DeviceCode;

/// What the token request says.
pub(super) struct DeviceParams {
    device_code: String,
}

impl TryFrom<&Params> for DeviceParams {
    type Error = OAuthError;

    fn try_from(params: &Params) -> Result<Self, OAuthError> {
        Ok(Self { device_code: required(params, "device_code")? })
    }
}

impl Grant for DeviceCode {
    const TYPE: &'static str = "urn:ietf:params:oauth:grant-type:device_code";
    type Params = DeviceParams;

    async fn issue(cx: &Cx, asker: Asker<'_>, params: DeviceParams) -> Result<TokenSet, OAuthError> {
        let client = asker.client;
        let unknown = || invalid_grant("The device_code is not known.");
        let digest = opaque::read(cx, Kind::Device, &params.device_code).ok_or_else(unknown)?;
        let request = cx.db.read(move |conn| device_requests::of_device(conn, digest)).await?.ok_or_else(unknown)?;
        if request.client_id != client.id {
            return Err(invalid_grant("The device_code was issued to another client."));
        }
        let granted = match &request.state {
            DeviceState::Used => return Err(invalid_grant("The device_code has been used.")),
            DeviceState::Denied => return Err(OAuthCode::AccessDenied.into()),
            _ if request.expires_at <= cx.now => return Err(OAuthCode::ExpiredToken.into()),
            DeviceState::Pending | DeviceState::Claimed => return Err(wait(cx, &request).await?),
            DeviceState::Granted(granted) => granted.clone(),
        };
        let session = open_session(cx, &granted.session)?;
        let asking = Asking { grant_type: Self::TYPE, requested: &request.scope, granted: &granted };
        let session = issued(cx, asking, session).await?;
        let recipe = Recipe {
            asker,
            granted: Granted::clone(&granted),
            narrowed: Narrowed::default(),
            session,
            via: Via::Device,
        };
        let tokens = Arc::new(mint(cx, recipe).await?);
        exchange(cx, &request, tokens).await
    }
}

/// Nobody has decided. RFC 8628 3.5: a device that asks too often is told so, and waits for longer from then on.
async fn wait(cx: &Cx, request: &DeviceRequest) -> Result<OAuthError, OAuthError> {
    let (polling, code) = match request.polling.asked(cx.now) {
        Ok(polling) => (polling, OAuthCode::AuthorizationPending),
        Err(polling) => (polling, OAuthCode::SlowDown),
    };
    let id = request.id;
    cx.db.write(move |conn| device_requests::polled(conn, id, polling)).await?;
    Ok(code.into())
}

/// Spends what was agreed to and keeps the tokens, in one write.
async fn exchange(cx: &Cx, request: &DeviceRequest, tokens: Arc<TokenSet>) -> Result<TokenSet, OAuthError> {
    let (id, kept) = (request.id, Arc::clone(&tokens));
    let write = move |conn: &mut AnyConn| -> Result<Verdict, Error> {
        if !device_requests::spend(conn, id)? {
            return Ok(Verdict::Refuse(invalid_grant(
                "The device_code has been used, or what it stood for was revoked.",
            )));
        }
        keep(conn, &kept)?;
        Ok(Verdict::Issue)
    };
    match cx.db.write(write).await? {
        Verdict::Issue => Ok(Arc::unwrap_or_clone(tokens)),
        Verdict::Refuse(error) => Err(error),
    }
}
