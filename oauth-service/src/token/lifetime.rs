//! How long tokens live: what the client was registered with, else what is configured (contract 2.2, 5.4).

use shared_types::time::{GoDuration, Time};

use crate::{app::Cx, model::client::Client};

/// The way a token is got; each has lifespans of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// `authorization_code`.
    Code,
    /// `refresh_token`.
    Refresh,
    /// `client_credentials`.
    ClientCredentials,
    /// `device_code`.
    Device,
    /// `jwt-bearer`.
    JwtBearer,
    /// `urn:ietf:params:oauth:grant-type:token-exchange`.
    Exchange {
        /// When the token ends that is exchanged.
        until: Time,
    },
    /// By the browser: implicit and hybrid.
    Front,
}

/// When the tokens of one answer end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    /// The access token.
    pub(crate) access: Time,
    /// The ID token.
    pub(crate) id: Time,
    /// The refresh token; `None` is never.
    pub(crate) refresh: Option<Time>,
}

/// The ends of tokens issued now.
pub(crate) fn ends(cx: &Cx, client: &Client, via: Via) -> Ends {
    let (own, ttl) = (&client.lifespans, &cx.config.ttl);
    let (access, id, refresh) = match via {
        Via::Code => (
            own.authorization_code_grant_access_token_lifespan,
            own.authorization_code_grant_id_token_lifespan,
            own.authorization_code_grant_refresh_token_lifespan,
        ),
        Via::Refresh => (
            own.refresh_token_grant_access_token_lifespan,
            own.refresh_token_grant_id_token_lifespan,
            own.refresh_token_grant_refresh_token_lifespan,
        ),
        Via::Exchange { .. } => (None, None, None),
        Via::ClientCredentials => (own.client_credentials_grant_access_token_lifespan, None, None),
        Via::Device => (
            own.device_authorization_grant_access_token_lifespan,
            own.device_authorization_grant_id_token_lifespan,
            own.device_authorization_grant_refresh_token_lifespan,
        ),
        Via::JwtBearer => (own.jwt_bearer_grant_access_token_lifespan, None, None),
        Via::Front => (own.implicit_grant_access_token_lifespan, own.implicit_grant_id_token_lifespan, None),
    };
    let after = |length: GoDuration| cx.now.checked_add_signed(length.chrono()).unwrap_or(Time::MAX_UTC);
    let access = after(access.unwrap_or(ttl.access_token));
    Ends {
        access: match via {
            Via::Exchange { until } => access.min(until),
            _ => access,
        },
        id: after(id.unwrap_or(ttl.id_token)),
        refresh: refresh.or(ttl.refresh_token).map(after),
    }
}
